package dev.assay.logformat.tree;

import dev.assay.logformat.Sha256;

/**
 * Where the bytes of a node are. It is no part of the state, and of no digest.
 *
 * @param pack the number of a pack, which whoever keeps the nodes gives out
 * @param offset in the pack
 * @param sha256 of the node's bytes; {@link Sha256#NONE} where nobody else can reach them
 */
public record Place(int pack, int offset, int length, Sha256 sha256) {
  /** Of a node that is not kept: the empty tree's. */
  public static final Place NOWHERE = new Place(0, 0, 0, Sha256.NONE);
}
