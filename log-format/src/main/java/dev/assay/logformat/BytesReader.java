package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.UUID;

/**
 * Reads what {@link BytesWriter} wrote, and trusts nothing: every read checks what is left, and no
 * length that was read is allocated before that many bytes are known to be there. Each read names
 * what it reads, for the message. For one thread at a time.
 */
public final class BytesReader {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;
  private final int end;
  private int position;

  public BytesReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  /** Reads from {@code from} up to, not including, {@code end}. */
  public BytesReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.position = from;
    this.end = end;
  }

  public int position() {
    return position;
  }

  public int remaining() {
    return end - position;
  }

  public int u8(String what) throws FormatException {
    need(1, what);
    return bytes[position++] & 0xFF;
  }

  public int i32(String what) throws FormatException {
    need(Integer.BYTES, what);
    int value = (int) INT.get(bytes, position);
    position += Integer.BYTES;
    return value;
  }

  public long i64(String what) throws FormatException {
    need(Long.BYTES, what);
    long value = (long) LONG.get(bytes, position);
    position += Long.BYTES;
    return value;
  }

  /** A number from 0 to 2^31-1 in as few bytes as it can be written in. */
  public int varint(String what) throws FormatException {
    long value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int next = u8(what);
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        if (next == 0 && shift > 0) {
          throw new Corrupt(what, "a varint without leading zeros", value + " with one");
        }
        if (value > Integer.MAX_VALUE) {
          throw new Corrupt(what, "at most " + Integer.MAX_VALUE, value);
        }
        return (int) value;
      }
    }
    throw new Corrupt(what, "a varint of at most 5 bytes", "a longer one");
  }

  /** A count of things that each take at least {@code sizeMin} bytes of what is left. */
  public int count(int sizeMin, String what) throws FormatException {
    int count = varint(what);
    if (count > remaining() / sizeMin) {
      throw new Corrupt(what, "at most " + remaining() / sizeMin, count);
    }
    return count;
  }

  /** A length that is not more than what is left. */
  public int length(String what) throws FormatException {
    return count(1, what);
  }

  public byte[] bytes(int length, String what) throws FormatException {
    need(length, what);
    byte[] copy = Arrays.copyOfRange(bytes, position, position + length);
    position += length;
    return copy;
  }

  /** A length, then that many bytes. */
  public byte[] sized(String what) throws FormatException {
    return bytes(length(what), what);
  }

  /** A length, then that many bytes of UTF-8. */
  public String text(String what) throws FormatException {
    return textOf(length(what), what);
  }

  /** That many bytes of UTF-8. */
  String textOf(int length, String what) throws FormatException {
    need(length, what);
    String text = Utf8.decode(bytes, position, length, what);
    position += length;
    return text;
  }

  public UUID uuid(String what) throws FormatException {
    return new UUID(i64(what), i64(what));
  }

  public Digest128 digest(String what) throws FormatException {
    return new Digest128(i64(what), i64(what));
  }

  /** Nothing may follow. */
  public void end(String what) throws FormatException {
    if (remaining() != 0) {
      throw new Corrupt(what, "no more bytes", remaining() + " more");
    }
  }

  /** The checksum of the bytes from {@code from} up to here is what comes next. */
  public void checksum(int from, String what) throws FormatException {
    int expected = Checksum.of(bytes, from, position);
    int actual = i32(what);
    if (expected != actual) {
      throw Corrupt.checksum(what, expected, actual);
    }
  }

  /** A reader of the next bytes, which this one skips. */
  public BytesReader slice(int length, String what) throws FormatException {
    need(length, what);
    BytesReader slice = new BytesReader(bytes, position, position + length);
    position += length;
    return slice;
  }

  /** Goes on after that many bytes. */
  public void skip(int length, String what) throws FormatException {
    need(length, what);
    position += length;
  }

  /** Compares two ranges of the bytes as unsigned bytes. */
  int compareRanges(int firstFrom, int firstEnd, int secondFrom, int secondEnd) {
    return Arrays.compareUnsigned(bytes, firstFrom, firstEnd, bytes, secondFrom, secondEnd);
  }

  private void need(int length, String what) throws FormatException {
    if (length < 0 || length > end - position) {
      throw new Corrupt(what, length + " bytes", remaining() + " left");
    }
  }
}
