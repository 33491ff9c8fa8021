package dev.assay.requestrouter;

import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends requests that take too long from their first line to the last byte of their answer: headers
 * or a body that stop or trickle, a client that does not read.
 *
 * <p>The web server bounds only how long a connection is idle before the first line of a request is
 * complete. Each connection has a virtual thread, and interrupting that thread closes its socket.
 * The listener's method and {@link #end} run on the connections' threads, {@link #interruptLate} on
 * a timer's.
 */
final class RequestTimeouts implements Http1ConnectionListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RequestTimeouts.class);
  private static final int CHECKS_PER_TIMEOUT = 8;

  private final Waiting waiting;
  private final long timeoutNanos;
  private final Map<Thread, Long> startedNanos = new ConcurrentHashMap<>();

  RequestTimeouts(Waiting waiting, Duration timeout) {
    this.waiting = waiting;
    this.timeoutNanos = timeout.toNanos();
  }

  void schedule(ScheduledExecutorService timer) {
    long period = Math.max(timeoutNanos / CHECKS_PER_TIMEOUT, 1);
    ScheduledFuture<?> _ =
        timer.scheduleWithFixedDelay(this::interruptLate, period, period, TimeUnit.NANOSECONDS);
  }

  @Override
  public void prologue(ConnectionContext connection, HttpPrologue prologue) {
    startedNanos.put(Thread.currentThread(), waiting.nanoTime());
  }

  /** The current thread has answered its request. */
  void end() {
    startedNanos.remove(Thread.currentThread());
  }

  void interruptLate() {
    long now = waiting.nanoTime();
    startedNanos.forEach(
        (thread, started) -> {
          boolean late = now - started > timeoutNanos;
          if ((late || !thread.isAlive()) && startedNanos.remove(thread, started) && late) {
            log.info("a request took longer than {} s; its connection is closed", seconds());
            thread.interrupt();
          }
        });
  }

  private double seconds() {
    return timeoutNanos / 1e9;
  }

  @Override
  public void close() {
    startedNanos.clear();
  }
}
