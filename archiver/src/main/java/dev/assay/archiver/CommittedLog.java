package dev.assay.archiver;

import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.Frame;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.Mutation.ArchiveHead;
import java.io.Closeable;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one replica's disk holds of its partition's log, up to what is committed.
 *
 * <p>Entries come from the disk, not from the memory of whoever serves, so that what is archived is
 * what would survive. Any thread may call; one {@link Frames} belongs to one thread.
 */
public interface CommittedLog {

  /** Whose log it is. */
  record Owner(String cluster, String table, UUID tableId, int partition) {
    /** Where its archive is: what all its objects' keys begin with. */
    String wal() {
      return ArchivePaths.wal(cluster, table, tableId, partition);
    }

    /** Refuses a manifest that is signed by us, and not for here: a copy in another's place. */
    void requireManifest(Manifest manifest, long firstLsn) throws Corrupt {
      Owner named =
          new Owner(manifest.cluster(), manifest.table(), manifest.tableId(), manifest.partition());
      if (!named.equals(this) || manifest.segment().firstLsn() != firstLsn) {
        throw new Corrupt(
            "manifest's place", named(firstLsn), named.named(manifest.segment().firstLsn()));
      }
    }

    private String named(long firstLsn) {
      return "%s/%s/%s/%d from position %d".formatted(cluster, table, tableId, partition, firstLsn);
    }

    /** As in messages. */
    @Override
    public String toString() {
      return table + "/" + partition;
    }
  }

  Owner owner();

  /** The first entry that is still on this disk, or would be the first. */
  long firstLsn() throws IOException;

  /** The last entry that is committed; -1 for none. */
  long committedLsn();

  /**
   * Reads from an entry on.
   *
   * @throws Damaged when the entry is no longer on this disk, or the log is damaged; {@link Frames}
   *     may throw it, too
   */
  Frames read(long fromLsn) throws IOException;

  /** Whether this replica leads its partition now. */
  boolean leads();

  /** The newest head that was logged, as far as this replica has applied the log. */
  @Nullable ArchiveHead head() throws IOException;

  /**
   * Logs a cut together with the archive's head, and returns once both are committed. Only a leader
   * can.
   *
   * @param head null when nothing is archived yet
   */
  void logCut(@Nullable ArchiveHead head) throws IOException;

  /** The log on this disk is not what it must be: a finding, and no passing trouble. */
  final class Damaged extends IOException {
    private static final long serialVersionUID = 1L;

    public Damaged(String what, @Nullable Throwable cause) {
      super(what, cause);
    }
  }

  /** Entries in order. */
  interface Frames extends Closeable {
    /** The next entry; null while no more is committed. */
    @Nullable Frame next() throws IOException;
  }
}
