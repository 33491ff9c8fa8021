package dev.assay.infra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes every request of the admin port from its headers to its answer: whether it may be answered
 * at all, which path it means, and what to say when something goes wrong.
 *
 * <p>Runs on the connections' virtual threads.
 */
final class AdminHandler implements Handler {
  static final List<Header> SAFETY_HEADERS =
      List.of(
          HeaderValues.createCached("X-Content-Type-Options", "nosniff"),
          HeaderValues.createCached("Cache-Control", "no-store"),
          HeaderValues.createCached("Content-Security-Policy", "default-src 'none'"),
          HeaderValues.createCached("Cross-Origin-Resource-Policy", "same-origin"));
  static final String JSON = "application/json";

  private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String READS = "GET, HEAD";
  private static final String TEXT = "text/plain; charset=utf-8";

  private final HostCheck hosts;
  private final Readiness readiness;
  private final MetricsPage metrics;
  private final Map<String, AdminRoute> routes;
  private final int bodyBytesMax;
  private final RequestDeadlines deadlines;

  /**
   * @param close whether the connection ends with this answer, as the request may not be read to
   *     its end
   */
  private record Answer(
      int status, String contentType, byte[] body, @Nullable String allow, boolean close) {

    static Answer text(int status, String text) {
      return new Answer(status, TEXT, text.getBytes(StandardCharsets.UTF_8), null, false);
    }

    static Answer error(int status, String message) {
      return new Answer(status, JSON, errorBody(message), null, true);
    }
  }

  AdminHandler(
      HostCheck hosts,
      Readiness readiness,
      MetricsPage metrics,
      Map<String, AdminRoute> routes,
      int bodyBytesMax,
      RequestDeadlines deadlines) {
    this.hosts = hosts;
    this.readiness = readiness;
    this.metrics = metrics;
    this.routes = Map.copyOf(routes);
    this.bodyBytesMax = bodyBytesMax;
    this.deadlines = deadlines;
  }

  static byte[] errorBody(String message) {
    try {
      return MAPPER.writeValueAsBytes(Map.of("error", message));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a text is always JSON", e);
    }
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    Answer answer = answer(request);
    boolean close = answer.close || wantsClose(request) || hasStrayBody(request);
    deadlines.begin();
    try {
      boolean head = request.prologue().method().equals(Method.HEAD);
      send(answer, close, head, response);
      if (close) {
        discardBody(request);
      }
    } finally {
      deadlines.end();
    }
    if (close) {
      // The web server announces that it closes, but leaves it to the client.
      throw new CloseConnectionException("answered");
    }
  }

  private static boolean wantsClose(ServerRequest request) {
    return request.headers().containsToken(HeaderValues.CONNECTION_CLOSE);
  }

  private static boolean hasStrayBody(ServerRequest request) {
    return request.content().hasEntity() && !request.prologue().method().equals(Method.POST);
  }

  /** Closing a connection with bytes unread may destroy the answer before the client reads it. */
  private void discardBody(ServerRequest request) {
    if (!request.content().hasEntity() || request.headers().contains(HeaderNames.EXPECT)) {
      return;
    }
    try (InputStream in = request.content().inputStream()) {
      in.skip(bodyBytesMax);
    } catch (IOException | RuntimeException e) {
      LOG.debug("the rest of a refused request did not arrive", e);
    }
  }

  private static void send(Answer answer, boolean close, boolean head, ServerResponse response) {
    response.status(Status.create(answer.status));
    SAFETY_HEADERS.forEach(response::header);
    response.header(HeaderValues.create(HeaderNames.CONTENT_TYPE, answer.contentType));
    if (answer.allow != null) {
      response.header(HeaderValues.create(HeaderNames.ALLOW, answer.allow));
    }
    if (close) {
      response.header(HeaderValues.CONNECTION_CLOSE);
    }
    response.send(head ? new byte[0] : answer.body);
  }

  private Answer answer(ServerRequest request) {
    try {
      ServerRequestHeaders headers = request.headers();
      Target target = Target.of(request.prologue());
      hosts.check(
          request.localPeer().port(),
          values(headers, HeaderNames.HOST),
          target.authority,
          values(headers, HeaderNames.ORIGIN));
      return answer(request, target.path);
    } catch (AdminError e) {
      return Answer.error(e.status(), String.valueOf(e.getMessage()));
    } catch (CloseConnectionException e) {
      throw e;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new CloseConnectionException("interrupted");
    } catch (RuntimeException e) {
      LOG.error("A request to the admin port failed for a reason that nobody foresaw", e);
      return Answer.error(500, "internal error; the log of this process says more");
    }
  }

