package dev.assay.logformat.tree;

import java.util.Arrays;

/**
 * One item of the state, as a tree holds it: not its bytes, which the archive has.
 *
 * @param key nobody writes to it
 * @param digest of key and item bytes, by the tree's {@link DigestSuite}
 * @param lsn of the frame whose mutation put the item; with the key, it says where the bytes are
 * @param bytes how long the item is
 */
public record TreeItem(byte[] key, Digest digest, long lsn, int bytes) {

  @Override
  public boolean equals(Object other) {
    return other instanceof TreeItem item
        && Arrays.equals(key, item.key)
        && digest.equals(item.digest)
        && lsn == item.lsn
        && bytes == item.bytes;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(key) + 31 * Long.hashCode(lsn);
  }
}
