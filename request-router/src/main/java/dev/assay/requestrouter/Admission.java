package dev.assay.requestrouter;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what the server takes in: how many requests at a time, and how many bytes of their bodies.
 *
 * <p>A request that finds no room is refused at once, so that no queue grows: the client's SDK
 * knows how to come again. Any thread may call.
 */
final class Admission {
  private final int requestsMax;
  private final long bodyBytesMax;
  private final Semaphore slots;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong bodyBytes = new AtomicLong();
  private volatile boolean closed;

  Admission(int requestsMax, long bodyBytesMax) {
    this.requestsMax = requestsMax;
    this.bodyBytesMax = bodyBytesMax;
    this.slots = new Semaphore(requestsMax);
  }

  /** Throws when the server is full or closing; otherwise {@link #leave} must follow. */
  void enter() {
    if (!closed && slots.tryAcquire()) {
      inFlight.incrementAndGet();
      if (!closed) {
        return;
      }
      leave();
    }
    if (closed) {
      throw new ApiException(
          ErrorType.UNAVAILABLE, "The server is shutting down; nothing was done");
    }
    throw new ApiException(
        ErrorType.THROTTLED,
        "The server handles as many requests as it may at a time (%d); nothing was done"
            .formatted(requestsMax));
  }

  void leave() {
    inFlight.decrementAndGet();
    slots.release();
  }

  /** Throws when bodies take up too much already; otherwise {@link #releaseBody} must follow. */
  void reserveBody(long bytes) {
    if (bodyBytes.addAndGet(bytes) > bodyBytesMax) {
      bodyBytes.addAndGet(-bytes);
      throw new ApiException(
          ErrorType.THROTTLED,
          "The server holds as many bytes of requests as it may at a time; nothing was done");
    }
  }

  void releaseBody(long bytes) {
    bodyBytes.addAndGet(-bytes);
  }

  int inFlight() {
    return inFlight.get();
  }

  boolean isClosed() {
    return closed;
  }

  /** Refuses what comes from now on and waits for what is there; false when it takes too long. */
  boolean close(Duration waitMax) throws InterruptedException {
    closed = true;
    return slots.tryAcquire(requestsMax, waitMax.toNanos(), TimeUnit.NANOSECONDS);
  }
}
