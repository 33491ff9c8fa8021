package dev.assay.requestrouter;

import dev.assay.replicastore.PartitionReply.Written;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.expression.Bindings;
import dev.assay.replicastore.expression.Condition;
import dev.assay.replicastore.expression.ExpressionKind;
import dev.assay.replicastore.expression.ParsedExpressions;
import java.util.List;

/** Deletes an item by its key; it is no error if there is none. */
final class DeleteItem implements Operation {
  private static final List<ExpressionKind> KINDS = List.of(ExpressionKind.CONDITION);

  private final TableDirectory directory;
  private final ItemWriter writer;
  private final ParsedExpressions parsed;

  DeleteItem(TableDirectory directory, ItemWriter writer, ParsedExpressions parsed) {
    this.directory = directory;
    this.writer = writer;
    this.parsed = parsed;
  }

  @Override
  public String name() {
    return "DeleteItem";
  }

  @Override
  public int bodySizeMax() {
    return BodyLimits.ONE_ITEM_MAX;
  }

  @Override
  public void run(JsonRequest request, JsonResponse response) {
    ItemWriteParameters parameters = ItemWriteParameters.read(request, "Key", KINDS);
    parameters.checkReturnsOldOnly();
    Bindings bindings = parameters.expressions().bindings();
    Condition.Bound condition = parameters.bindCondition(parsed);
    parameters.expressions().checkAllUsed();
    RoutedTable table = directory.active(parameters.tableName());
    byte[] key = Keys.ofKey(table, parameters.attributes().values());
    if (condition != null) {
      KeyPaths.checkScalars(table.keySchema(), condition.paths());
    }
    Written written = writer.write(table, key, new Change.Delete(), parameters, bindings);
    boolean returnsOld = parameters.returnValues().equals("ALL_OLD");
    ItemWriter.respond(response, table, parameters, written, returnsOld ? written.before() : null);
  }
}
