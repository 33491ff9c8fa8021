package dev.assay.logformat;

import java.util.Arrays;

/** Makes changed bytes pass their checksum, so that a decoder's other checks are reached. */
final class Checksums {
  private Checksums() {}

  /** A copy whose last four bytes are the checksum of those before. */
  static byte[] repairLast(byte[] bytes) {
    return repair(bytes, 0, Math.max(0, bytes.length - 4));
  }

  /** A copy in which the four bytes at {@code end} are the checksum of those since {@code from}. */
  static byte[] repair(byte[] bytes, int from, int end) {
    byte[] repaired = bytes.clone();
    if (end + 4 <= bytes.length) {
      byte[] value = new BytesWriter().i32(Checksum.of(bytes, from, end)).toBytes();
      System.arraycopy(value, 0, repaired, end, value.length);
    }
    return repaired;
  }

  /** A copy with one bit changed, counted from the first byte's lowest. */
  static byte[] flip(byte[] bytes, int bit) {
    byte[] flipped = Arrays.copyOf(bytes, bytes.length);
    flipped[bit / 8] ^= (byte) (1 << (bit % 8));
    return flipped;
  }
}
