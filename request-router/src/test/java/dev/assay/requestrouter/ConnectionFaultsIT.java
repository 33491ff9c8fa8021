package dev.assay.requestrouter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that break the rules or stop: each ends, and the server goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class ConnectionFaultsIT {
  private static final Instant NOW = Instant.parse("2026-05-04T10:20:30Z");
  private static final String HEAD =
      String.join(
          "\r\n",
          "POST / HTTP/1.1",
          "Host: a",
          "Content-Type: application/x-amz-json-1.0",
          "X-Amz-Target: DynamoDB_20120810.ListTables",
          "");
  private static final int MEGABYTE = 1 << 20;

  private final List<LogRecord> logged = Collections.synchronizedList(new ArrayList<>());
  private final Handler recorder =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
            logged.add(entry);
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private TestServer server;

  @BeforeAll
  void start() {
    Logger.getLogger("").addHandler(recorder);
    server =
        new TestServer(
            defaults ->
                new ServerOptions(
                    defaults.host(),
                    0,
                    4,
                    defaults.connectionsMax(),
                    48L << 20,
                    defaults.headersSizeMax(),
                    Duration.ofMillis(700),
                    Duration.ofMillis(1500),
                    Duration.ofMillis(100),
                    Duration.ofSeconds(5),
                    1),
            () -> NOW);
  }

  @AfterEach
  void serverGoesOn() throws IOException {
    server.cluster.intercept(_ -> null);
    try (RawClient client = connect()) {
      assertEquals(200, client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").answer().status());
    }
    // Whoever can connect could fill the disk with what a fault of a client is worth in the log.
    assertTrue(logged.isEmpty(), () -> logged.getFirst().getMessage());
  }

  @AfterAll
  void stop() {
    server.close();
    Logger.getLogger("").removeHandler(recorder);
  }

  private RawClient connect() throws IOException {
    return new RawClient(server.server.port());
  }

  private void assertClosedOrBadRequest(RawClient client) throws IOException {
    RawClient.Answer answer = client.answerOrEnd();
    if (answer != null) {
      assertEquals(4, answer.status() / 100, answer.body());
      assertTrue(answer.body().contains("__type"), answer.body());
      assertTrue(answer.checksumFits());
      assertTrue(client.isClosed());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n\r\n",
        "hello\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/0.9\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nno colon here\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\n\u0000: x\r\n\r\n",
        "POST /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: [not an address\r\n\r\n"
      })
  void whatIsNoHttpIsRefused(String text) throws IOException {
    try (RawClient client = connect()) {
      assertClosedOrBadRequest(client.send(text));
    }
  }

  @Test
  void bytesOfAnotherProtocolAreRefused() throws IOException {
    byte[] tlsHello = {
      0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, (byte) 0xFC, 0x03, 0x03, '\r', '\n'
    };
    try (RawClient client = connect()) {
      assertClosedOrBadRequest(client.send(tlsHello));
    }
  }

  @Test
  void hugeHeadersAreRefused() throws IOException {
    try (RawClient client = connect()) {
      client.send(HEAD + "X-Large: " + "x".repeat(20_000) + "\r\n\r\n");
      assertClosedOrBadRequest(client);
    }
    try (RawClient client = connect()) {
      client.send(HEAD + "X-Many: 1\r\n".repeat(3_000) + "\r\n");
      assertClosedOrBadRequest(client);
    }
    try (RawClient client = connect()) {
      client.send("GET /" + "x".repeat(10_000) + " HTTP/1.1\r\nHost: a\r\n\r\n");
      assertClosedOrBadRequest(client);
    }
  }

  @Test
  void announcedBodyThatIsTooLargeIsRefusedUnread() throws IOException {
    try (RawClient client = connect()) {
      RawClient.Answer answer =
          client.send(HEAD + "Content-Length: " + 17 * MEGABYTE + "\r\n\r\n").answer();
      assertEquals(413, answer.status());
      assertTrue(answer.body().contains("RequestEntityTooLarge"), answer.body());
      assertTrue(client.isClosed());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Content-Length: 2\r\nContent-Encoding: gzip\r\n",
        "Content-Length: 2\r\nContent-Length: 3\r\n"
      })
  void bodyWhoseEndIsInDoubtIsRefused(String headers) throws IOException {
    try (RawClient client = connect()) {
      assertClosedOrBadRequest(client.send(HEAD + headers + "\r\n{}"));
    }
  }

  @Test
  void bodyInChunksIsReadToItsEnd() throws IOException {
    Map<String, String> signed =
        SdkSigner.sign(
            server.endpoint(), "ListTables", "{}", NOW, TestServer.ACCESS_KEY, TestServer.SECRET);
    StringBuilder head = new StringBuilder("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n");
    signed.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    try (RawClient client = connect()) {
      client.send(head + "\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n");
      assertEquals(200, client.answer().status());
    }
  }

  @Test
  void chunksWithoutEndAreRefused() throws IOException {
    byte[] chunk = new byte[MEGABYTE];
    try (RawClient client = connect()) {
      client.send(
          HEAD.replace("ListTables", "BatchWriteItem") + "Transfer-Encoding: chunked\r\n\r\n");
      sendChunks(client, chunk, 20);
      RawClient.Answer answer = client.answerOrEnd();
      assertTrue(answer == null || answer.status() == 413);
    }
  }

  private static void sendChunks(RawClient client, byte[] chunk, int count) {
    try {
      for (int i = 0; i < count; i++) {
        client.send(Integer.toHexString(chunk.length) + "\r\n").send(chunk).send("\r\n");
      }
    } catch (IOException e) {
      // The server may close before everything is sent.
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"zz\r\n", "-1\r\n", "fffffffffff\r\n", "2\r\n{}0\r\n\r\n\r\n"})
  void malformedChunksAreRefused(String chunks) throws IOException {
    try (RawClient client = connect()) {
      client.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunks);
      assertClosedOrBadRequest(client);
    }
  }

  @Test
  void clientThatWaitsForLeaveToSendItsBodyGetsIt() throws IOException {
    byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
    StringBuilder head = new StringBuilder("POST / HTTP/1.1\r\n");
    signed("ListTables", body)
        .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    try (RawClient client = connect()) {
      client.send(head + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      assertEquals(100, client.answer().status());
      assertEquals(200, client.send(body).answer().status());
    }
  }

  @Test
  void connectionThatEndsInItsHeadersIsNoFaultOfOurs() throws IOException {
    try (RawClient client = connect()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nX-").endOutput();
      assertClosedOrBadRequest(client);
    }
  }

  @Test
  void bodyThatEndsEarlyClosesTheConnection() throws IOException {
    try (RawClient client = connect()) {
      client.send(HEAD + "Content-Length: 100\r\n\r\n{}").endOutput();
      assertNull(client.answerOrEnd());
    }
  }

  @Test
  void bodyThatStopsClosesTheConnection() throws IOException {
    try (RawClient client = connect()) {
      client.send(HEAD + "Content-Length: 100\r\n\r\n{}");
      assertNull(client.answerOrEnd());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "POST", "POST / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nHost: a\r\nX-"})
  void headersThatStopCloseTheConnection(String start) throws IOException {
    try (RawClient client = connect()) {
      client.send(start);
      assertClosedOrBadRequest(client);
    }
  }

  @Test
  void headersThatTrickleCloseTheConnection() throws IOException {
    try (RawClient client = connect()) {
      client.send("POST / HTTP/1.1\r\nX-Slow: ");
      assertTrue(trickleUntilClosed(client));
    }
  }

  @Test
  void bodyThatTricklesClosesTheConnection() throws IOException {
    try (RawClient client = connect()) {
      client.send(HEAD + "Content-Length: 100000\r\n\r\n");
      assertTrue(trickleUntilClosed(client));
    }
  }

  /** Sends a byte often enough to keep any read timeout from running out. */
  private static boolean trickleUntilClosed(RawClient client) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (System.nanoTime() < deadline) {
      try {
        client.send("x");
        if (client.wait(Duration.ofMillis(100))) {
          return true;
        }
      } catch (IOException e) {
        return true;
      }
    }
    return false;
  }

  @Test
  void clientThatDoesNotReadIsLetGo() throws IOException {
    byte[] body = new byte[0];
    try (RawClient client = connect()) {
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      boolean closed = false;
      // Answers without end fill the buffers between, until the server can write no more.
      while (!closed && System.nanoTime() < deadline) {
        try {
          client.post(Map.of("Content-Type", "application/json"), body);
        } catch (IOException e) {
          closed = true;
        }
      }
      assertTrue(closed);
    }
  }

  @Test
  void requestsBeyondTheLimitAreThrottledAtOnce() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch entered = new CountDownLatch(4);
    Map<String, String> create = signed("CreateTable", TABLE);
    try (RawClient client = connect()) {
      client.post(create, TABLE).answer();
    }
    server.cluster.intercept(
        _ -> {
          entered.countDown();
          awaitQuietly(release);
          return null;
        });
    byte[] get =
        "{\"TableName\":\"Things\",\"Key\":{\"id\":{\"S\":\"x\"}}}"
            .getBytes(StandardCharsets.UTF_8);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> waiting = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        waiting.add(threads.submit(() -> status("GetItem", get)));
      }
      assertTrue(entered.await(60, TimeUnit.SECONDS));
      try (RawClient client = connect()) {
        RawClient.Answer refused = client.post(signed("GetItem", get), get).answer();
        assertEquals(400, refused.status());
        assertTrue(
            refused.body().contains("com.amazon.coral.availability#ThrottlingException"),
            refused.body());
      }
      release.countDown();
      for (Future<Integer> status : waiting) {
        assertEquals(200, status.get(60, TimeUnit.SECONDS));
      }
    }
  }

  private static final byte[] TABLE =
      ("{\"TableName\":\"Things\",\"BillingMode\":\"PAY_PER_REQUEST\",\"AttributeDefinitions\":"
              + "[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"}],\"KeySchema\":"
              + "[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}]}")
          .getBytes(StandardCharsets.UTF_8);

  private int status(String operation, byte[] body) throws IOException {
    try (RawClient client = connect()) {
      return client.post(signed(operation, body), body).answer().status();
    }
  }

  private Map<String, String> signed(String operation, byte[] body) {
    return SdkSigner.sign(
        server.endpoint(), operation, body, NOW, TestServer.ACCESS_KEY, TestServer.SECRET);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
