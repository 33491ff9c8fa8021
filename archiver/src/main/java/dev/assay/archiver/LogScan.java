package dev.assay.archiver;

import dev.assay.archiver.CommittedLog.Frames;
import dev.assay.logformat.Batch;
import dev.assay.logformat.Frame;
import dev.assay.logformat.FrameCodec;
import dev.assay.logformat.HybridTime;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.SegmentAccount;
import dev.assay.logformat.SegmentCheck;
import dev.assay.logformat.SegmentSummary;
import java.io.Closeable;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a replica's log once from its disk, checks every entry, and says where segments end. It
 * runs ahead of what is archived and keeps no entries, only what each segment comes to; so the tail
 * is known in entries, bytes and time however long the store is down. For one thread.
 *
 * <p>Checks: what {@link SegmentCheck} does, and what the log itself finds when it is read.
 */
final class LogScan implements Closeable {
  private static final long STEP_BYTES = 32 << 20;

  /** After so many looks in vain the file is closed, and its buffer given back. */
  private static final int LOOKS_BEFORE_REST = 20;

  private final CommittedLog log;
  private final InstantSource clock;
  private final SegmentCheck check;
  private final Deque<Ended> ended = new ArrayDeque<>();
  private SegmentAccount open = new SegmentAccount();
  private @Nullable Frames frames;
  private long nextLsn;
  private long tailBytes;
  private int looksInVain;

  /** When the first batch of the open segment that bears something was evaluated; 0 for none. */
  private long openSinceMs;

  /**
   * A segment that has ended and is not archived.
   *
   * @param checksum of its encoded frames
   * @param sinceMs since when it bears something; 0 for never
   */
  record Ended(SegmentSummary summary, long checksum, long sinceMs) {}

  /**
   * @param fromLsn the first entry of a segment
   * @param termMin the term of the entry before it
   */
  LogScan(CommittedLog log, long fromLsn, long termMin, InstantSource clock) {
    this.log = log;
    this.clock = clock;
    this.nextLsn = fromLsn;
    this.check = new SegmentCheck(log.owner().tableId(), log.owner().partition(), fromLsn, termMin);
  }

  /** Reads on; returns whether there may be more to read now. */
  boolean advance() throws IOException {
    if (log.committedLsn() <= lastLsn()) {
      rest();
      return false;
    }
    looksInVain = 0;
    Frames from = frames;
    if (from == null) {
      from = log.read(nextLsn);
      frames = from;
    }
    long bytes = 0;
    while (bytes < STEP_BYTES) {
      Frame frame = from.next();
      if (frame == null) {
        return false;
      }
      add(frame);
      bytes += frame.payload().length;
    }
    return true;
  }

  private void rest() throws IOException {
    looksInVain++;
    if (looksInVain == LOOKS_BEFORE_REST) {
      close();
    }
  }

  private void add(Frame frame) throws IOException {
    Batch batch = check.check(frame);
    open.add(frame, batch);
    tailBytes += FrameCodec.encodedSize(frame);
    nextLsn = frame.lsn() + 1;
    if (openSinceMs == 0 && batch != null && bearsSomething(batch)) {
      // A leader's clock that was ahead must not make the tail look young.
      openSinceMs = Math.min(HybridTime.epochMs(batch.hybridTime()), clock.millis());
    }
    if (open.ended()) {
      SegmentSummary summary = open.summary();
      ended.add(new Ended(summary, open.checksum(), openSinceMs));
      open = new SegmentAccount();
      openSinceMs = 0;
    }
  }

  /** A batch that only speaks of the archive is no reason to archive it soon. */
  private static boolean bearsSomething(Batch batch) {
    for (Mutation mutation : batch.mutations()) {
      if (!(mutation instanceof Mutation.ArchiveHead || mutation instanceof Mutation.Cut)) {
        return true;
      }
    }
    return false;
  }

  /** The oldest segment that is not archived; null while none has ended. */
  @Nullable Ended next() {
    return ended.peek();
  }

  /** The segments after {@link #next} that have ended, at most so many. */
  List<Ended> following(int max) {
    return ended.stream().skip(1).limit(max).toList();
  }

  /** The oldest segment is archived. */
  void archived() {
    tailBytes -= ended.remove().summary.framesBytes();
  }

  /** Bytes of frames that are not archived, as far as the scan has come. */
  long tailBytes() {
    return tailBytes;
  }

  /** The last entry that was read; one less than the first to be read before. */
  long lastLsn() {
    return nextLsn - 1;
  }

  /** When the oldest batch of the tail was evaluated; 0 when the tail bears nothing. */
  long tailSinceMs() {
    for (Ended segment : ended) {
      if (segment.sinceMs != 0) {
        return segment.sinceMs;
      }
    }
    return openSinceMs;
  }

  /** As {@link #tailSinceMs}, of the segment that has not ended. */
  long openSinceMs() {
    return openSinceMs;
  }

  @Override
  public void close() throws IOException {
    Frames from = frames;
    frames = null;
    if (from != null) {
      from.close();
    }
  }
}
