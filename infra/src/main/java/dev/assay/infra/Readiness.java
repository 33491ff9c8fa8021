package dev.assay.infra;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks all health checks and says it in the way of Kubernetes, one line a check. A check that fails
 * to answer counts as a problem. Any thread may ask.
 */
final class Readiness implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

  private final List<HealthCheck> checks;
  private final Duration patience;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("health-check-", 0).factory());

  /** The verdict, and the line of every check. */
  record Report(boolean ready, String text) {}

  /**
   * @param patience how long all checks together may take
   */
  Readiness(List<HealthCheck> checks, Duration patience) {
    this.checks = List.copyOf(checks);
    this.patience = patience;
    Set<String> names = new HashSet<>();
    for (HealthCheck check : checks) {
      if (!names.add(check.name())) {
        throw new IllegalArgumentException("two health checks are called " + check.name());
      }
    }
  }

  Report ask() throws InterruptedException {
    List<Future<@Nullable String>> answers = new ArrayList<>();
    for (HealthCheck check : checks) {
      answers.add(threads.submit(check::problem));
    }
    long deadline = System.nanoTime() + patience.toNanos();
    StringBuilder text = new StringBuilder();
    boolean ready = true;
    for (int i = 0; i < checks.size(); i++) {
      String name = checks.get(i).name();
      String problem = problem(name, answers.get(i), deadline);
      ready &= problem == null;
      text.append(problem == null ? "[+]" : "[-]").append(name);
      text.append(problem == null ? " ok" : " failed: " + oneLine(problem)).append('\n');
    }
    text.append(ready ? "readyz check passed\n" : "readyz check failed\n");
    return new Report(ready, text.toString());
  }

  private @Nullable String problem(String name, Future<@Nullable String> answer, long deadline)
      throws InterruptedException {
    try {
      return answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      answer.cancel(true);
      return "could not be checked: no answer within " + patience.toMillis() + " ms";
    } catch (ExecutionException e) {
      LOG.error("The health check {} failed in a way that it must not", name, e.getCause());
      return "could not be checked: the log of this process says why";
    }
  }

  private static String oneLine(String problem) {
    return problem.replaceAll("\\s*\\R\\s*", "; ");
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
