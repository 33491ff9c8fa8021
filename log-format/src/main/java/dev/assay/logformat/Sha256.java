package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A SHA-256, which names bytes by their content. {@link #NONE}, all zeros, stands where there is
 * nothing to name. Any thread may call.
 */
public final class Sha256 {
  public static final int BYTES = 32;
  public static final Sha256 NONE = new Sha256(new byte[BYTES]);

  private static final HexFormat HEX = HexFormat.of();
  private static final MessageDigest FRESH = fresh();

  private final byte[] bytes;

  private Sha256(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Of these bytes, one array after the other. */
  public static Sha256 of(byte[]... parts) {
    MessageDigest digest = newDigest();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return finish(digest);
  }

  /** From its 32 bytes. */
  public static Sha256 ofBytes(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("not a SHA-256: " + bytes.length + " bytes");
    }
    return new Sha256(bytes.clone());
  }

  /** From 64 lower-case hexadecimal digits. */
  public static Sha256 parse(String hex) throws FormatException {
    if (hex.length() != 2 * BYTES || !Hex.isLowerCase(hex)) {
      throw new Corrupt("SHA-256", "64 lower-case hexadecimal digits", "\"" + hex + "\"");
    }
    return new Sha256(HEX.parseHex(hex));
  }

  static Sha256 read(BytesReader in, String what) throws FormatException {
    return new Sha256(in.bytes(BYTES, what));
  }

  /** A copy of one that was never updated: looking for the algorithm takes longer than a node. */
  static MessageDigest newDigest() {
    try {
      return (MessageDigest) FRESH.clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError("the JDK's SHA-256 can be copied", e);
    }
  }

  private static MessageDigest fresh() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  static Sha256 finish(MessageDigest digest) {
    return new Sha256(digest.digest());
  }

  public byte[] toBytes() {
    return bytes.clone();
  }

  /** 64 lower-case hexadecimal digits. */
  @Override
  public String toString() {
    return HEX.formatHex(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Sha256 sha256 && Arrays.equals(bytes, sha256.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
