package dev.assay.logformat;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32C;

/**
 * Writes a segment object: a {@link FrameCodec} stream inside one zstd frame.
 *
 * <pre>
 *   object   magic 28 B5 2F FD
 *            descriptor (1): checksum on; no dictionary, no single segment, unused bits 0
 *            window (1): at most 8 MiB
 *            the rest of the zstd frame: blocks, checksum (4)
 *            nothing more
 * </pre>
 *
 * <p>What the compressor makes of the same frames may differ between versions; the segment's
 * identity does not depend on it. Closing ends the object, and leaves the stream behind it open. It
 * holds memory outside the heap until it is closed. For one thread at a time.
 */
public final class SegmentWriter implements Closeable {
  /** Fast: what the archive holds is mostly bound by the disk and the network. */
  private static final int LEVEL = 1;

  private static final int PENDING_BYTES = 1 << 16;

  /** More than any segment object has: bytes that can't be compressed grow a little. */
  public static final long OBJECT_BYTES_MAX =
      SegmentAccount.FRAMES_BYTES_MAX + (SegmentAccount.FRAMES_BYTES_MAX >> 8) + (1 << 16);

  private final ZstdOutputStreamNoFinalizer object;
  private final CRC32C checksum = new CRC32C();
  private final BytesWriter pending = new BytesWriter(2 * PENDING_BYTES);
  private boolean closed;

  public SegmentWriter(OutputStream to) throws IOException {
    object = new ZstdOutputStreamNoFinalizer(to, LEVEL);
    object.setChecksum(true);
    FrameCodec.writeHeader(object);
  }

  public void write(Frame frame) throws IOException {
    FrameCodec.encode(frame, pending);
    if (pending.size() >= PENDING_BYTES) {
      pending.drainTo(checksum, object);
    }
  }

  /** Ends the object. A second call does nothing. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      pending.drainTo(checksum, object);
    } finally {
      object.closeWithoutClosingParentStream();
    }
  }

  /**
   * The {@linkplain SegmentAccount#checksum checksum} of the encoded frames that were written.
   *
   * @throws IllegalStateException when the object has not ended
   */
  public long checksum() {
    if (!closed) {
      throw new IllegalStateException("the segment object has not ended");
    }
    return checksum.getValue();
  }
}
