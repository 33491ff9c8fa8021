package dev.assay.replicastore;

/**
 * Says how far a partition's log may be dropped, beyond what the replica itself needs. The archiver
 * answers with what is archived and read back; without an archive nobody needs the log but the
 * replicas. Called from the threads that apply logs; must not block.
 */
@FunctionalInterface
public interface LogRetention {

  /** No archive: only the replicas need the log. */
  LogRetention REPLICAS_ONLY = partition -> Long.MAX_VALUE;

  /** The last position that may be dropped; -1 for none. */
  long droppableUpTo(PartitionId partition);
}
