package dev.assay.requestrouter;

import dev.assay.replicastore.expression.Condition;
import dev.assay.replicastore.expression.ExpressionKind;
import dev.assay.replicastore.expression.ParsedExpressions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parameters that PutItem, UpdateItem and DeleteItem have in common. */
final class ItemWriteParameters {
  private static final List<String> RETURN_VALUES =
      List.of("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW");
  private static final List<String> METRICS = List.of("SIZE", "NONE");
  private static final List<String> ON_FAILURE = List.of("ALL_OLD", "NONE");

  private final String attributesField;
  private final ExpressionParameters expressions;
  private @Nullable String tableName;
  private @Nullable AttributeMap attributes;
  private @Nullable String returnValues;
  private @Nullable String onFailure;
  private @Nullable String capacity;
  private @Nullable String metrics;

  private ItemWriteParameters(String attributesField, List<ExpressionKind> kinds) {
    this.attributesField = attributesField;
    this.expressions = new ExpressionParameters(kinds);
  }

  /**
   * @param attributesField {@code Item} or {@code Key}
   */
  static ItemWriteParameters read(
      JsonRequest json, String attributesField, List<ExpressionKind> kinds) {
    ItemWriteParameters parameters = new ItemWriteParameters(attributesField, kinds);
    while (json.nextField()) {
      parameters.readField(json, json.name());
    }
    json.end();
    parameters.check();
    return parameters;
  }

  private void readField(JsonRequest json, String field) {
    switch (field) {
      case "TableName" -> tableName = json.text();
      case "ReturnValues" -> returnValues = json.text();
      case "ReturnValuesOnConditionCheckFailure" -> onFailure = json.text();
      case "ReturnConsumedCapacity" -> capacity = json.text();
      case "ReturnItemCollectionMetrics" -> metrics = json.text();
      default -> {
        if (field.equals(attributesField)) {
          attributes = AttributeReader.readMap(json);
        } else if (!expressions.readField(json, field)) {
          json.skip();
        }
      }
    }
  }

  private void check() {
    Constraints constraints = new Constraints();
    constraints.oneOf(capacity, "returnConsumedCapacity", CapacityReport.NAMES);
    constraints.tableName(tableName, "tableName");
    constraints.notNull(attributes, attributesField.equals("Item") ? "item" : "key");
    constraints.oneOf(returnValues, "returnValues", RETURN_VALUES);
    constraints.oneOf(metrics, "returnItemCollectionMetrics", METRICS);
    constraints.oneOf(onFailure, "returnValuesOnConditionCheckFailure", ON_FAILURE);
    constraints.check();
    expressions.checkTogether();
    attributes().throwProblem();
  }

  String tableName() {
    return Constraints.checked(tableName);
  }

  AttributeMap attributes() {
    return Constraints.checked(attributes);
  }

  ExpressionParameters expressions() {
    return expressions;
  }

  String returnValues() {
    return returnValues == null ? "NONE" : returnValues;
  }

  /** For the operations that have no new item, or return it to nobody. */
  void checkReturnsOldOnly() {
    if (!returnValues().equals("NONE") && !returnValues().equals("ALL_OLD")) {
      throw ApiException.validation("ReturnValues can only be ALL_OLD or NONE");
    }
  }

  /** Checks the condition; the partition's leader reads its text again, and judges by it. */
  Condition.@Nullable Bound bindCondition(ParsedExpressions parsed) {
    return expressions.bind(
        ExpressionKind.CONDITION, text -> parsed.condition(text).bind(expressions.usage()));
  }

  boolean returnsItemOnFailure() {
    return "ALL_OLD".equals(onFailure);
  }

  CapacityReport capacity() {
    return CapacityReport.of(capacity);
  }
}
