package dev.assay.replicastore.store;

import java.nio.file.Path;
import java.util.UUID;

/**
 * Hears what happens in a store beside the answers to its caller. Called on the executor that the
 * store was opened with, and never while a lock of the store is held, so it may call the store.
 */
public interface StoreListener {

  /** A barrier's checkpoint is in its place and was read back. */
  void checkpointTaken(UUID run, long lsn, Path folder);

  /** There will be no checkpoint for this barrier: the run has not checked this replica. */
  void checkpointFailed(UUID run, long lsn, String reason);

  /** The store has met damage, and refuses from now on. Called once. */
  void damaged(Finding finding);

  /** The disk has refused, and the store does nothing more. Called once. */
  void failed(StorageFailed failure);
}
