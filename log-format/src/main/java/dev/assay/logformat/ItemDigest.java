package dev.assay.logformat;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.ByteBuffer;

/**
 * The digest of one item of the state: what replicas, the log's lineage and the reference compare.
 *
 * <pre>
 *   XXH3-128 (seed 0) of    key's length (4 bytes, big-endian), key, item bytes
 * </pre>
 *
 * <p>The length keeps a byte from moving between key and item unseen. It finds faults, not
 * attackers. Any thread may call.
 */
public final class ItemDigest {
  private static final Hasher128 HASHER = Hashing.xxh3_128();

  private ItemDigest() {}

  public static Digest128 of(byte[] key, byte[] item) {
    byte[] joined =
        ByteBuffer.allocate(Integer.BYTES + key.length + item.length)
            .putInt(key.length)
            .put(key)
            .put(item)
            .array();
    HashValue128 hash = HASHER.hashBytesTo128Bits(joined);
    return new Digest128(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
  }
}
