package dev.assay.replicastore;

import dev.assay.replicastore.consensus.LogPosition;

/**
 * Says how far a partition's log may be dropped, beyond what the replica itself needs. The archiver
 * answers with what is archived and read back; without an archive nobody needs the log but the
 * replicas. Called often, from the threads of consensus; must not block.
 */
@FunctionalInterface
public interface LogRetention {

  /** No archive: only the replicas need the log. */
  LogRetention REPLICAS_ONLY = partition -> new LogPosition(Long.MAX_VALUE, Long.MAX_VALUE);

  /**
   * The last position that may be dropped, with the term of its entry; {@link LogPosition#NONE} for
   * none. A position beyond the log's end stands for no limit.
   */
  LogPosition droppableUpTo(PartitionId partition);
}
