package dev.assay.replicastore;

import dev.assay.logformat.Mutation;
import dev.assay.replicastore.NodeCalls.CallFailed;
import dev.assay.replicastore.consensus.DiskLog;
import dev.assay.replicastore.consensus.EntryReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The committed log of one replica, for whoever archives it: entries are read from this node's own
 * disk ({@link DiskLog} says how), so that what is archived is what the disk has. Any thread may
 * call. When the replica has stopped its log can still be read, and nothing can be logged.
 */
public interface ReplicaLog {

  PartitionId partition();

  /** The name of the table; {@code metadata} for the metadata partition. */
  String tableName();

  /** The first entry that is on this disk; the next one to come when there is none. */
  long firstLsn() throws IOException;

  /** The last entry that this replica knows to be committed; -1 for none. */
  long committedLsn();

  /**
   * Reads from an entry on; the caller closes the reader.
   *
   * @param fromLsn not below {@link #firstLsn}
   */
  EntryReader read(long fromLsn) throws IOException;

  /** Whether this node leads the partition, as far as it knows. */
  boolean leads();

  /** How far the partition is archived, by what this replica has applied; null before the first. */
  Mutation.@Nullable ArchiveHead archiveHead();

  /**
   * Logs a cut and, in the same batch, how far the archive is. Waits until it is applied here.
   *
   * @param head null for a cut alone
   * @throws CallFailed also when this node does not lead
   */
  void logCut(Mutation.@Nullable ArchiveHead head) throws CallFailed;
}
