package dev.assay.infra;

import dev.assay.replicastore.remote.ListenAddress;
import io.helidon.http.DirectHandler;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The port of operators: whether the process lives and is ready, its metrics, and the HTTP API
 * behind the command line. Answers {@code /livez}, {@code /readyz}, {@code /metrics} and the routes
 * that it is given.
 *
 * <p>Has no notion of users: who reaches the port may use it, and therefore it listens on loopback
 * unless told otherwise. {@link HostCheck} keeps web pages out.
 *
 * <p>{@link #start} and {@link #close} belong to whoever wires the process.
 */
final class AdminServer implements AutoCloseable {
  private static final String API = "/api/v1/";

  private final Readiness readiness;
  private final RequestDeadlines deadlines;
  private final ProcessMetrics processMetrics;
  private final WebServer server;

  /**
   * Where it listens, and what it answers to.
   *
   * @param port 0 for a free one
   * @param allowedHosts names that the Host header may carry besides localhost, 127.0.0.1, [::1]
   *     and {@code host}: a name, which goes with the server's port, or name:port
   */
  record Options(String host, int port, List<String> allowedHosts, Limits limits) {
    Options {
      allowedHosts = List.copyOf(allowedHosts);
    }

    Options(String host, int port, String... allowedHosts) {
      this(host, port, List.of(allowedHosts), Limits.DEFAULT);
    }

    static Options loopback(int port) {
      return new Options("127.0.0.1", port);
    }
  }

  /**
   * What clients may take of the process.
   *
   * @param connectionsMax open at a time; more wait to be accepted
   * @param headerBytesMax of one request
   * @param bodyBytesMax of one request
   * @param transfer how long a request may take to arrive, and its answer to be read
   * @param idle how long a connection may stay open without a request, or with half a request line
   * @param checks how long all health checks together may take
   */
  record Limits(
      int connectionsMax,
      int headerBytesMax,
      int bodyBytesMax,
      Duration transfer,
      Duration idle,
      Duration checks) {
    static final Limits DEFAULT =
        new Limits(
            128,
            16 << 10,
            1 << 20,
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            Duration.ofSeconds(3));
  }

  private AdminServer(
      Options options,
      List<HealthCheck> checks,
      PrometheusMeterRegistry registry,
      Map<String, AdminRoute> routes) {
    for (String path : routes.keySet()) {
      if (!path.startsWith(API)) {
        throw new IllegalArgumentException(path + " is not below " + API);
      }
    }
    Limits limits = options.limits;
    readiness = new Readiness(checks, limits.checks);
    deadlines = new RequestDeadlines(limits.transfer);
    processMetrics = ProcessMetrics.bindTo(registry);
    server =
        webServer(
            options,
            new AdminHandler(
                new HostCheck(options.host, options.allowedHosts),
                readiness,
                new MetricsPage(registry),
                routes,
                limits.bodyBytesMax,
                deadlines));
  }

  /**
   * Listens, and answers until {@link #close}.
   *
   * @param registry gets the metrics of the process, besides what others put there
   * @param routes by path, which starts with /api/v1/
   * @throws CommandFailure when it can't listen there
   */
  static AdminServer start(
      Options options,
      List<HealthCheck> checks,
      PrometheusMeterRegistry registry,
      Map<String, AdminRoute> routes) {
    AdminServer created = new AdminServer(options, checks, registry, routes);
    try {
      ListenAddress.requireFree(new InetSocketAddress(options.host, options.port));
      created.server.start();
      if (!created.server.isRunning()) {
        throw new IOException("the log of this process says why");
      }
      return created;
    } catch (IOException e) {
      created.close();
      throw new CommandFailure(
          ExitCode.USAGE,
          "health and metrics can't be at port %d: %s".formatted(options.port, e.getMessage()),
          e);
    }
  }

  private WebServer webServer(Options options, Handler handler) {
    Limits limits = options.limits;
    DirectHandlers.Builder direct = DirectHandlers.builder();
    for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
      direct.addHandler(event, AdminServer::refuse);
    }
    return WebServer.builder()
        .host(options.host)
        .port(options.port)
        .shutdownHook(false)
        .featuresDiscoverServices(false)
        .protocolsDiscoverServices(false)
        .concurrencyLimitDiscoverServices(false)
        // Reads from channels have no timeout.
        .useNio(false)
        .addProtocol(
            Http1Config.builder()
                .maxHeadersSize(limits.headerBytesMax)
                .addReceiveListener(deadlines)
                .build())
        .connectionOptions(socket -> socket.readTimeout(limits.idle).tcpNoDelay(true))
        .maxTcpConnections(limits.connectionsMax)
        .idleConnectionTimeout(limits.idle)
        .idleConnectionPeriod(limits.idle.dividedBy(4))
        .shutdownGracePeriod(Duration.ofMillis(200))
        .directHandlers(direct.build())
        .routing(HttpRouting.builder().any(handler))
        .build();
  }

  /** What the web server refuses by itself, in the words of this server. */
  private static DirectHandler.TransportResponse refuse(
      DirectHandler.TransportRequest request,
      DirectHandler.EventType event,
      Status status,
      ServerResponseHeaders headers,
      @Nullable String message) {
    Status said =
        event == DirectHandler.EventType.INTERNAL_ERROR ? Status.INTERNAL_SERVER_ERROR_500 : status;
    DirectHandler.TransportResponse.Builder response =
        DirectHandler.TransportResponse.builder()
            .status(said)
            .header(HeaderNames.CONTENT_TYPE, AdminHandler.JSON)
            .entity(AdminHandler.errorBody("refused: " + said.reasonPhrase()))
            .keepAlive(false);
    for (Header header : AdminHandler.SAFETY_HEADERS) {
      response.header(header);
    }
    return response.build();
  }

  /** The port that it listens on, also when any free one was asked for. */
  int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.stop();
    deadlines.close();
    readiness.close();
    processMetrics.close();
  }
}
