package dev.assay.replicastore.store;

/** Takes the items of a range, one by one. */
@FunctionalInterface
public interface ItemVisitor {

  /** Returns whether to go on. */
  boolean visit(byte[] key, StoredItem item);
}
