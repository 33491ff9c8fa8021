package dev.assay.referencebuilder;

import dev.assay.logformat.Digest128;
import dev.assay.logformat.tree.Digest;
import dev.assay.logformat.tree.TreeItem;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one mutation does to one key. There are many at a time, so it holds few objects.
 *
 * @param prefix the first eight bytes of the key: they settle most comparisons
 * @param beforeHigh of what the mutation says of the item that it replaces, as is {@code beforeLow}
 * @param after the digest of the item from then on; null for nothing
 * @param bytes how long that item is
 * @param node which evaluated it
 */
record Change(
    long prefix,
    byte[] key,
    long lsn,
    long beforeHigh,
    long beforeLow,
    @Nullable Digest after,
    int bytes,
    String node)
    implements Comparable<Change> {

  static Change put(byte[] key, long lsn, Digest128 before, Digest after, int bytes, String node) {
    return new Change(prefix(key), key, lsn, before.high(), before.low(), after, bytes, node);
  }

  static Change delete(byte[] key, long lsn, Digest128 before, String node) {
    return new Change(prefix(key), key, lsn, before.high(), before.low(), null, 0, node);
  }

  private static long prefix(byte[] key) {
    byte[] padded = key.length < Long.BYTES ? Arrays.copyOf(key, Long.BYTES) : key;
    return ByteBuffer.wrap(padded).getLong();
  }

  Digest128 before() {
    return new Digest128(beforeHigh, beforeLow);
  }

  /** The item from then on; null for nothing. */
  @Nullable TreeItem item() {
    return after == null ? null : new TreeItem(key, after, lsn, bytes);
  }

  /** In the order of the keys alone: sorts that keep the order of equals keep that of the log. */
  @Override
  public int compareTo(Change other) {
    int order = Long.compareUnsigned(prefix, other.prefix);
    return order != 0 ? order : Arrays.compareUnsigned(key, other.key);
  }

  /** About how much of the heap it takes. */
  int heapBytes() {
    return 160 + key.length;
  }
}
