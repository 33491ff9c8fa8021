package dev.assay.logformat;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A growing byte array that every encoder writes into. Fixed-width numbers are big-endian. For one
 * thread at a time.
 */
public final class BytesWriter {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** An array that has grown beyond this is not kept when it has been drained. */
  private static final int KEPT_BYTES_MAX = 1 << 20;

  private byte[] bytes;
  private int size;

  public BytesWriter() {
    this(256);
  }

  public BytesWriter(int sizeExpected) {
    bytes = new byte[Math.max(16, sizeExpected)];
  }

  public int size() {
    return size;
  }

  /** A copy of what was written. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  public BytesWriter u8(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
    return this;
  }

  public BytesWriter i32(int value) {
    ensure(Integer.BYTES);
    INT.set(bytes, size, value);
    size += Integer.BYTES;
    return this;
  }

  public BytesWriter i64(long value) {
    ensure(Long.BYTES);
    LONG.set(bytes, size, value);
    size += Long.BYTES;
    return this;
  }

  /** A number from 0 to 2^31-1: seven bits a byte, lowest first, the top bit says "more". */
  public BytesWriter varint(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("a varint is not negative: " + value);
    }
    ensure(5);
    int rest = value;
    while (rest >= 0x80) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
    return this;
  }

  /** How many bytes a {@link #varint} takes. */
  static int varintSize(int value) {
    return Math.max(1, (38 - Integer.numberOfLeadingZeros(value)) / 7);
  }

  /** The bytes as they are, without a length. */
  public BytesWriter bytes(byte[] source) {
    ensure(source.length);
    System.arraycopy(source, 0, bytes, size, source.length);
    size += source.length;
    return this;
  }

  /** What another writer holds. */
  public BytesWriter bytes(BytesWriter source) {
    ensure(source.size);
    System.arraycopy(source.bytes, 0, bytes, size, source.size);
    size += source.size;
    return this;
  }

  /** The length as a {@link #varint}, then the bytes. */
  public BytesWriter sized(byte[] source) {
    return varint(source.length).bytes(source);
  }

  /**
   * The text in UTF-8, {@link #sized}.
   *
   * @throws IllegalArgumentException when the text has an unpaired surrogate
   */
  public BytesWriter text(String text) {
    return sized(Utf8.encode(text));
  }

  public BytesWriter uuid(UUID uuid) {
    return i64(uuid.getMostSignificantBits()).i64(uuid.getLeastSignificantBits());
  }

  public BytesWriter digest(Digest128 digest) {
    return i64(digest.high()).i64(digest.low());
  }

  /** The checksum of everything from {@code from} up to here, in 4 bytes. */
  public BytesWriter checksum(int from) {
    return i32(Checksum.of(bytes, from, size));
  }

  /** Gives away what was written, and starts again. */
  void drainTo(OutputStream to) throws IOException {
    to.write(bytes, 0, size);
    clear();
  }

  /** Gives away to both what was written, and starts again. */
  void drainTo(MessageDigest to, CRC32C alsoTo) {
    to.update(bytes, 0, size);
    alsoTo.update(bytes, 0, size);
    clear();
  }

  /** Gives away to both what was written, and starts again. */
  void drainTo(CRC32C to, OutputStream alsoTo) throws IOException {
    to.update(bytes, 0, size);
    drainTo(alsoTo);
  }

  /** Starts again. */
  public void clear() {
    size = 0;
    if (bytes.length > KEPT_BYTES_MAX) {
      bytes = new byte[256];
    }
  }

  private void ensure(int more) {
    if (more > bytes.length - size) {
      long needed = (long) size + more;
      if (needed > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException("more than 2 GiB of bytes: " + needed);
      }
      bytes =
          Arrays.copyOf(
              bytes, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * bytes.length)));
    }
  }
}
