package dev.assay.requestrouter;

import dev.assay.logformat.Item;
import org.jspecify.annotations.Nullable;

/**
 * Ends a request with one of DynamoDB's errors.
 *
 * <p>It is an answer and no fault, so it has no stack trace. Whatever it says goes to the client.
 */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorType type;
  private final transient @Nullable Item item;

  ApiException(ErrorType type, @Nullable String message) {
    this(type, message, null);
  }

  /**
   * @param item what the answer shows beside the message: the item that a condition failed on
   */
  ApiException(ErrorType type, @Nullable String message, @Nullable Item item) {
    super(message, null, false, false);
    this.type = type;
    this.item = item;
  }

  static ApiException validation(String message) {
    return new ApiException(ErrorType.VALIDATION, message);
  }

  /** A message that starts as many of DynamoDB's do. */
  static ApiException invalidParameter(String message) {
    return validation("One or more parameter values were invalid: " + message);
  }

  static ApiException serialization(@Nullable String message) {
    return new ApiException(ErrorType.SERIALIZATION, message);
  }

  ErrorType type() {
    return type;
  }

  @Nullable Item item() {
    return item;
  }
}
