package dev.assay.requestrouter;

import static dev.assay.requestrouter.Values.item;
import static dev.assay.requestrouter.Values.s;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** A server's life: where it listens, and how it ends. */
class DynamoDbServerIT {

  @Test
  void closingLetsRequestsFinishAndTakesNoMore() throws Exception {
    TestServer server = new TestServer();
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (DynamoDbClient client = server.client();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      server.createTable(client, "Things", null, ScalarAttributeType.S);
      server.cluster.intercept(
          _ -> {
            entered.countDown();
            awaitUninterrupted(release);
            return null;
          });
      Future<Boolean> found =
          threads.submit(
              () ->
                  client
                      .getItem(request -> request.tableName("Things").key(item("id", s("x"))))
                      .hasItem());
      assertTrue(entered.await(60, TimeUnit.SECONDS));
      Future<?> closing = threads.submit(server::close);
      awaitRefusal(server);
      assertFalse(closing.isDone());
      release.countDown();
      assertFalse(found.get(60, TimeUnit.SECONDS));
      closing.get(60, TimeUnit.SECONDS);
      assertThrows(IOException.class, () -> new RawClient(server.server.port()).close());
    }
  }

  /** While it closes, the server still answers, and says that it is closing. */
  private static void awaitRefusal(TestServer server) throws IOException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (System.nanoTime() < deadline) {
      try (RawClient client = new RawClient(server.server.port())) {
        RawClient.Answer answer = client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").answer();
        if (answer.status() == 503) {
          assertEquals("close", answer.header("connection"));
          return;
        }
        assertEquals(200, answer.status());
      }
    }
    throw new AssertionError("the server never began to close");
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void portThatIsTakenIsAnError() {
    try (TestServer first = new TestServer()) {
      IllegalStateException refused =
          assertThrows(
              IllegalStateException.class,
              () -> new TestServer(options -> options.withPort(first.server.port())));
      assertTrue(String.valueOf(refused.getMessage()).contains(":" + first.server.port()));
    }
  }

  @Test
  void nothingButLoopbackIsBoundByDefault() {
    assertEquals("127.0.0.1", ServerOptions.DEFAULTS.host());
    assertEquals(8000, ServerOptions.DEFAULTS.port());
  }

  @Test
  void optionsThatMakeNoSenseAreNamed() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> ServerOptions.DEFAULTS.withTablePartitions(0));
    assertEquals("tablePartitions must be positive, not 0", refused.getMessage());
    assertThrows(IllegalArgumentException.class, () -> ServerOptions.DEFAULTS.withPort(70_000));
  }
}
