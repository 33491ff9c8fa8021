package dev.assay.archiver;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How many segments a node's agents hold in memory at a time, however many partitions it has. With
 * a long tail one large buffer would be made after the other, each of which costs the collector a
 * cycle: so they are used again, until no place is taken any more. Any thread may call.
 */
public final class SegmentBudget {
  /** Smaller ones are made anew: most segments are cut by their age, and are short. */
  private static final int REUSED_BYTES_MIN = 1 << 20;

  private final int segments;
  private final Semaphore places;
  private final Queue<SegmentBuffer> spare = new ConcurrentLinkedQueue<>();

  /** At least one. */
  public SegmentBudget(int segments) {
    this.segments = segments;
    places = new Semaphore(segments, true);
  }

  /** A place, to be given back. */
  final class Place implements AutoCloseable {
    private Place() {}

    /** An empty buffer, which begins small and doubles: most of what is written compresses well. */
    SegmentBuffer buffer(int sizeMax) {
      SegmentBuffer used = sizeMax < REUSED_BYTES_MIN ? null : spare.poll();
      if (used == null) {
        return new SegmentBuffer(Math.ceilDiv(sizeMax, 16));
      }
      used.reset();
      return used;
    }

    /** Nobody reads the buffer any more. */
    void done(SegmentBuffer buffer) {
      if (buffer.size() >= REUSED_BYTES_MIN) {
        spare.add(buffer);
      }
    }

    @Override
    public void close() {
      places.release();
      if (places.availablePermits() == segments) {
        spare.clear();
      }
    }
  }

  Place take() throws InterruptedException {
    places.acquire();
    return new Place();
  }

  /** A place if one is free now and nobody waits for it; null otherwise. */
  @Nullable Place takeIfFree() throws InterruptedException {
    return places.tryAcquire(0, TimeUnit.SECONDS) ? new Place() : null;
  }
}