  /** The request line's target: an absolute form names the host a second time. */
  private record Target(@Nullable String authority, String path) {
    private static final String SCHEME = "http://";

    static Target of(HttpPrologue prologue) {
      String raw = prologue.uriPath().rawPath();
      if (!raw.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
        return new Target(null, raw);
      }
      int slash = raw.indexOf('/', SCHEME.length());
      return slash < 0
          ? new Target(raw.substring(SCHEME.length()), "/")
          : new Target(raw.substring(SCHEME.length(), slash), raw.substring(slash));
    }
  }

  private static List<String> values(ServerRequestHeaders headers, HeaderName name) {
    return headers.contains(name) ? headers.get(name).allValues() : List.of();
  }

  private Answer answer(ServerRequest request, String path)
      throws AdminError, InterruptedException {
    String method = request.prologue().method().text();
    boolean reads = isRead(method);
    return switch (path) {
      case "/livez" -> reads ? live(request) : wrongMethod(READS);
      case "/readyz" -> reads ? ready(request) : wrongMethod(READS);
      case "/metrics" -> reads ? metrics(request) : wrongMethod(READS);
      default -> {
        AdminRoute route = routes.get(path);
        yield route == null
            ? Answer.error(404, "there is nothing at this path")
            : answer(route, method, request);
      }
    };
  }

  private static boolean isRead(String method) {
    return method.equals("GET") || method.equals("HEAD");
  }

  private Answer answer(AdminRoute route, String method, ServerRequest request) throws AdminError {
    AdminRoute.Answerer get = route.get();
    AdminRoute.Answerer post = route.post();
    Map<String, String> parameters = parameters(request);
    if (get != null && isRead(method)) {
      deadlines.end();
      return json(get.answer(new AdminRequest(parameters, new byte[0])));
    }
    if (post != null && method.equals("POST")) {
      requireJson(request.headers());
      byte[] body = body(request);
      deadlines.end();
      return json(post.answer(new AdminRequest(parameters, body)));
    }
    return wrongMethod(get == null ? "POST" : post == null ? READS : READS + ", POST");
  }

  private static Map<String, String> parameters(ServerRequest request) throws AdminError {
    return AdminRequest.parseQuery(request.prologue().query().rawValue());
  }

  private static Answer json(byte[] body) {
    return new Answer(200, JSON, body, null, false);
  }

  private static Answer wrongMethod(String allowed) {
    return new Answer(405, JSON, errorBody("this path takes only " + allowed), allowed, true);
  }

  private Answer live(ServerRequest request) throws AdminError {
    boolean verbose = parameters(request).containsKey("verbose");
    return Answer.text(200, verbose ? "[+]ping ok\nlivez check passed\n" : "ok\n");
  }

  private Answer ready(ServerRequest request) throws AdminError, InterruptedException {
    boolean verbose = parameters(request).containsKey("verbose");
    deadlines.end();
    Readiness.Report report = readiness.ask();
    if (!report.ready()) {
      return Answer.text(503, report.text());
    }
    return Answer.text(200, verbose ? report.text() : "ok\n");
  }

  private Answer metrics(ServerRequest request) {
    deadlines.end();
    String contentType = MetricsPage.choose(values(request.headers(), HeaderNames.ACCEPT));
    return new Answer(200, contentType, metrics.write(contentType), null, false);
  }

  /** A web page can't send this content type to another origin without asking first. */
  private static void requireJson(ServerRequestHeaders headers) throws AdminError {
    List<String> types = values(headers, HeaderNames.CONTENT_TYPE);
    if (types.size() != 1 || !isJson(types.getFirst())) {
      throw new AdminError(415, "a POST has one Content-Type header, and that is " + JSON);
    }
  }

  private static boolean isJson(String contentType) {
    String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
    return parts[0].strip().equals(JSON)
        && (parts.length == 1
            || (parts.length == 2 && parts[1].strip().replace("\"", "").equals("charset=utf-8")));
  }

  private byte[] body(ServerRequest request) throws AdminError {
    if (request.headers().contentLength().orElse(0) > bodyBytesMax) {
      throw tooLarge();
    }
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    byte[] body;
    try (InputStream in = request.content().inputStream()) {
      body = in.readNBytes(bodyBytesMax + 1);
    } catch (IOException | UncheckedIOException e) {
      throw new CloseConnectionException("the request's body did not arrive", e);
    }
    if (body.length > bodyBytesMax) {
      throw tooLarge();
    }
    return body;
  }

  private AdminError tooLarge() {
    return new AdminError(413, "a request's body has at most " + bodyBytesMax + " bytes");
  }
}
