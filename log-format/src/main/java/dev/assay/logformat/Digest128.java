package dev.assay.logformat;

import java.util.HexFormat;

/** A 128-bit digest of state. {@link #NONE} stands for "there is no such item". */
public record Digest128(long high, long low) {
  public static final int BYTES = 16;
  public static final Digest128 NONE = new Digest128(0, 0);

  /** From 16 bytes, the highest first. */
  public static Digest128 of(byte[] bytes) throws FormatException {
    BytesReader in = new BytesReader(bytes);
    Digest128 digest = in.digest("digest");
    in.end("digest");
    return digest;
  }

  /** 16 bytes, the highest first. */
  public byte[] toBytes() {
    return new BytesWriter(BYTES).digest(this).toBytes();
  }

  /** 32 hexadecimal digits. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}
