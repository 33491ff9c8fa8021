package dev.assay.archiver;

import dev.assay.archiver.SegmentBudget.Place;
import dev.assay.logformat.SegmentSummary;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a segment's object into the store and reads it back while the one before is on its way, so
 * that a long tail is archived at nearly the speed of the store. It commits nothing and its failure
 * is none: what it did not do is done when it is the segment's turn. Belongs to the agent's thread,
 * and works on another.
 */
final class UploadAhead implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(UploadAhead.class);

  private final SegmentObject object;
  private final Place place;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final FutureTask<SegmentObject> task;

  /** Begins. */
  UploadAhead(SegmentObject object, Place place, Executor threads) {
    this.object = object;
    this.place = place;
    this.task = new FutureTask<>(this::work, object);
    threads.execute(
        () -> {
          try (place) {
            task.run();
          } finally {
            ended.countDown();
          }
        });
  }

  private void work() {
    try {
      object.create(place);
      object.compared();
    } catch (IOException e) {
      log.debug("{} is left for later: {}", object.key(), e.getMessage());
    }
  }

  boolean isOf(SegmentSummary segment) {
    return object.segment().equals(segment);
  }

  /** Waits for its end, after which its place is free. */
  SegmentObject await() throws InterruptedException {
    ended.await();
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException bug) {
        throw bug;
      }
      throw new IllegalStateException("an upload failed", e.getCause());
    }
  }

  /** Gives up, and returns when nothing of it is left, even if the thread is interrupted. */
  @Override
  public void close() {
    task.cancel(true);
    boolean interrupted = false;
    while (ended.getCount() > 0) {
      try {
        ended.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
