/**
 * One partition's items in RocksDB, written only by applying the log.
 *
 * <p>RocksDB keeps no log of its own here: the consensus log is the write-ahead log. What a batch
 * does and the position that it moves to are one RocksDB write, so the position is never ahead of
 * the data. What was not flushed when a process ended is applied again.
 *
 * <p>A store lives in one folder; {@link StoreFolder} draws it. {@link PartitionStore} is the way
 * in: one thread applies, many read. {@link SharedStorage} is what all stores of a process share.
 * {@link StateDigest} and {@link CheckpointManifest} read checkpoints, and need no store.
 *
 * <p>What goes wrong is told apart by type: {@link StoreDamaged} (bytes that can't be trusted: this
 * replica stops, and a {@link Finding} is kept), {@link StorageFailed} (the disk refuses: the role
 * stops), {@link WrongEntry} (the log can't be applied: this replica stops), {@link
 * CheckpointFailed} (no checkpoint was taken: nothing stops).
 */
@NullMarked
package dev.assay.replicastore.store;

import org.jspecify.annotations.NullMarked;
