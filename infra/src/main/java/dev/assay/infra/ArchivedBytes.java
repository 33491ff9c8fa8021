package dev.assay.infra;

import dev.assay.archiver.ObjectStore;
import dev.assay.logformat.ArchivePaths;
import dev.assay.referencebuilder.Partition;
import java.io.IOException;
import java.util.TreeMap;

/**
 * How many bytes of segments a partition's archive has, by their positions: what there is to fold.
 * As the store lists it, so that it costs no reading; nothing is judged by it.
 */
final class ArchivedBytes {
  private static final int KEYS_PER_CALL = 1000;

  /** Of each segment that has a manifest, by its first LSN. */
  private final TreeMap<Long, Long> segments = new TreeMap<>();

  private ArchivedBytes() {}

  static ArchivedBytes list(ObjectStore store, Partition partition) throws IOException {
    String wal =
        ArchivePaths.wal(
            partition.cluster(), partition.table(), partition.tableId(), partition.partition());
    ArchivedBytes bytes = new ArchivedBytes();
    String after = "";
    long manifest = -1;
    boolean more = true;
    while (more) {
      ObjectStore.Listing page = store.list(wal, after, KEYS_PER_CALL);
      for (ObjectStore.Entry entry : page.entries()) {
        long lsn = ArchivePaths.firstLsn(entry.key());
        // In the order of keys, a segment's manifest comes right before it.
        if (entry.key().endsWith(ArchivePaths.MANIFEST_SUFFIX)) {
          manifest = lsn;
        } else if (lsn >= 0 && lsn == manifest) {
          bytes.segments.put(lsn, entry.sizeBytes());
        }
        after = entry.key();
      }
      more = page.more() && !page.entries().isEmpty();
    }
    return bytes;
  }

  boolean isEmpty() {
    return segments.isEmpty();
  }

  /** Of segments that begin behind the one position, and not behind the other. */
  long between(long fromLsn, long toLsn) {
    return fromLsn >= toLsn
        ? 0
        : segments.subMap(fromLsn, false, toLsn, true).values().stream()
            .mapToLong(Long::longValue)
            .sum();
  }
}
