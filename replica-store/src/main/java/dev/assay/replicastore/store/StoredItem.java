package dev.assay.replicastore.store;

/**
 * An item as the store holds it. Nobody writes to the array.
 *
 * @param lsn the position of the entry that put it
 * @param bytes the item's canonical bytes, as they were logged
 */
public record StoredItem(long lsn, byte[] bytes) {}
