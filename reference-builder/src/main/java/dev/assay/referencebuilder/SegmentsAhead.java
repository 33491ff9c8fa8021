package dev.assay.referencebuilder;

import dev.assay.logformat.tree.DigestSuite;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads segments ahead of who folds them, several at a time, and gives them in their order. For one
 * thread at a time; it reads on the executor's.
 */
final class SegmentsAhead implements Closeable {
  /** One segment, and its frames as soon as they are read. */
  record Reading(ArchivedSegment segment, Future<List<FoldedFrame>> frames) {}

  private final ArchivedLog log;
  private final FrameReader reader;
  private final DigestSuite suite;
  private final ExecutorService executor;
  private final int ahead;
  private final long lsnMax;
  private final Deque<Reading> readings = new ArrayDeque<>();
  private boolean ended;

  /**
   * @param ahead how many segments are held or read at a time
   * @param lsnMax segments that begin above it are not read, nor are their manifests: what is wrong
   *     with them proves nothing of what is asked for
   */
  SegmentsAhead(
      ArchivedLog log,
      FrameReader reader,
      DigestSuite suite,
      ExecutorService executor,
      int ahead,
      long lsnMax) {
    this.log = log;
    this.reader = reader;
    this.suite = suite;
    this.executor = executor;
    this.ahead = ahead;
    this.lsnMax = lsnMax;
  }

  /** Reads this segment before the log's next. */
  void first(ArchivedSegment segment) {
    ended |= segment.summary().lastLsn() >= lsnMax;
    readings.add(new Reading(segment, executor.submit(() -> reader.read(segment, suite))));
  }

  /** The next segment; null when there is no other one to read. */
  @Nullable Reading next() throws IOException {
    while (!ended && readings.size() < ahead) {
      ArchivedSegment segment = log.next();
      if (segment == null) {
        ended = true;
      } else {
        first(segment);
      }
    }
    return readings.poll();
  }

  static List<FoldedFrame> frames(Reading reading) throws IOException {
    return await(reading.frames());
  }

  /** What the task came to; its failures are thrown as its caller's. */
  static <T> T await(Future<T> task) throws IOException {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while reading the archive");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException bug -> throw bug;
        case Error error -> throw error;
        case null, default -> throw new IOException(e);
      }
    }
  }

  @Override
  public void close() {
    readings.forEach(reading -> reading.frames().cancel(true));
  }
}
