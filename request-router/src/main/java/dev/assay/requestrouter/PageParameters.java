package dev.assay.requestrouter;

import dev.assay.logformat.KeySchema;
import dev.assay.replicastore.expression.Condition;
import dev.assay.replicastore.expression.ExpressionKind;
import dev.assay.replicastore.expression.ParsedExpressions;
import dev.assay.replicastore.expression.Projection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parameters that Query and Scan have in common: both read a page of a range of keys. */
final class PageParameters {
  private static final List<String> SELECTS =
      List.of("SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES");
  private static final String BAD_START = "The provided starting key is invalid: ";

  private final ExpressionParameters expressions;
  private @Nullable String tableName;
  private @Nullable String indexName;
  private @Nullable String select;
  private @Nullable Long limit;
  private @Nullable AttributeMap startKey;
  private @Nullable String capacity;
  private boolean strong;
  private Condition.@Nullable Bound filter;
  private Projection.@Nullable Bound projection;

  PageParameters(List<ExpressionKind> kinds) {
    this.expressions = new ExpressionParameters(kinds);
  }

  /** Reads the parameter that the request stands on, or passes over it. */
  void readField(JsonRequest json, String field) {
    switch (field) {
      case "TableName" -> tableName = json.text();
      case "IndexName" -> indexName = json.text();
      case "Select" -> select = json.text();
      case "Limit" -> limit = json.integer("Integer");
      case "ExclusiveStartKey" -> startKey = AttributeReader.readMap(json);
      case "ReturnConsumedCapacity" -> capacity = json.text();
      case "ConsistentRead" -> strong = json.bool();
      default -> {
        if (!expressions.readField(json, field)) {
          json.skip();
        }
      }
    }
  }

  void checkEach(Constraints constraints) {
    constraints.oneOf(select, "select", SELECTS);
    constraints.optionalName(indexName, "indexName");
    constraints.oneOf(capacity, "returnConsumedCapacity", CapacityReport.NAMES);
    constraints.tableName(tableName, "tableName");
    constraints.atLeast(limit, "limit", 1);
  }

  void checkTogether() {
    expressions.checkTogether();
    if (startKey != null) {
      startKey.throwProblem(BAD_START);
    }
    checkSelect();
  }

  private void checkSelect() {
    if (select == null) {
      return;
    }
    boolean projected = expressions.text(ExpressionKind.PROJECTION) != null;
    if (select.equals("SPECIFIC_ATTRIBUTES")) {
      if (!projected) {
        throw ApiException.validation(
            "Must specify the ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
      }
      return;
    }
    if (projected) {
      throw ApiException.validation(
          "Cannot specify the ProjectionExpression when choosing to get "
              + (select.equals("COUNT") ? "only the Count" : select));
    }
    if (select.equals("ALL_PROJECTED_ATTRIBUTES") && indexName == null) {
      throw ApiException.validation(
          "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
    }
  }

  /** After {@link ExpressionParameters#bindings}. */
  void bindExpressions(ParsedExpressions parsed) {
    filter =
        expressions.bind(
            ExpressionKind.FILTER, text -> parsed.condition(text).bind(expressions.usage()));
    projection =
        expressions.bind(
            ExpressionKind.PROJECTION, text -> parsed.projection(text).bind(expressions.usage()));
  }

  /** There are no indexes yet, so naming one is a mistake. */
  void checkAgainst(KeySchema schema) {
    if (indexName != null) {
      throw ApiException.validation("The table does not have the specified index: " + indexName);
    }
    if (projection != null) {
      KeyPaths.checkScalars(schema, projection.paths());
    }
    if (filter != null) {
      KeyPaths.checkScalars(schema, filter.paths());
    }
  }

  /** The key to start after; null to start at the beginning. */
  byte @Nullable [] startKeyOf(RoutedTable table) {
    if (startKey == null) {
      return null;
    }
    try {
      return Keys.ofKey(table, startKey.values());
    } catch (ApiException e) {
      throw ApiException.validation(BAD_START + e.getMessage());
    }
  }

  ExpressionParameters expressions() {
    return expressions;
  }

  String tableName() {
    return Constraints.checked(tableName);
  }

  boolean countsOnly() {
    return "COUNT".equals(select);
  }

  int limit() {
    return limit == null ? Integer.MAX_VALUE : (int) Math.min(limit, Integer.MAX_VALUE);
  }

  boolean strong() {
    return strong;
  }

  CapacityReport capacity() {
    return CapacityReport.of(capacity);
  }

  Condition.@Nullable Bound filter() {
    return filter;
  }

  Projection.@Nullable Bound projection() {
    return projection;
  }
}
