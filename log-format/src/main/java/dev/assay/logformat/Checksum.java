package dev.assay.logformat;

import java.util.zip.CRC32C;

/**
 * The checksum of bytes that all formats here use: CRC-32C, rotated right by 15 bits.
 *
 * <p>It is rotated because checksummed bytes stand inside checksummed bytes: a batch in a frame,
 * say. The CRC of bytes that end with their own CRC says little about them (in big-endian order, 16
 * of its 32 bits), so the outer checksum could miss that one whole batch was put in another's
 * place. Rotated, 31 bits tell them apart. Any thread may call.
 */
final class Checksum {
  static final int BYTES = 4;

  private static final int ROTATION = 15;

  private Checksum() {}

  /** Of the bytes from {@code from} up to, not including, {@code end}. */
  static int of(byte[] bytes, int from, int end) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, end - from);
    return stored(crc);
  }

  /** Of one array, then another. */
  static int ofBoth(byte[] first, byte[] second) {
    CRC32C crc = new CRC32C();
    crc.update(first);
    crc.update(second);
    return stored(crc);
  }

  private static int stored(CRC32C crc) {
    return Integer.rotateRight((int) crc.getValue(), ROTATION);
  }
}
