package dev.assay.replicastore.consensus;

import dev.assay.replicastore.PartitionId;
import java.io.IOException;
import java.util.List;

/** One node's part in all its replication groups. Any thread may call. */
public interface Consensus extends AutoCloseable {

  /**
   * Starts or resumes this node's membership of a group.
   *
   * @param members every voting node of the group, this one included, by name and address
   * @throws IOException when the log can't be read: the message says which file and what to do
   */
  Group join(PartitionId partition, List<Member> members, LogApplier applier) throws IOException;

  /**
   * As {@link #join}, by a node that is known to have been a member before. If it holds nothing of
   * the group any more, it may have acknowledged what it no longer has; so it follows without a
   * vote until it has caught up.
   */
  Group rejoin(PartitionId partition, List<Member> members, LogApplier applier) throws IOException;

  /** Ends the membership; the log stays on disk. */
  void leave(PartitionId partition) throws IOException;

  /** Ends the membership if there is one, and deletes its log. */
  void forget(PartitionId partition) throws IOException;

  /** Ends all memberships; the logs stay on disk. */
  @Override
  void close() throws IOException;

  /** A node that takes part in consensus, and where it listens for it ({@code host:port}). */
  record Member(String node, String address) {}
}
