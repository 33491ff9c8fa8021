package dev.assay.logformat;

import dev.assay.logformat.Mutation.Barrier;
import dev.assay.logformat.Mutation.Cut;
import java.security.MessageDigest;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Adds up one segment from its frames, in their order, and says where it ends. A segment ends after
 *
 * <ul>
 *   <li>the entry with which its encoded frames reach {@link #FRAMES_BYTES_TO_END}, or
 *   <li>an entry whose batch holds a barrier or a cut, whether the batch is accepted or refused.
 * </ul>
 *
 * <p>So whoever reads the same log cuts it alike. The segment's identity is the SHA-256 of its
 * encoded frames, before compression: compressors differ between versions.
 *
 * <p>Does not check that the frames belong together: {@link SegmentCheck} does. For one thread at a
 * time.
 */
public final class SegmentAccount {
  /** A segment ends when its encoded frames have this many bytes or more. */
  public static final long FRAMES_BYTES_TO_END = 16 << 20;

  /** More than any segment's encoded frames have. */
  public static final long FRAMES_BYTES_MAX =
      FRAMES_BYTES_TO_END + FrameCodec.PAYLOAD_BYTES_MAX + FrameCodec.FRAME_BYTES_MIN;

  private static final int PENDING_BYTES = 1 << 14;

  /** Small: there is an account of every partition, and most are idle. */
  private static final int PENDING_BYTES_FIRST = 64;

  private final @Nullable SegmentReader reader;
  private final MessageDigest digest = Sha256.newDigest();
  private final CRC32C checksum = new CRC32C();
  private final BytesWriter pending = new BytesWriter(PENDING_BYTES_FIRST);
  private long firstLsn;
  private long lastLsn;
  private long firstTerm;
  private long lastTerm;
  private long firstTime;
  private long lastTime;
  private long entries;
  private long batches;
  private long mutations;
  private long framesBytes;
  private boolean ended;
  private @Nullable SegmentSummary summary;

  public SegmentAccount() {
    reader = null;
  }

  /** Adds up exactly the frames that come from this reader, which has hashed their bytes. */
  public SegmentAccount(SegmentReader reader) {
    this.reader = reader;
  }

  /**
   * Adds the next frame.
   *
   * @param batch what the frame holds; null exactly when it holds no batch
   * @throws IllegalStateException when the segment has ended, or was summed up
   */
  public void add(Frame frame, @Nullable Batch batch) {
    if (ended || summary != null) {
      throw new IllegalStateException("the segment ends before LSN " + frame.lsn());
    }
    if ((batch != null) != (frame.kind() == FrameKind.DATA)) {
      throw new IllegalArgumentException("a frame has a batch if and only if it is of kind DATA");
    }
    if (entries == 0) {
      firstLsn = frame.lsn();
      firstTerm = frame.term();
    }
    lastLsn = frame.lsn();
    lastTerm = frame.term();
    entries++;
    framesBytes += FrameCodec.encodedSize(frame);
    if (reader == null) {
      hash(frame);
    }
    if (batch != null) {
      add(batch);
    }
    ended |= framesBytes >= FRAMES_BYTES_TO_END;
  }

  private void hash(Frame frame) {
    FrameCodec.encode(frame, pending);
    if (pending.size() >= PENDING_BYTES) {
      pending.drainTo(digest, checksum);
    }
  }

  private Sha256 identity() {
    if (reader != null) {
      return reader.identity();
    }
    pending.drainTo(digest, checksum);
    return Sha256.finish(digest);
  }

  private void add(Batch batch) {
    if (batches == 0) {
      firstTime = batch.hybridTime();
    }
    lastTime = batch.hybridTime();
    batches++;
    mutations += batch.mutations().size();
    for (Mutation mutation : batch.mutations()) {
      ended |= mutation instanceof Barrier || mutation instanceof Cut;
    }
  }

  /** Whether the segment ends after the frame that was added last. */
  public boolean ended() {
    return ended;
  }

  public boolean isEmpty() {
    return entries == 0;
  }

  /**
   * A checksum of the encoded frames, by which {@link SegmentWriter} tells at little cost that it
   * was given the same ones.
   *
   * @throws IllegalStateException before the summary, and when a reader has hashed the frames
   */
  public long checksum() {
    if (summary == null || reader != null) {
      throw new IllegalStateException("no checksum of the frames was taken");
    }
    return checksum.getValue();
  }

  /**
   * Sums up, whether or not the segment has ended; nothing can be added afterwards.
   *
   * @throws IllegalStateException when nothing was added, or the reader is not at its end
   */
  public SegmentSummary summary() {
    if (isEmpty()) {
      throw new IllegalStateException("a segment has at least one entry");
    }
    SegmentSummary known = summary;
    if (known == null) {
      known =
          new SegmentSummary(
              firstLsn,
              lastLsn,
              firstTerm,
              lastTerm,
              firstTime,
              lastTime,
              entries,
              mutations,
              framesBytes,
              identity());
      summary = known;
    }
    return known;
  }
}
