package dev.assay.logformat.tree;

import java.util.Arrays;

/**
 * A node and all that is under it, as the node above names it; the topmost one is the root of a
 * tree.
 *
 * @param level 0 for a leaf
 * @param lastKey the highest key under it; empty when there is none
 * @param digest of the node
 * @param items how many are under it
 * @param bytes of their keys and items
 * @param place where the node is
 */
public record Subtree(
    int level, byte[] lastKey, Digest digest, long items, long bytes, Place place) {

  /** The tree without items: its digest is the same everywhere, and its node is kept nowhere. */
  public static Subtree empty(DigestSuite suite) {
    Digest digest = suite.digest(NodeCodec.emptyLeaf());
    return new Subtree(0, new byte[0], digest, 0, 0, Place.NOWHERE);
  }

  public boolean isEmpty() {
    return items == 0;
  }

  /** Whether both hold the same items, wherever their nodes are. */
  public boolean sameState(Subtree other) {
    return level == other.level && digest.equals(other.digest);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Subtree subtree
        && level == subtree.level
        && Arrays.equals(lastKey, subtree.lastKey)
        && digest.equals(subtree.digest)
        && items == subtree.items
        && bytes == subtree.bytes
        && place.equals(subtree.place);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }
}
