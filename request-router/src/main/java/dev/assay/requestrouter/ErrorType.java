package dev.assay.requestrouter;

/**
 * The errors that a client can get, with DynamoDB's names and HTTP statuses.
 *
 * <p>SDKs decide by name and status whether to repeat a request: they repeat every 5xx and what
 * they know as throttling, and nothing else.
 */
enum ErrorType {
  SERIALIZATION("com.amazon.coral.service#SerializationException", 400),
  UNKNOWN_OPERATION("com.amazon.coral.service#UnknownOperationException", 400),
  MISSING_AUTHENTICATION_TOKEN("com.amazon.coral.service#MissingAuthenticationTokenException", 400),
  INCOMPLETE_SIGNATURE("com.amazon.coral.service#IncompleteSignatureException", 400),
  INVALID_SIGNATURE("com.amazon.coral.service#InvalidSignatureException", 400),
  UNRECOGNIZED_CLIENT("com.amazon.coral.service#UnrecognizedClientException", 400),
  ACCESS_DENIED("com.amazon.coral.service#AccessDeniedException", 400),
  REQUEST_ENTITY_TOO_LARGE("com.amazon.coral.service#RequestEntityTooLargeException", 413),
  BAD_REQUEST("com.amazon.coral.service#BadRequestException", 400),
  VALIDATION("com.amazon.coral.validate#ValidationException", 400),
  CONDITIONAL_CHECK_FAILED("com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", 400),
  RESOURCE_NOT_FOUND("com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", 400),
  RESOURCE_IN_USE("com.amazonaws.dynamodb.v20120810#ResourceInUseException", 400),
  LIMIT_EXCEEDED("com.amazonaws.dynamodb.v20120810#LimitExceededException", 400),

  /**
   * The table's partition is busy. The data operations model this error, so that clients which
   * catch it by type do what they do against DynamoDB.
   */
  THROUGHPUT_EXCEEDED(
      "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", 400),

  /** This router is busy, whatever the table: the error that any operation may give. */
  THROTTLED("com.amazon.coral.availability#ThrottlingException", 400),

  INTERNAL("com.amazonaws.dynamodb.v20120810#InternalServerError", 500),
  UNAVAILABLE("com.amazon.coral.availability#ServiceUnavailableException", 503);

  /** As in the answer's {@code __type}. */
  final String wireName;

  final int status;

  ErrorType(String wireName, int status) {
    this.wireName = wireName;
    this.status = status;
  }

  /** How metrics count it: few values, whatever clients send. */
  Outcome outcome() {
    return switch (this) {
      case CONDITIONAL_CHECK_FAILED -> Outcome.CONDITION_FAILED;
      case THROUGHPUT_EXCEEDED, THROTTLED -> Outcome.THROTTLED;
      case INTERNAL -> Outcome.SERVER_ERROR;
      case UNAVAILABLE -> Outcome.UNAVAILABLE;
      case MISSING_AUTHENTICATION_TOKEN,
          INCOMPLETE_SIGNATURE,
          INVALID_SIGNATURE,
          UNRECOGNIZED_CLIENT,
          ACCESS_DENIED ->
          Outcome.REFUSED;
      case SERIALIZATION,
          UNKNOWN_OPERATION,
          REQUEST_ENTITY_TOO_LARGE,
          BAD_REQUEST,
          VALIDATION,
          RESOURCE_NOT_FOUND,
          RESOURCE_IN_USE,
          LIMIT_EXCEEDED ->
          Outcome.CLIENT_ERROR;
    };
  }

  /** The metrics' label. */
  enum Outcome {
    SUCCESS("success"),
    CONDITION_FAILED("condition_failed"),
    CLIENT_ERROR("client_error"),
    /** Not signed, or not signed right. */
    REFUSED("refused"),
    THROTTLED("throttled"),
    UNAVAILABLE("unavailable"),
    SERVER_ERROR("server_error");

    final String label;

    Outcome(String label) {
      this.label = label;
    }
  }
}
