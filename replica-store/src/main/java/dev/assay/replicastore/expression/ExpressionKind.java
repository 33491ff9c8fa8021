package dev.assay.replicastore.expression;

/** Which of a request's parameters an expression stands in: DynamoDB names it in its errors. */
public enum ExpressionKind {
  CONDITION("ConditionExpression"),
  FILTER("FilterExpression"),
  KEY_CONDITION("KeyConditionExpression"),
  PROJECTION("ProjectionExpression"),
  UPDATE("UpdateExpression");

  private final String parameter;

  ExpressionKind(String parameter) {
    this.parameter = parameter;
  }

  /** The parameter's name, as clients write it. */
  public String parameter() {
    return parameter;
  }
}
