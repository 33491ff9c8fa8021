package dev.assay.infra;

import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections whose request takes too long to arrive or whose answer takes too long to be
 * read. A read timeout does not, as one byte now and then keeps it from running out.
 *
 * <p>Every connection has a virtual thread of its own, and interrupting it closes its socket. The
 * connections' threads call {@link #begin} and {@link #end}. How long a route takes to find its
 * answer is not limited.
 */
final class RequestDeadlines implements Http1ConnectionListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RequestDeadlines.class);
  private static final int CHECKS_PER_LIMIT = 8;

  private final Duration limit;
  private final Map<Thread, Long> begunNanos = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("admin-deadlines").factory());

  RequestDeadlines(Duration limit) {
    this.limit = limit;
    long period = Math.max(limit.toNanos() / CHECKS_PER_LIMIT, 1);
    var _ = timer.scheduleWithFixedDelay(this::interruptLate, period, period, TimeUnit.NANOSECONDS);
  }

  /** The request line is here; before that, the server's idle timeout counts. */
  @Override
  public void prologue(ConnectionContext connection, HttpPrologue prologue) {
    begin();
  }

  /** The current thread waits for its client from now on, if it does not already. */
  void begin() {
    begunNanos.putIfAbsent(Thread.currentThread(), System.nanoTime());
  }

  /** The current thread does not wait for its client any more. */
  void end() {
    begunNanos.remove(Thread.currentThread());
  }

  private void interruptLate() {
    long now = System.nanoTime();
    begunNanos.forEach(
        (thread, begun) -> {
          boolean late = now - begun > limit.toNanos();
          if ((late || !thread.isAlive()) && begunNanos.remove(thread, begun) && late) {
            LOG.info("a client needed more than {}; its connection is closed", limit);
            thread.interrupt();
          }
        });
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
