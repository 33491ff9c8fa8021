package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatException.CutShort;
import dev.assay.logformat.FormatException.TooNew;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A run of log entries as a stream, such as the archive keeps.
 *
 * <pre>
 *   stream    "ASSY", "FRMS", version (4, 00000001), checksum of these 12 bytes (4)
 *             frame...
 *
 *   frame     length of the payload (4)
 *             LSN (8)
 *             term (8)
 *             kind (1): 1 data, 2 configuration, 3 metadata
 *             checksum of these 21 bytes (4)
 *             payload
 *             checksum of the whole frame up to here (4)
 * </pre>
 *
 * <p>Numbers are big-endian. The head has a checksum of its own, so that a damaged length is not
 * taken for a stream that was cut short. A stream may end after any frame: whether frames are
 * missing at the end, or LSNs in the middle, is for those to check who know what to expect. A
 * stream belongs to one thread.
 */
public final class FrameCodec {
  public static final int VERSION = 1;

  /** More than any log entry may have; what says more is damaged. */
  public static final int PAYLOAD_BYTES_MAX = 64 << 20;

  private static final int HEAD_BYTES = 25;

  /** A frame without payload. */
  static final int FRAME_BYTES_MIN = HEAD_BYTES + Checksum.BYTES;

  /** An array of this size is made before it is known that so many bytes are there. */
  private static final int TRUSTED_BYTES_MAX = 1 << 16;

  private FrameCodec() {}

  /** Begins a stream. */
  public static void writeHeader(OutputStream to) throws IOException {
    to.write(StreamHead.of(FileKind.FRAMES, VERSION));
  }

  /** Writes one frame. */
  public static void write(Frame frame, OutputStream to) throws IOException {
    to.write(encode(frame));
  }

  /** One frame's bytes. */
  public static byte[] encode(Frame frame) {
    BytesWriter out = new BytesWriter((int) encodedSize(frame));
    encode(frame, out);
    return out.toBytes();
  }

  /** Appends one frame's bytes. */
  static void encode(Frame frame, BytesWriter out) {
    byte[] payload = frame.payload();
    if (payload.length > PAYLOAD_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a frame carries at most " + PAYLOAD_BYTES_MAX + " bytes, not " + payload.length);
    }
    int from = out.size();
    out.i32(payload.length)
        .i64(frame.lsn())
        .i64(frame.term())
        .u8(frame.kind().number())
        .checksum(from);
    out.bytes(payload).checksum(from);
  }

  /** How many bytes {@link #encode} makes. */
  public static long encodedSize(Frame frame) {
    return FRAME_BYTES_MIN + (long) frame.payload().length;
  }

  /** Reads what {@link #writeHeader} wrote. */
  public static void readHeader(InputStream from) throws IOException {
    byte[] head = from.readNBytes(StreamHead.BYTES);
    StreamHead.check(FileKind.FRAMES, "frames", VERSION, head);
  }

  /**
   * Reads the next frame; null when the stream ends after the one before.
   *
   * @throws CutShort when the stream ends inside this frame
   */
  public static @Nullable Frame read(InputStream from) throws IOException {
    byte[] head = from.readNBytes(HEAD_BYTES);
    if (head.length == 0) {
      return null;
    }
    if (head.length < HEAD_BYTES) {
      throw new CutShort("frame's head", HEAD_BYTES, head.length);
    }
    BytesReader in = new BytesReader(head);
    int length = in.i32("frame's length");
    long lsn = in.i64("frame's LSN");
    long term = in.i64("frame's term");
    int kindNumber = in.u8("frame's kind");
    in.checksum(0, "checksum of the frame's head");
    if (length < 0 || length > PAYLOAD_BYTES_MAX) {
      throw new Corrupt("frame's length", "0 to " + PAYLOAD_BYTES_MAX, length);
    }
    FrameKind kind = kind(kindNumber);
    byte[] payload = payload(from, length);
    byte[] tail = from.readNBytes(Checksum.BYTES);
    if (tail.length < Checksum.BYTES) {
      throw new CutShort(
          "frame at LSN " + lsn,
          FRAME_BYTES_MIN + length,
          HEAD_BYTES + payload.length + tail.length);
    }
    int expected = Checksum.ofBoth(head, payload);
    int actual = new BytesReader(tail).i32("frame's checksum");
    if (actual != expected) {
      throw Corrupt.checksum("checksum of the frame at LSN " + lsn, expected, actual);
    }
    return new Frame(lsn, term, kind, payload);
  }

  /** As {@link InputStream#readNBytes(int)}, without its copies when the bytes are few. */
  private static byte[] payload(InputStream from, int length) throws IOException {
    if (length > TRUSTED_BYTES_MAX) {
      return from.readNBytes(length);
    }
    byte[] bytes = new byte[length];
    int count = from.readNBytes(bytes, 0, length);
    return count == length ? bytes : Arrays.copyOf(bytes, count);
  }

  private static FrameKind kind(int number) throws FormatException {
    for (FrameKind kind : FrameKind.values()) {
      if (kind.number() == number) {
        return kind;
      }
    }
    if (number == 0) {
      throw new Corrupt("frame's kind", "1 to 3", number);
    }
    throw new TooNew("frame's kind", "1 to 3", number);
  }
}
