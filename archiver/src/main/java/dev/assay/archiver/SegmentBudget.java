package dev.assay.archiver;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * How many segments a node's agents hold in memory at a time, however many partitions it has. Any
 * thread may call.
 */
public final class SegmentBudget {
  private final Semaphore places;

  /** At least one. */
  public SegmentBudget(int segments) {
    places = new Semaphore(segments, true);
  }

  /** A place, to be given back. */
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  Place take() throws InterruptedException {
    places.acquire();
    return places::release;
  }

  /** A place if one is free now; null otherwise. */
  @Nullable Place takeIfFree() {
    return places.tryAcquire() ? places::release : null;
  }
}
