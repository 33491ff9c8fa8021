package dev.assay.replicastore;

import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import org.jspecify.annotations.Nullable;

/** What the write pipeline reads of its replica: the effect of every entry applied so far. */
interface AppliedState {

  /** The canonical item bytes at a key. */
  byte @Nullable [] itemAt(byte[] key) throws ReplicaStopped;

  /** The sequence of the last batch accepted in {@code term}, 0 if none was. */
  long acceptedSequence(long term);

  /** The hybrid time of the last accepted batch. */
  long hybridTime();
}
