package dev.assay.infra;

import dev.assay.archiver.CommittedLog;
import dev.assay.logformat.Frame;
import dev.assay.logformat.FrameKind;
import dev.assay.logformat.Mutation.ArchiveHead;
import dev.assay.replicastore.NodeCalls.CallFailed;
import dev.assay.replicastore.ReplicaLog;
import dev.assay.replicastore.consensus.EntryReader;
import dev.assay.replicastore.consensus.LogDamaged;
import dev.assay.replicastore.consensus.LogEntry;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A replica's log as the archiver sees it. Of consensus's own entries, only the kind is archived.
 */
record ReplicaCommittedLog(String cluster, ReplicaLog log) implements CommittedLog {
  private static final byte[] NOTHING = new byte[0];

  @Override
  public Owner owner() {
    return new Owner(cluster, log.tableName(), log.partition().table(), log.partition().number());
  }

  @Override
  public long firstLsn() throws IOException {
    return log.firstLsn();
  }

  @Override
  public long committedLsn() {
    return log.committedLsn();
  }

  @Override
  public Frames read(long fromLsn) throws IOException {
    EntryReader reader = log.read(fromLsn);
    return new Frames() {
      @Override
      public @Nullable Frame next() throws IOException {
        try {
          LogEntry entry = reader.next();
          return entry == null ? null : frame(entry);
        } catch (LogDamaged | EntryReader.EntriesDropped e) {
          throw new Damaged(String.valueOf(e.getMessage()), e);
        }
      }

      @Override
      public void close() throws IOException {
        reader.close();
      }
    };
  }

  private static Frame frame(LogEntry entry) {
    return switch (entry.kind()) {
      case DATA -> new Frame(entry.lsn(), entry.term(), FrameKind.DATA, entry.payload());
      case CONFIGURATION -> new Frame(entry.lsn(), entry.term(), FrameKind.CONFIGURATION, NOTHING);
      case METADATA -> new Frame(entry.lsn(), entry.term(), FrameKind.METADATA, NOTHING);
    };
  }

  @Override
  public boolean leads() {
    return log.leads();
  }

  @Override
  public @Nullable ArchiveHead head() {
    return log.archiveHead();
  }

  @Override
  public void logCut(@Nullable ArchiveHead head) throws IOException {
    try {
      log.logCut(head);
    } catch (CallFailed e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
