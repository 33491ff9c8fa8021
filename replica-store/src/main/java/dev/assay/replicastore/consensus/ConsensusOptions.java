package dev.assay.replicastore.consensus;

import dev.assay.replicastore.PartitionId;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How a node takes part in consensus.
 *
 * @param node this node's name, as the members of its groups call it
 * @param folder holds the logs, and beside them what this node has vouched for
 * @param transport how the nodes reach one another
 * @param electionTimeoutMin a follower that heard nothing for this long may try to lead; heartbeats
 *     go out at half of it
 * @param electionTimeoutMax the longest that it waits, by chance
 * @param entrySizeMaxBytes the largest payload of an entry; each group keeps a buffer of this size
 * @param logFileSizeMaxBytes a log file is closed at about this size; each group keeps the open one
 *     and a closed one or two in memory
 * @param snapshotEveryEntries a snapshot is taken, and the log dropped up to it, whenever this many
 *     entries more are not needed by anybody; 0: only on request
 * @param leaderLease whether a leader may answer for a while after it was last acknowledged without
 *     asking again: for four fifths of {@code electionTimeoutMin}, which rests on the monotonic
 *     clocks of the nodes running equally fast within a fifth, also while a virtual machine is
 *     suspended. A voter refuses to elect another leader within {@code electionTimeoutMin} of
 *     hearing from one, and of its own start. The same on all nodes
 * @param appenderWait the least time between two messages to a follower: 0 costs processor time
 *     under load and gains latency
 * @param vouchEvery how often what was flushed is noted in the vouch file, when it changed. What
 *     was flushed within this time before a power cut is not vouched for
 */
public record ConsensusOptions(
    String node,
    Path folder,
    Transport transport,
    Duration electionTimeoutMin,
    Duration electionTimeoutMax,
    int entrySizeMaxBytes,
    int logFileSizeMaxBytes,
    long snapshotEveryEntries,
    boolean leaderLease,
    Duration appenderWait,
    Duration vouchEvery) {

  private static final int MIB = 1024 * 1024;

  public ConsensusOptions {
    if (electionTimeoutMax.compareTo(electionTimeoutMin) <= 0) {
      throw new IllegalArgumentException(
          "electionTimeoutMax must be longer than electionTimeoutMin, which is "
              + electionTimeoutMin);
    }
    if (entrySizeMaxBytes <= 0 || logFileSizeMaxBytes < entrySizeMaxBytes) {
      throw new IllegalArgumentException(
          "entrySizeMaxBytes must be positive and logFileSizeMaxBytes at least as large");
    }
    if (snapshotEveryEntries < 0 || appenderWait.isNegative() || !vouchEvery.isPositive()) {
      throw new IllegalArgumentException(
          "snapshotEveryEntries and appenderWait must not be negative, vouchEvery must be"
              + " positive");
    }
  }

  /** The defaults. */
  public static ConsensusOptions of(String node, Path folder, Transport transport) {
    return new ConsensusOptions(
        node,
        folder,
        transport,
        Duration.ofMillis(1000),
        Duration.ofMillis(2000),
        4 * MIB,
        8 * MIB,
        100_000,
        false,
        Duration.ZERO,
        Duration.ofMillis(50));
  }

  public ConsensusOptions withElectionTimeout(Duration min, Duration max) {
    return new ConsensusOptions(
        node,
        folder,
        transport,
        min,
        max,
        entrySizeMaxBytes,
        logFileSizeMaxBytes,
        snapshotEveryEntries,
        leaderLease,
        appenderWait,
        vouchEvery);
  }

  public ConsensusOptions withSizes(int entryMaxBytes, int logFileMaxBytes) {
    return new ConsensusOptions(
        node,
        folder,
        transport,
        electionTimeoutMin,
        electionTimeoutMax,
        entryMaxBytes,
        logFileMaxBytes,
        snapshotEveryEntries,
        leaderLease,
        appenderWait,
        vouchEvery);
  }

  public ConsensusOptions withSnapshotEvery(long entries) {
    return new ConsensusOptions(
        node,
        folder,
        transport,
        electionTimeoutMin,
        electionTimeoutMax,
        entrySizeMaxBytes,
        logFileSizeMaxBytes,
        entries,
        leaderLease,
        appenderWait,
        vouchEvery);
  }

  public ConsensusOptions withLeaderLease(boolean lease) {
    return new ConsensusOptions(
        node,
        folder,
        transport,
        electionTimeoutMin,
        electionTimeoutMax,
        entrySizeMaxBytes,
        logFileSizeMaxBytes,
        snapshotEveryEntries,
        lease,
        appenderWait,
        vouchEvery);
  }

  public ConsensusOptions withAppenderWait(Duration wait) {
    return new ConsensusOptions(
        node,
        folder,
        transport,
        electionTimeoutMin,
        electionTimeoutMax,
        entrySizeMaxBytes,
        logFileSizeMaxBytes,
        snapshotEveryEntries,
        leaderLease,
        wait,
        vouchEvery);
  }

  /** Where the groups' folders are. */
  Path groups() {
    return folder.resolve("groups");
  }

  /** Where a group keeps all that it has. */
  Path groupFolder(PartitionId partition) {
    return groups().resolve(partition.groupId().toString());
  }

  /** Where a group's log files are. */
  Path logFolder(PartitionId partition) {
    return groupFolder(partition).resolve("current");
  }

  /** Where the vouch file is. */
  Path vouches() {
    return folder.resolve("vouch");
  }

  /** How long a lease lasts from the sending of the message that was acknowledged. */
  Duration lease() {
    return electionTimeoutMin.multipliedBy(4).dividedBy(5);
  }
}
