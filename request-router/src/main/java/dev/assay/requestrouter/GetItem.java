package dev.assay.requestrouter;

import dev.assay.logformat.Item;
import dev.assay.replicastore.expression.ExpressionKind;
import dev.assay.replicastore.expression.ItemSize;
import dev.assay.replicastore.expression.ParsedExpressions;
import dev.assay.replicastore.expression.Projection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one item by its key. */
final class GetItem implements Operation {
  private static final List<ExpressionKind> KINDS = List.of(ExpressionKind.PROJECTION);

  private final TableDirectory directory;
  private final PartitionRouting routing;
  private final ParsedExpressions parsed;

  GetItem(TableDirectory directory, PartitionRouting routing, ParsedExpressions parsed) {
    this.directory = directory;
    this.routing = routing;
    this.parsed = parsed;
  }

  private static final class Parameters {
    private final ExpressionParameters expressions = new ExpressionParameters(KINDS);
    private @Nullable String tableName;
    private @Nullable AttributeMap key;
    private boolean strong;
    private @Nullable String capacity;

    static Parameters read(JsonRequest json) {
      Parameters parameters = new Parameters();
      while (json.nextField()) {
        parameters.readField(json, json.name());
      }
      json.end();
      return parameters;
    }

    private void readField(JsonRequest json, String field) {
      switch (field) {
        case "TableName" -> tableName = json.text();
        case "Key" -> key = AttributeReader.readMap(json);
        case "ConsistentRead" -> strong = json.bool();
        case "ReturnConsumedCapacity" -> capacity = json.text();
        default -> {
          if (!expressions.readField(json, field)) {
            json.skip();
          }
        }
      }
    }

    void check() {
      Constraints constraints = new Constraints();
      constraints.oneOf(capacity, "returnConsumedCapacity", CapacityReport.NAMES);
      constraints.tableName(tableName, "tableName");
      constraints.notNull(key, "key");
      constraints.check();
      expressions.checkTogether();
      key().throwProblem();
    }

    AttributeMap key() {
      return Constraints.checked(key);
    }

    String tableName() {
      return Constraints.checked(tableName);
    }
  }

  @Override
  public String name() {
    return "GetItem";
  }

  @Override
  public int bodySizeMax() {
    return BodyLimits.ONE_ITEM_MAX;
  }

  @Override
  public void run(JsonRequest request, JsonResponse response) {
    Parameters parameters = Parameters.read(request);
    parameters.check();
    ExpressionParameters expressions = parameters.expressions;
    expressions.bindings();
    Projection.Bound projection =
        expressions.bind(
            ExpressionKind.PROJECTION, text -> parsed.projection(text).bind(expressions.usage()));
    expressions.checkAllUsed();
    RoutedTable table = directory.active(parameters.tableName());
    byte[] key = Keys.ofKey(table, parameters.key().values());
    if (projection != null) {
      KeyPaths.checkScalars(table.keySchema(), projection.paths());
    }
    Item item = routing.get(table.partitionOf(key), key, parameters.strong).item();
    if (item != null) {
      response.item("Item", projection == null ? item : projection.apply(item));
    }
    CapacityReport report = CapacityReport.of(parameters.capacity);
    if (report != CapacityReport.NONE) {
      int size = item == null ? 0 : ItemSize.of(item);
      report.write(response, table.name(), CapacityReport.readHalfUnits(size, parameters.strong));
    }
  }
}
