package dev.assay.logformat.tree;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.FormatException.TooNew;
import dev.assay.logformat.Sha256;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * How the state of a table is digested. It is chosen when the table is made, and never changes.
 *
 * <p>An item's digest is of its key's length (4 bytes), key and item bytes; so the length keeps a
 * byte from moving between key and item unseen. Any thread may call.
 */
public enum DigestSuite {
  /** Finds faults, not attackers; many times as fast. */
  XXH3_128(1, "xxh3-128", 16) {
    @Override
    Digest digest(byte[] bytes, int length) {
      HashValue128 hash = HASHER.hashBytesTo128Bits(bytes, 0, length);
      return Digest.ofOwn(
          ByteBuffer.allocate(2 * Long.BYTES)
              .putLong(hash.getMostSignificantBits())
              .putLong(hash.getLeastSignificantBits())
              .array());
    }
  },

  /** Holds against somebody who makes items on purpose; its trees give proofs. */
  SHA_256(2, "sha-256", Sha256.BYTES) {
    @Override
    Digest digest(byte[] bytes, int length) {
      byte[] exact = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
      return Digest.ofOwn(Sha256.of(exact).toBytes());
    }
  };

  private static final Hasher128 HASHER = Hashing.xxh3_128();

  private final int code;
  private final String text;
  private final int digestBytes;

  DigestSuite(int code, String text, int digestBytes) {
    this.code = code;
    this.text = text;
    this.digestBytes = digestBytes;
  }

  /** The suite of that code. */
  public static DigestSuite of(int code) throws FormatException {
    return switch (code) {
      case 1 -> XXH3_128;
      case 2 -> SHA_256;
      default -> throw new TooNew("digest suite", "1, 2", code);
    };
  }

  /** What stands for the suite in a format. */
  public int code() {
    return code;
  }

  /** How long a digest is. */
  public int digestBytes() {
    return digestBytes;
  }

  /** The digest of one item. */
  public Digest item(byte[] key, byte[] item) {
    return digest(
        ByteBuffer.allocate(Integer.BYTES + key.length + item.length)
            .putInt(key.length)
            .put(key)
            .put(item)
            .array());
  }

  /** Of all bytes. */
  Digest digest(byte[] bytes) {
    return digest(bytes, bytes.length);
  }

  /** Of the first bytes. */
  abstract Digest digest(byte[] bytes, int length);

  /** As people write it: {@code xxh3-128}, {@code sha-256}. */
  @Override
  public String toString() {
    return text;
  }
}
