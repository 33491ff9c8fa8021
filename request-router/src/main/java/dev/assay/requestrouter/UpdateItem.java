package dev.assay.requestrouter;

import dev.assay.logformat.Item;
import dev.assay.logformat.KeySchema;
import dev.assay.replicastore.PartitionReply.Written;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.expression.Bindings;
import dev.assay.replicastore.expression.Condition;
import dev.assay.replicastore.expression.ExpressionKind;
import dev.assay.replicastore.expression.ParsedExpressions;
import dev.assay.replicastore.expression.UpdateExpression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes parts of an item, or makes the item if there is none. */
final class UpdateItem implements Operation {
  private static final List<ExpressionKind> KINDS =
      List.of(ExpressionKind.CONDITION, ExpressionKind.UPDATE);

  private final TableDirectory directory;
  private final ItemWriter writer;
  private final ParsedExpressions parsed;

  UpdateItem(TableDirectory directory, ItemWriter writer, ParsedExpressions parsed) {
    this.directory = directory;
    this.writer = writer;
    this.parsed = parsed;
  }

  @Override
  public String name() {
    return "UpdateItem";
  }

  @Override
  public int bodySizeMax() {
    return BodyLimits.ONE_ITEM_MAX;
  }

  @Override
  public void run(JsonRequest request, JsonResponse response) {
    ItemWriteParameters parameters = ItemWriteParameters.read(request, "Key", KINDS);
    ExpressionParameters expressions = parameters.expressions();
    Bindings bindings = expressions.bindings();
    UpdateExpression.Bound update =
        expressions.bind(
            ExpressionKind.UPDATE, text -> parsed.update(text).bind(expressions.usage()));
    Condition.Bound condition = parameters.bindCondition(parsed);
    expressions.checkAllUsed();
    RoutedTable table = directory.active(parameters.tableName());
    Item keyAttributes = parameters.attributes().item();
    byte[] key = Keys.ofKey(table, keyAttributes.attributes());
    if (update != null) {
      checkKeepsKey(table.keySchema(), update);
    }
    if (condition != null) {
      KeyPaths.checkScalars(table.keySchema(), condition.paths());
    }
    String text = expressions.text(ExpressionKind.UPDATE);
    Change change = new Change.Update(keyAttributes, text == null ? "" : text);
    Written written = writer.write(table, key, change, parameters, bindings);
    Item returned = returned(parameters.returnValues(), update, written);
    ItemWriter.respond(response, table, parameters, written, returned);
  }

  private static void checkKeepsKey(KeySchema schema, UpdateExpression.Bound update) {
    for (String name : update.topLevelNames()) {
      if (Keys.isKeyAttribute(schema, name)) {
        throw ApiException.invalidParameter(
            "Cannot update attribute " + name + ". This attribute is part of the key");
      }
    }
  }

  private static @Nullable Item returned(
      String returnValues, UpdateExpression.@Nullable Bound update, Written written) {
    return switch (returnValues) {
      case "ALL_OLD" -> written.before();
      case "ALL_NEW" -> written.after();
      case "UPDATED_OLD" -> changed(update, written.before());
      case "UPDATED_NEW" -> changed(update, written.after());
      default -> null;
    };
  }

  private static @Nullable Item changed(
      UpdateExpression.@Nullable Bound update, @Nullable Item item) {
    return update == null || item == null ? null : update.changedOnly(item);
  }
}
