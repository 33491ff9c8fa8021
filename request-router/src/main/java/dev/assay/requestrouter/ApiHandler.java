package dev.assay.requestrouter;

import dev.assay.requestrouter.ErrorType.Outcome;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.RequestException;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes each HTTP request from its headers to its answer: finds the operation, reads the body,
 * checks the signature, runs the operation, and turns whatever goes wrong into an answer.
 *
 * <p>Runs on the connection's virtual thread.
 */
final class ApiHandler implements Handler {
  private static final Logger log = LoggerFactory.getLogger(ApiHandler.class);

  private static final String TARGET_PREFIX = "DynamoDB_20120810.";
  private static final HeaderName TARGET = HeaderNames.create("X-Amz-Target");
  private static final HeaderName REQUEST_ID = HeaderNames.create("x-amzn-RequestId");
  private static final HeaderName CRC32_HEADER = HeaderNames.create("x-amz-crc32");
  private static final Header AMZ_JSON =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/x-amz-json-1.0");
  private static final Header JSON =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
  private static final Header TEXT =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
  private static final byte[] HEALTHY =
      "healthy: dynamodb.assay ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CLOSING = "shutting down\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NO_SUCH_PAGE =
      "<UnknownOperationException/>\n".getBytes(StandardCharsets.US_ASCII);

  private final Map<String, Operation> operations;
  private final SignatureCheck signatures;
  private final Admission admission;
  private final ApiMetrics metrics;
  private final RequestIds requestIds;
  private final RequestTimeouts timeouts;
  private final Waiting waiting;

  ApiHandler(
      Map<String, Operation> operations,
      SignatureCheck signatures,
      Admission admission,
      ApiMetrics metrics,
      RequestIds requestIds,
      RequestTimeouts timeouts,
      Waiting waiting) {
    this.operations = Map.copyOf(operations);
    this.signatures = signatures;
    this.admission = admission;
    this.metrics = metrics;
    this.requestIds = requestIds;
    this.timeouts = timeouts;
    this.waiting = waiting;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    try {
      response.header(HeaderValues.create(REQUEST_ID, requestIds.next()));
      if (admission.isClosed()) {
        response.header(HeaderValues.CONNECTION_CLOSE);
      }
      boolean root = request.prologue().uriPath().rawPath().equals("/");
      Header contentType = contentType(request.headers());
      if (root && Method.GET.equals(request.prologue().method())) {
        sendHealth(response);
      } else if (!root || !Method.POST.equals(request.prologue().method()) || contentType == null) {
        sendText(response, Status.NOT_FOUND_404, NO_SUCH_PAGE);
      } else {
        response.header(contentType);
        post(request, response);
      }
    } finally {
      timeouts.end();
    }
  }

  /** The content type of the answer, the same as the request's; null when that is not the API's. */
  private static @Nullable Header contentType(ServerRequestHeaders headers) {
    if (!headers.contains(HeaderNames.CONTENT_TYPE)) {
      return null;
    }
    String type = headers.get(HeaderNames.CONTENT_TYPE).get();
    int semicolon = type.indexOf(';');
    type = semicolon < 0 ? type.strip() : type.substring(0, semicolon).strip();
    if (type.equalsIgnoreCase(AMZ_JSON.get())) {
      return AMZ_JSON;
    }
    return type.equalsIgnoreCase(JSON.get()) ? JSON : null;
  }

  private void post(ServerRequest request, ServerResponse response) {
    long started = waiting.nanoTime();
    String label = ApiMetrics.NO_OPERATION;
    Outcome outcome = Outcome.SERVER_ERROR;
    try {
      refuseWebPages(request.headers());
      Operation operation = operation(request.headers());
      label = operation.name();
      JsonResponse.Finished answer = answer(operation, request);
      outcome = Outcome.SUCCESS;
      send(response, 200, answer);
    } catch (ApiException e) {
      outcome = e.type().outcome();
      if (e.type() == ErrorType.BAD_REQUEST) {
        response.header(HeaderValues.CONNECTION_CLOSE);
      }
      send(response, e.type().status, JsonResponse.error(e));
    } finally {
      metrics.record(label, outcome, waiting.nanoTime() - started);
    }
  }

  /**
   * A browser says where a script comes from. No script of a web page has business here, and with a
   * well-known secret any page that the user opens could sign requests.
   */
  private static void refuseWebPages(ServerRequestHeaders headers) {
    if (headers.contains(HeaderNames.ORIGIN)) {
      throw new ApiException(
          ErrorType.ACCESS_DENIED, "Requests from web pages (with an Origin header) are refused");
    }
  }

  private Operation operation(ServerRequestHeaders headers) {
    String target = headers.contains(TARGET) ? headers.get(TARGET).get() : "";
    Operation operation =
        target.startsWith(TARGET_PREFIX)
            ? operations.get(target.substring(TARGET_PREFIX.length()))
            : null;
    if (operation == null) {
      throw new ApiException(
          ErrorType.UNKNOWN_OPERATION,
          target.isEmpty() ? null : "Not supported by Assay: " + Excerpt.of(target));
    }
    return operation;
  }

  private JsonResponse.Finished answer(Operation operation, ServerRequest request) {
    try (BodyReader body = new BodyReader(admission)) {
      readBody(body, request, operation.bodySizeMax());
      admission.enter();
      try {
        signatures.check(new HelidonRequest(request, body.bytes(), body.length()));
        return run(operation, body);
      } finally {
        admission.leave();
      }
    }
  }

  private static void readBody(BodyReader body, ServerRequest request, int sizeMax) {
    ServerRequestHeaders headers = request.headers();
    long announced = headers.contentLength().orElse(-1);
    boolean chunked = headers.contains(HeaderNames.TRANSFER_ENCODING);
    if (announced < 0 && !chunked) {
      return;
    }
    if (chunked && (announced >= 0 || !headers.contains(HeaderValues.TRANSFER_ENCODING_CHUNKED))) {
      // A proxy in front could see the end of the body elsewhere than we do.
      throw new ApiException(
          ErrorType.BAD_REQUEST,
          "The request's Transfer-Encoding is not chunked, or it has a Content-Length beside it");
    }
    try {
      body.read(request.content().inputStream(), chunked ? -1 : announced, sizeMax);
    } catch (ApiException | RequestException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new CloseConnectionException("the request's body ended early", e);
    }
  }

  private static JsonResponse.Finished run(Operation operation, BodyReader body) {
    try (JsonRequest json = JsonRequest.open(body.bytes(), body.length())) {
      JsonResponse response = new JsonResponse();
      operation.run(json, response);
      return response.finish();
    } catch (ApiException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      log.error("{} failed for a reason that it does not know", operation.name(), e);
      throw new ApiException(
          ErrorType.INTERNAL,
          "Internal error; if the request changes something, that may or may not have been done");
    }
  }

  private void sendHealth(ServerResponse response) {
    if (admission.isClosed()) {
      sendText(response, Status.SERVICE_UNAVAILABLE_503, CLOSING);
    } else {
      sendText(response, Status.OK_200, HEALTHY);
    }
  }

  private static void send(ServerResponse response, int status, JsonResponse.Finished body) {
    response.status(Status.create(status));
    response.header(HeaderValues.create(CRC32_HEADER, body.crc32()));
    response.send(body.bytes(), 0, body.length());
  }

  private static void sendText(ServerResponse response, Status status, byte[] text) {
    CRC32 crc = new CRC32();
    crc.update(text);
    response.status(status);
    response.header(TEXT);
    response.header(HeaderValues.create(CRC32_HEADER, crc.getValue()));
    response.send(text);
  }
}
