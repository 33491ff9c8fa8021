package dev.assay.replicastore.consensus;

import dev.assay.replicastore.PartitionId;

/**
 * Something wrong with a replica's log that was met at start and could be worked around. The role
 * keeps it durably; the evidence is in {@code detail}.
 */
public record LogFinding(PartitionId partition, String node, Kind kind, String detail) {

  public enum Kind {
    /** The log ends before a position that this member had flushed and vouched for. */
    LOG_SHORT,
    /** The log holds another entry than the one that this member had vouched for. */
    LOG_OLDER,
    /** The vote file is unreadable, or older than what this member had vouched for. */
    VOTE_FILE,
    /** The record of what this member had vouched for is itself missing or unreadable. */
    VOUCH_LOST
  }

  /** Where findings go. It returns once the finding is kept; from any thread. */
  @FunctionalInterface
  public interface Keeper {
    void keep(LogFinding finding);
  }
}
