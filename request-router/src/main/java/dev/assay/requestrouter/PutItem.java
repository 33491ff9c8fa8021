package dev.assay.requestrouter;

import dev.assay.logformat.Item;
import dev.assay.replicastore.PartitionReply.Written;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.expression.Bindings;
import dev.assay.replicastore.expression.Condition;
import dev.assay.replicastore.expression.ExpressionKind;
import dev.assay.replicastore.expression.ItemSize;
import dev.assay.replicastore.expression.ParsedExpressions;
import java.util.List;

/** Writes a whole item, in place of the one with its key if there is one. */
final class PutItem implements Operation {
  private static final List<ExpressionKind> KINDS = List.of(ExpressionKind.CONDITION);

  private final TableDirectory directory;
  private final ItemWriter writer;
  private final ParsedExpressions parsed;

  PutItem(TableDirectory directory, ItemWriter writer, ParsedExpressions parsed) {
    this.directory = directory;
    this.writer = writer;
    this.parsed = parsed;
  }

  @Override
  public String name() {
    return "PutItem";
  }

  @Override
  public int bodySizeMax() {
    return BodyLimits.ONE_ITEM_MAX;
  }

  @Override
  public void run(JsonRequest request, JsonResponse response) {
    ItemWriteParameters parameters = ItemWriteParameters.read(request, "Item", KINDS);
    parameters.checkReturnsOldOnly();
    Item item = parameters.attributes().item();
    checkSize(item);
    Bindings bindings = parameters.expressions().bindings();
    Condition.Bound condition = parameters.bindCondition(parsed);
    parameters.expressions().checkAllUsed();
    RoutedTable table = directory.active(parameters.tableName());
    byte[] key = Keys.ofItem(table, item.attributes());
    if (condition != null) {
      KeyPaths.checkScalars(table.keySchema(), condition.paths());
    }
    Written written = writer.write(table, key, new Change.Put(item), parameters, bindings);
    boolean returnsOld = parameters.returnValues().equals("ALL_OLD");
    ItemWriter.respond(response, table, parameters, written, returnsOld ? written.before() : null);
  }

  static void checkSize(Item item) {
    if (ItemSize.of(item) > ItemSize.BYTES_MAX) {
      throw ApiException.validation("Item size has exceeded the maximum allowed size");
    }
  }
}
