package dev.assay.replicastore.remote;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how long one body takes to come in or go out, however slowly its bytes trickle: at the
 * deadline it interrupts the thread that opened it, and interrupting a thread closes the socket
 * that it is blocked on. For the one thread that opens and closes it.
 */
final class TransferDeadline implements AutoCloseable {
  private final Thread thread = Thread.currentThread();
  private final Future<?> alarm;
  private State state = State.WAITING;

  private enum State {
    WAITING,
    PASSED,
    CLOSED
  }

  TransferDeadline(ScheduledExecutorService timer, Duration allowed) {
    alarm = timer.schedule(this::pass, allowed.toNanos(), TimeUnit.NANOSECONDS);
  }

  private synchronized void pass() {
    if (state == State.WAITING) {
      state = State.PASSED;
      thread.interrupt();
    }
  }

  /** Throws when the deadline passed; the connection is then of no more use. */
  synchronized void check() throws InterruptedIOException {
    if (state == State.PASSED) {
      throw new InterruptedIOException("the peer took too long");
    }
  }

  /** After this the thread is not interrupted any more, and not left interrupted by this. */
  @Override
  public synchronized void close() {
    alarm.cancel(false);
    if (state == State.PASSED) {
      Thread.interrupted();
    }
    state = State.CLOSED;
  }
}
