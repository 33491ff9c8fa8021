package dev.assay.replicastore.expression;

/**
 * The client's expression can't be parsed, or can't be carried out on the item: DynamoDB's
 * ValidationException.
 *
 * <p>One parsed text serves several parameters (a condition is a filter elsewhere), so the message
 * does not name the parameter. {@link #describe} does, where DynamoDB does. This is an answer to a
 * client and not a fault of ours, so it carries no stack trace.
 */
public final class ExpressionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean namesParameter;

  private ExpressionException(String message, boolean namesParameter) {
    super(message, null, false, false);
    this.namesParameter = namesParameter;
  }

  /** Something is wrong with the expression itself; DynamoDB says in which parameter. */
  static ExpressionException invalid(String detail) {
    return new ExpressionException(detail, true);
  }

  /** The expression is well formed and does not fit the request, the table or the item. */
  static ExpressionException refused(String message) {
    return new ExpressionException(message, false);
  }

  /** The whole message for the client. */
  public String describe(ExpressionKind kind) {
    String message = String.valueOf(getMessage());
    return namesParameter ? "Invalid " + kind.parameter() + ": " + message : message;
  }
}
