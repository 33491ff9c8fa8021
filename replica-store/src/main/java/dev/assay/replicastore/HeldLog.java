package dev.assay.replicastore;

import dev.assay.logformat.Mutation;
import dev.assay.replicastore.NodeCalls.CallFailed;
import dev.assay.replicastore.consensus.EntryReader;
import dev.assay.replicastore.consensus.Group;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The log of a replica that this node holds. */
record HeldLog(Replica replica) implements ReplicaLog {

  @Override
  public PartitionId partition() {
    return replica.id();
  }

  @Override
  public String tableName() {
    return replica.tableName();
  }

  @Override
  public long firstLsn() throws IOException {
    return group().diskLog().firstLsn();
  }

  @Override
  public long committedLsn() {
    return group().status().committedLsn();
  }

  @Override
  public EntryReader read(long fromLsn) {
    return group().diskLog().read(fromLsn);
  }

  @Override
  public boolean leads() {
    return replica.leads();
  }

  @Override
  public Mutation.@Nullable ArchiveHead archiveHead() {
    return replica.store().archiveHead();
  }

  @Override
  public void logCut(Mutation.@Nullable ArchiveHead head) throws CallFailed {
    replica.logCut(head);
  }

  /** A node lists no replica that has not joined its group. */
  private Group group() {
    Group joined = replica.group();
    if (joined == null) {
      throw new IllegalStateException("the replica of " + replica.id() + " has not joined");
    }
    return joined;
  }
}
