package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class AdminRunsTest {
  private static final int PATIENCE_SECONDS = 60;

  private static JsonNode answer(AdminRuns runs, String run) throws Exception {
    return new ObjectMapper()
        .readTree(runs.answer(new AdminRequest(Map.of("run", run), new byte[0])));
  }

  private static JsonNode ended(AdminRuns runs, String run) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    JsonNode answer = answer(runs, run);
    while (answer.get("report").isNull()) {
      assertTrue(System.nanoTime() < deadline);
      LockSupport.parkNanos(1_000_000);
      answer = answer(runs, run);
    }
    return answer;
  }

  @Test
  void aRunTellsHowFarItIsAndThenWhatCameOfIt() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch told = new CountDownLatch(1);
    try (AdminRuns runs = new AdminRuns()) {
      runs.start(
          "a run",
          progress -> {
            progress.total(7);
            progress.add(3);
            told.countDown();
            await(go);
            return Map.of("said", "done");
          });
      await(told);
      assertEquals(
          new ObjectMapper()
              .readTree("{\"run\": 1, \"bytesDone\": 3, \"bytesTotal\": 7, \"report\": null}"),
          answer(runs, "1"));
      AdminError second =
          assertThrows(AdminError.class, () -> runs.start("another", progress -> "never"));
      assertEquals(409, second.status());
      go.countDown();
      assertEquals("done", ended(runs, "1").at("/report/said").asText());
      runs.start("another", progress -> "now");
      assertEquals("now", ended(runs, "2").get("report").asText());
    }
  }

  @Test
  void whatARunCanNotDoIsTheAnswerToWhoeverAsksAfterIt() throws Exception {
    try (AdminRuns runs = new AdminRuns()) {
      runs.start(
          "a run",
          progress -> {
            throw AdminError.notFound("no such thing");
          });
      assertEquals(404, awaitError(runs, "1").status());
      runs.start(
          "a run",
          progress -> {
            throw new IllegalStateException("a bug");
          });
      assertEquals(500, awaitError(runs, "2").status());
      assertEquals(404, awaitError(runs, "3").status());
      assertEquals(400, awaitError(runs, "x").status());
    }
  }

  private static AdminError awaitError(AdminRuns runs, String run) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < deadline) {
      try {
        answer(runs, run);
      } catch (AdminError e) {
        return e;
      }
      LockSupport.parkNanos(1_000_000);
    }
    throw new AssertionError("no error in time");
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
