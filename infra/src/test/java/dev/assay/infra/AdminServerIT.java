package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests byte by byte, as no well-behaved client would write them. */
class AdminServerIT {
  private static final int CLIENT_TIMEOUT_MS = 30_000;
  private static final AdminServer.Limits STRICT =
      new AdminServer.Limits(
          4, 4096, 1000, Duration.ofMillis(300), Duration.ofSeconds(20), Duration.ofSeconds(5));

  private final AtomicInteger changes = new AtomicInteger();
  private volatile @Nullable String problem;
  private AdminServer server;

  private static final class Check implements HealthCheck {
    private final AdminServerIT test;

    Check(AdminServerIT test) {
      this.test = test;
    }

    @Override
    public String name() {
      return "writes";
    }

    @Override
    public @Nullable String problem() {
      return test.problem;
    }
  }

  @BeforeEach
  void start() {
    server = start(AdminServer.Limits.DEFAULT);
  }

  private AdminServer start(AdminServer.Limits limits) {
    Map<String, AdminRoute> routes =
        Map.of(
            "/api/v1/tables",
            AdminRoute.get(request -> json("{\"name\":\"" + request.parameter("name") + "\"}"))
                .andPost(
                    request -> {
                      changes.incrementAndGet();
                      return request.body();
                    }),
            "/api/v1/start",
            AdminRoute.post(
                _ -> {
                  throw AdminError.conflict("it \"runs\" already");
                }),
            "/api/v1/broken",
            AdminRoute.get(
                _ -> {
                  throw new IllegalStateException("secret detail");
                }));
    return AdminServer.start(
        new AdminServer.Options(
            "127.0.0.1", 0, List.of("assay.example", "proxy.example:80"), limits),
        List.of(new Check(this)),
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
        routes);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static byte[] json(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private record Reply(int status, String head, String body) {
    boolean has(String header) {
      return head.contains("\r\n" + header + "\r\n");
    }
  }

  /** All bytes that the server sends for these bytes; the request has to end the connection. */
  private Reply exchange(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return reply(socket);
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(CLIENT_TIMEOUT_MS);
    return socket;
  }

  private static Reply reply(Socket socket) throws IOException {
    String all = readToEnd(socket.getInputStream());
    int end = all.indexOf("\r\n\r\n");
    assertTrue(end > 0, "no answer but: " + all);
    return new Reply(
        Integer.parseInt(all.substring(9, 12)), all.substring(0, end + 2), all.substring(end + 4));
  }

  private static String readToEnd(InputStream in) throws IOException {
    StringBuilder all = new StringBuilder();
    byte[] buffer = new byte[8192];
    try {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        all.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
      }
    } catch (SocketException _) {
      // The server closed with something of the request unread; what it said has arrived.
    }
    return all.toString();
  }

  private Reply get(String target) throws IOException {
    return send("GET " + target, "Host: localhost:" + server.port());
  }

  private Reply send(String line, String... headers) throws IOException {
    return sendBody("", line, headers);
  }

  private Reply sendBody(String body, String line, String... headers) throws IOException {
    StringBuilder request = new StringBuilder(line).append(" HTTP/1.1\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return exchange(request + "Connection: close\r\n\r\n" + body);
  }

  private Reply post(String path, String body, String... headers) throws IOException {
    List<String> all = new ArrayList<>(List.of(headers));
    all.add("Host: localhost:" + server.port());
    all.add("Content-Length: " + body.length());
    return sendBody(body, "POST " + path, all.toArray(new String[0]));
  }

  @Test
  void liveProcessSaysSo() throws IOException {
    Reply reply = get("/livez");
    assertEquals(200, reply.status);
    assertEquals("ok\n", reply.body);
    assertEquals("[+]ping ok\nlivez check passed\n", get("/livez?verbose").body);
  }

  @Test
  void readinessNamesWhatIsWrong() throws IOException {
    assertEquals("ok\n", get("/readyz").body);
    assertEquals("[+]writes ok\nreadyz check passed\n", get("/readyz?verbose").body);
    problem = "no leader\nyet";
    Reply reply = get("/readyz");
    assertEquals(503, reply.status);
    assertEquals("[-]writes failed: no leader; yet\nreadyz check failed\n", reply.body);
    assertEquals(503, get("/readyz?verbose").status);
    assertEquals(200, get("/livez").status, "a process that is not ready lives");
  }

  @Test
  void everyAnswerCarriesTheSafetyHeaders() throws IOException {
    for (String target : List.of("/livez", "/metrics", "/api/v1/tables", "/nothing")) {
      Reply reply = get(target);
      assertTrue(reply.has("X-Content-Type-Options: nosniff"), reply.head);
      assertTrue(reply.has("Cache-Control: no-store"), reply.head);
      assertTrue(reply.has("Content-Security-Policy: default-src 'none'"), reply.head);
      assertFalse(reply.head.contains("Access-Control"), reply.head);
    }
  }

  @Test
  void metricsComeInTheFormatThatTheScraperPrefers() throws IOException {
    Reply text = get("/metrics");
    assertEquals(200, text.status);
    assertTrue(text.has("Content-Type: text/plain; version=0.0.4; charset=utf-8"), text.head);
    assertTrue(text.body.contains("\nprocess_resident_memory_bytes "), text.body);
    assertTrue(text.body.contains("\njvm_memory_used_bytes{"), text.body);
    Reply open =
        send(
            "GET /metrics",
            "Host: localhost:" + server.port(),
            "Accept: application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3,*/*;q=0.1");
    assertTrue(
        open.has("Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8"),
        open.head);
    assertTrue(open.body.endsWith("# EOF\n"), open.body);
  }

  @Test
  void routesAnswerWithJson() throws IOException {
    Reply read = get("/api/v1/tables?name=a%20b");
    assertEquals("{\"name\":\"a b\"}", read.body);
    assertTrue(read.has("Content-Type: application/json"), read.head);
    Reply changed = post("/api/v1/tables", "{}", "Content-Type: application/json; charset=UTF-8");
    assertEquals(200, changed.status);
    assertEquals("{}", changed.body);
    assertEquals(1, changes.get());
  }

  @Test
  void errorOfRouteBecomesJson() throws IOException {
    Reply reply = post("/api/v1/start", "{}", "Content-Type: application/json");
    assertEquals(409, reply.status);
    assertEquals("{\"error\":\"it \\\"runs\\\" already\"}", reply.body);
  }

  @Test
  void unforeseenFailureTellsNothingOfTheInside() throws IOException {
    Reply reply = get("/api/v1/broken");
    assertEquals(500, reply.status);
    assertFalse(reply.body.contains("secret detail"), reply.body);
    assertFalse(reply.body.contains("\tat "), reply.body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/api/v1",
        "/api/v1/tables/",
        "//livez",
        "/./livez",
        "/x/../livez",
        "/livez;a=b",
        "/LIVEZ",
        "/%6civez",
        "/api/v1/none"
      })
  void unknownPathIsNotFound(String path) throws IOException {
    assertEquals(404, get(path).status);
  }

  @Test
  void wrongMethodIsToldTheRightOnes() throws IOException {
    String host = "Host: localhost:" + server.port();
    Reply deleted = send("DELETE /api/v1/tables", host);
    assertEquals(405, deleted.status);
    assertTrue(deleted.has("Allow: GET, HEAD, POST"), deleted.head);
    assertTrue(send("GET /api/v1/start", host).has("Allow: POST"));
    assertTrue(send("POST /metrics", host, "Content-Length: 0").has("Allow: GET, HEAD"));
    assertEquals(405, send("OPTIONS /api/v1/tables", host).status);
    assertEquals(405, send("QWERTY /livez", host).status);
  }

  @Test
  void headGetsNoBody() throws IOException {
    Reply reply = send("HEAD /livez", "Host: localhost:" + server.port());
    assertEquals(200, reply.status);
    assertEquals("", reply.body);
    assertEquals("", send("HEAD /none", "Host: localhost:" + server.port()).body);
  }

  @Test
  void ownNamesAreAnswered() throws IOException {
    int port = server.port();
    for (String host :
        List.of(
            "localhost:" + port,
            "LOCALHOST:" + port,
            "127.0.0.1:" + port,
            "[::1]:" + port,
            "assay.example:" + port,
            "proxy.example",
            "proxy.example:80")) {
      assertEquals(200, send("GET /livez", "Host: " + host).status, host);
    }
  }

  /** A page can point its own name at 127.0.0.1, but can't choose another Host. */
  @Test
  void reboundNameIsMisdirected() throws IOException {
    int port = server.port();
    for (String host :
        List.of(
            "evil.example:" + port,
            "evil.example",
            "localhost.evil.example:" + port,
            "127.0.0.1.nip.example:" + port,
            "localhost.:" + port,
            "localhost",
            "localhost:" + (port == 1 ? 2 : 1),
            "127.0.0.2:" + port,
            "2130706433:" + port,
            "0.0.0.0:" + port,
            "[::ffff:127.0.0.1]:" + port,
            "proxy.example:" + port)) {
      Reply reply = send("GET /livez", "Host: " + host);
      assertEquals(421, reply.status, host);
      assertTrue(reply.body.startsWith("{\"error\":"), reply.body);
    }
  }

  @Test
  void malformedHostIsRefused() throws IOException {
    int port = server.port();
    for (String host :
        List.of(
            "",
            " ",
            "localhost:x",
            "localhost:99999",
            "localhost:0",
            "local host:" + port,
            "localhost:" + port + ":" + port,
            "localhost:" + port + "/",
            "user@localhost:" + port,
            "localhost:" + port + ", evil.example",
            "[::1:" + port,
            "::1",
            "locälhost:" + port,
            "localhost:-1")) {
      assertEquals(400, send("GET /livez", "Host: " + host).status, host);
    }
  }

  @Test
  void hostMustBeThereOnce() throws IOException {
    String own = "Host: localhost:" + server.port();
    assertEquals(400, send("GET /livez").status, "missing");
    assertEquals(400, send("GET /livez", own, own).status, "twice the same");
    assertEquals(400, send("GET /livez", own, "hOST: evil.example").status, "two different");
    assertEquals(505, exchange("GET /livez HTTP/1.0\r\n\r\n").status, "HTTP/1.0 may lack it");
  }

  @Test
  void absoluteFormNamesTheHostToo() throws IOException {
    int port = server.port();
    String own = "Host: localhost:" + port;
    assertEquals(200, send("GET http://localhost:" + port + "/livez", own).status);
    assertEquals(421, send("GET http://evil.example/livez", own).status);
    assertEquals(421, send("GET http://localhost/livez", own).status, "another port");
    assertEquals(400, send("GET http://127.0.0.1:" + port + "/livez", own).status, "they differ");
    assertEquals(421, send("GET http://localhost:" + port + "/livez", "Host: evil.example").status);
    assertTrue(send("GET https://localhost:" + port + "/livez", own).status >= 400);
    assertTrue(send("CONNECT localhost:" + port, own).status >= 400);
    assertTrue(send("GET livez", own).status >= 400);
    assertTrue(send("OPTIONS *", own).status >= 400);
  }

  @Test
  void otherOriginsAreRefused() throws IOException {
    int port = server.port();
    String own = "Host: localhost:" + port;
    assertEquals(200, send("GET /livez", own, "Origin: http://localhost:" + port).status);
    for (String origin :
        List.of(
            "null",
            "",
            "http://evil.example",
            "http://localhost",
            "https://localhost:" + port,
            "http://127.0.0.1:" + port,
            "http://localhost:" + port + "/",
            "http://localhost:" + port + " http://evil.example",
            "file://")) {
      Reply reply = send("GET /livez", own, "Origin: " + origin);
      assertEquals(403, reply.status, origin);
      assertFalse(reply.head.contains("Access-Control"), reply.head);
    }
    Reply two =
        send("GET /livez", own, "Origin: http://localhost:" + port, "Origin: http://evil.example");
    assertEquals(403, two.status);
  }

  @Test
  void postFromPageChangesNothing() throws IOException {
    Reply reply =
        post(
            "/api/v1/tables",
            "{}",
            "Content-Type: application/json",
            "Origin: http://evil.example");
    assertEquals(403, reply.status);
    assertEquals(0, changes.get());
  }

  @Test
  void postNeedsJsonContentType() throws IOException {
    assertEquals(415, post("/api/v1/tables", "{}").status);
    for (String type :
        List.of(
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json, text/plain",
            "application/jsonx",
            "application/json; charset=utf-16",
            "text/plain; application/json",
            "")) {
      assertEquals(415, post("/api/v1/tables", "{}", "Content-Type: " + type).status, type);
    }
    assertEquals(
        415,
        post(
                "/api/v1/tables",
                "{}",
                "Content-Type: application/json",
                "Content-Type: application/json")
            .status);
    assertEquals(0, changes.get());
  }

  @Test
  void bodiesAreBounded() throws IOException {
    server.close();
    server = start(STRICT);
    String own = "Host: localhost:" + server.port();
    String type = "Content-Type: application/json";
    String fits = "x".repeat(1000);
    assertEquals(fits, post("/api/v1/tables", fits, type).body);
    assertEquals(413, post("/api/v1/tables", fits + "x", type).status);
    String chunk = "1f4\r\n" + "x".repeat(500) + "\r\n";
    Reply chunked =
        sendBody(
            chunk + chunk + chunk + "0\r\n\r\n",
            "POST /api/v1/tables",
            own,
            type,
            "Transfer-Encoding: chunked");
    assertEquals(413, chunked.status);
    assertEquals(
        413, sendBody("", "POST /api/v1/tables", own, type, "Content-Length: 99999999999").status);
    assertEquals(1, changes.get());
  }

  @Test
  void headersAreBounded() throws IOException {
    server.close();
    server = start(STRICT);
    Reply reply =
        send("GET /livez", "Host: localhost:" + server.port(), "X-Long: " + "x".repeat(5000));
    assertEquals(400, reply.status);
    assertTrue(reply.has("X-Content-Type-Options: nosniff"), reply.head);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0000\u0001\u0002\r\n\r\n",
        "GET\r\n\r\n",
        "GET /livez HTTP/9.9\r\nHost: localhost\r\n\r\n",
        "GET /livez?%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /livez HTTP/1.1\r\nno colon\r\n\r\n"
      })
  void noiseIsRefusedWithoutStackTrace(String noise) throws IOException {
    Reply reply = exchange(noise.replace("Host: localhost", "Host: localhost:" + server.port()));
    assertTrue(reply.status >= 400 && reply.status < 500, reply.head);
    assertFalse(reply.body.contains("Exception"), reply.body);
  }

  @Test
  void trickledRequestIsCutOff() throws IOException {
    server.close();
    server = start(STRICT);
    try (Socket socket = connect()) {
      socket.getOutputStream().write("GET /livez HTTP/1.1\r\nX: ".getBytes(StandardCharsets.UTF_8));
      // The server never sees the end of these headers, and gives up before the client does.
      assertEquals(-1, readOrEnd(socket));
    }
    try (Socket socket = connect()) {
      String request =
          "POST /api/v1/tables HTTP/1.1\r\nHost: localhost:%d\r\n".formatted(server.port())
              + "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n123";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      assertEquals(-1, readOrEnd(socket));
    }
    assertEquals(0, changes.get());
    assertEquals(200, get("/livez").status);
  }

  @Test
  void trickledRequestLineIsCutOff() throws Exception {
    server.close();
    server =
        start(
            new AdminServer.Limits(
                4,
                4096,
                1000,
                Duration.ofSeconds(60),
                Duration.ofMillis(400),
                Duration.ofSeconds(5)));
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      Thread trickle =
          Thread.startVirtualThread(
              () -> {
                try {
                  out.write("GET /".getBytes(StandardCharsets.UTF_8));
                  while (true) {
                    out.write('x');
                    LockSupport.parkNanos(50_000_000);
                  }
                } catch (IOException _) {
                  // The server closed, as it should.
                }
              });
      assertEquals(-1, readOrEnd(socket));
      trickle.join();
    }
  }

  private static int readOrEnd(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read();
    } catch (SocketException _) {
      return -1;
    }
  }

  @Test
  void connectionsBeyondTheBoundWaitForTheOthersToEnd() throws IOException {
    server.close();
    server = start(STRICT);
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < 12; i++) {
        Socket socket = connect();
        open.add(socket);
        socket.getOutputStream().write("GET /livez HTTP/1.1\r\n".getBytes(StandardCharsets.UTF_8));
      }
      assertEquals(200, get("/livez").status);
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  @Test
  void portInUseIsSaid() {
    CommandFailure failure =
        assertThrows(
            CommandFailure.class,
            () ->
                AdminServer.start(
                    AdminServer.Options.loopback(server.port()),
                    List.of(),
                    new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                    Map.of()));
    assertTrue(String.valueOf(failure.getMessage()).contains("port " + server.port()));
  }

  @Test
  void routeOutsideTheApiIsMistake() {
    AdminRoute route = AdminRoute.get(_ -> json("{}"));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            AdminServer.start(
                AdminServer.Options.loopback(0),
                List.of(),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                Map.of("/livez", route)));
  }
}
