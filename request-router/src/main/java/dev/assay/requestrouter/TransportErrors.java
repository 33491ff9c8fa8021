package dev.assay.requestrouter;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Answers what the web server refuses before any handler sees it (headers too large, a body too
 * large, what is no HTTP) in the words of the API, and never with what the server itself would say.
 *
 * <p>To the web server a client that leaves in the middle of its headers is an internal error,
 * which it would log with a stack trace for every port scan. Errors of our own never come here:
 * {@link ApiHandler} answers and logs them. So all of these are the client's.
 */
final class TransportErrors implements DirectHandler {
  private final RequestIds requestIds;

  TransportErrors(RequestIds requestIds) {
    this.requestIds = requestIds;
  }

  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType eventType,
      Status status,
      ServerResponseHeaders headers,
      @Nullable String message) {
    boolean tooLarge =
        eventType == EventType.PAYLOAD_TOO_LARGE
            || status.code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code();
    ErrorType type = tooLarge ? ErrorType.REQUEST_ENTITY_TOO_LARGE : ErrorType.BAD_REQUEST;
    String text =
        tooLarge
            ? "The request body has more than " + BodyLimits.ANY_MAX + " bytes"
            : "The request is not HTTP/1.1 as this server takes it";
    boolean clientError = status.code() / 100 == 4;
    JsonResponse.Finished body = JsonResponse.error(type, text, null);
    return TransportResponse.builder()
        .status(clientError ? status : Status.create(type.status))
        .header(HeaderNames.CONTENT_TYPE, "application/x-amz-json-1.0")
        .header(HeaderNames.create("x-amzn-RequestId"), requestIds.next())
        .header(HeaderNames.create("x-amz-crc32"), Long.toString(body.crc32()))
        .entity(Arrays.copyOf(body.bytes(), body.length()))
        .keepAlive(false)
        .build();
  }
}
