package dev.assay.referencebuilder;

import dev.assay.logformat.Digest128;
import dev.assay.logformat.tree.TreeItem;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one mutation does to one key.
 *
 * @param prefix the first eight bytes of the key: they settle most comparisons
 * @param before what the mutation says of the item that it replaces
 * @param after the item from then on; null for nothing
 * @param node which evaluated it
 */
record Change(
    long prefix, byte[] key, long lsn, Digest128 before, @Nullable TreeItem after, String node)
    implements Comparable<Change> {

  Change(byte[] key, long lsn, Digest128 before, @Nullable TreeItem after, String node) {
    this(prefix(key), key, lsn, before, after, node);
  }

  private static long prefix(byte[] key) {
    byte[] padded = key.length < Long.BYTES ? Arrays.copyOf(key, Long.BYTES) : key;
    return ByteBuffer.wrap(padded).getLong();
  }

  /** In the order of the keys alone: sorts that keep the order of equals keep that of the log. */
  @Override
  public int compareTo(Change other) {
    int order = Long.compareUnsigned(prefix, other.prefix);
    return order != 0 ? order : Arrays.compareUnsigned(key, other.key);
  }

  /** About how much of the heap it takes. */
  int heapBytes() {
    return 160 + 2 * key.length;
  }
}
