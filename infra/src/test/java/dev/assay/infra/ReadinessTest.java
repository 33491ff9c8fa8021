package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReadinessTest {
  private record Check(String name, Supplier<@Nullable String> answer) implements HealthCheck {
    @Override
    public @Nullable String problem() {
      return answer.get();
    }
  }

  private static Readiness.Report ask(Duration patience, HealthCheck... checks)
      throws InterruptedException {
    try (Readiness readiness = new Readiness(List.of(checks), patience)) {
      return readiness.ask();
    }
  }

  @Test
  void processWithoutChecksIsReady() throws InterruptedException {
    assertTrue(ask(Duration.ofMinutes(1)).ready());
  }

  @Test
  void everyCheckHasItsLineInTheGivenOrder() throws InterruptedException {
    Readiness.Report report =
        ask(
            Duration.ofMinutes(1),
            new Check("store", () -> null),
            new Check("leader", () -> "no leader for a/0"),
            new Check("disk", () -> null));
    assertFalse(report.ready());
    assertEquals(
        "[+]store ok\n[-]leader failed: no leader for a/0\n[+]disk ok\nreadyz check failed\n",
        report.text());
  }

  @Test
  void checkThatThrowsIsProblem() throws InterruptedException {
    Readiness.Report report =
        ask(
            Duration.ofMinutes(1),
            new Check(
                "store",
                () -> {
                  throw new IllegalStateException("planted");
                }));
    assertFalse(report.ready());
    assertTrue(report.text().startsWith("[-]store failed: could not be checked"), report.text());
  }

  @Test
  void checkThatHangsIsProblem() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    Readiness.Report report =
        ask(
            Duration.ofMillis(20),
            new Check(
                "store",
                () -> {
                  try {
                    never.await();
                  } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                  }
                  return null;
                }));
    assertFalse(report.ready());
    assertTrue(report.text().contains("no answer within 20 ms"), report.text());
  }

  @Test
  void twoChecksOfOneNameAreMistake() {
    HealthCheck check = new Check("store", () -> null);
    assertThrows(IllegalArgumentException.class, () -> ask(Duration.ofMinutes(1), check, check));
  }
}
