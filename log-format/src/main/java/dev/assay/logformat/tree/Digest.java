package dev.assay.logformat.tree;

import dev.assay.logformat.Digest128;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** A digest of state, as long as its {@link DigestSuite} says. */
public final class Digest {
  private final byte[] bytes;

  private Digest(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @param bytes which nobody writes to from now on
   */
  static Digest ofOwn(byte[] bytes) {
    return new Digest(bytes);
  }

  public static Digest of(byte[] bytes) {
    return new Digest(bytes.clone());
  }

  public byte[] toBytes() {
    return bytes.clone();
  }

  /** The bytes themselves, which nobody writes to. */
  byte[] bytes() {
    return bytes;
  }

  /** Its first 16 bytes: what a mutation says of the item that it replaces. */
  public Digest128 lineage() {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return new Digest128(in.getLong(), in.getLong());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest digest && Arrays.equals(bytes, digest.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Two lower-case hexadecimal digits a byte. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
