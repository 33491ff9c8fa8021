package dev.assay.logformat;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment object, which {@link SegmentWriter} draws, frame by frame.
 *
 * <p>Checks: there is exactly one zstd frame, whole and right by its checksum, with a window that
 * any decoder grants, and nothing behind it; every frame inside is whole and right by its
 * checksums; there are not more bytes of frames than expected.
 *
 * <p>Does not check: which frames they are. It trusts no byte: whatever is wrong is a {@link
 * FormatException}, and memory stays in proportion to what is there. It holds memory outside the
 * heap until it is closed, and leaves the stream that it reads open. For one thread at a time.
 */
public final class SegmentReader implements Closeable {
  private final ZstdFrame stream;
  private boolean begun;

  /**
   * @param framesBytesMax more encoded frames than that are refused
   */
  public SegmentReader(InputStream object, long framesBytesMax) throws IOException {
    int head = StreamHead.BYTES;
    stream = new ZstdFrame(object, head + framesBytesMax, head);
  }

  /** The next frame; null after the last, when the whole object was read. */
  public @Nullable Frame next() throws IOException {
    begin();
    return FrameCodec.read(stream);
  }

  /**
   * Reads on without looking at frames, by so many bytes of them or a few more: enough for who
   * knows their identity. Returns whether that was not the end.
   */
  public boolean skip(long bytes) throws IOException {
    begin();
    return stream.skipAhead(bytes);
  }

  private void begin() throws IOException {
    if (!begun) {
      FrameCodec.readHeader(stream);
      begun = true;
    }
  }

  /**
   * The identity of the segment: the SHA-256 of its encoded frames.
   *
   * @throws IllegalStateException when the object was not read to its end
   */
  public Sha256 identity() {
    return stream.contentDigest();
  }

  /**
   * The SHA-256 of the object itself.
   *
   * @throws IllegalStateException when the object was not read to its end
   */
  public Sha256 object() {
    return stream.objectDigest();
  }

  /** How many bytes of the object were read. */
  public long objectBytes() {
    return stream.objectBytes();
  }

  @Override
  public void close() {
    stream.close();
  }
}
