package dev.assay.archiver;

import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.archiver.ObjectStore.Entry;
import dev.assay.logformat.ArchivePaths;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The objects of one partition, as the store lists them.
 *
 * @param positions in their order
 * @param impossible keys that end as ours do, and that no agent makes
 */
record ArchiveListing(String wal, List<Position> positions, List<String> impossible) {
  /** There is no such object. */
  static final long NONE = -1;

  private static final int KEYS_PER_CALL = 1000;

  /**
   * A position at which an object is named.
   *
   * @param manifestBytes how long the manifest is; {@link #NONE} when there is none
   * @param segmentBytes how long the segment is; {@link #NONE} when there is none
   */
  record Position(long lsn, long manifestBytes, long segmentBytes) {
    boolean hasManifest() {
      return manifestBytes != NONE;
    }

    boolean hasSegment() {
      return segmentBytes != NONE;
    }
  }

  static ArchiveListing read(ObjectStore store, Owner owner) throws StoreFailed {
    String wal = owner.wal();
    TreeMap<Long, Position> positions = new TreeMap<>();
    List<String> impossible = new ArrayList<>();
    String after = "";
    boolean more = true;
    while (more) {
      ObjectStore.Listing page = store.list(wal, after, KEYS_PER_CALL);
      for (Entry entry : page.entries()) {
        add(wal, entry, positions, impossible);
      }
      more = page.more();
      if (more && page.entries().isEmpty()) {
        throw StoreFailed.refused("the store lists nothing, and says that more follows", null);
      }
      after = more ? page.entries().getLast().key() : after;
    }
    return new ArchiveListing(wal, List.copyOf(positions.values()), List.copyOf(impossible));
  }

  private static void add(
      String wal, Entry entry, TreeMap<Long, Position> positions, List<String> impossible) {
    String key = entry.key();
    boolean manifest = key.endsWith(ArchivePaths.MANIFEST_SUFFIX);
    if (!manifest && !key.endsWith(ArchivePaths.SEGMENT_SUFFIX)) {
      return;
    }
    long lsn = ArchivePaths.firstLsn(key);
    if (lsn < 0 || !key.equals(key(wal, lsn, manifest))) {
      impossible.add(key);
      return;
    }
    Position known = positions.getOrDefault(lsn, new Position(lsn, NONE, NONE));
    positions.put(
        lsn,
        manifest
            ? new Position(lsn, entry.sizeBytes(), known.segmentBytes())
            : new Position(lsn, known.manifestBytes(), entry.sizeBytes()));
  }

  private static String key(String wal, long lsn, boolean manifest) {
    return manifest ? ArchivePaths.manifest(wal, lsn) : ArchivePaths.segment(wal, lsn);
  }

  /** How many objects will be looked at. */
  long objects() {
    return positions.stream()
        .mapToLong(p -> (p.hasManifest() ? 1 : 0) + (p.hasSegment() ? 1 : 0))
        .sum();
  }

  /** How many bytes will be read, if all is well. */
  long bytes(boolean deep) {
    return positions.stream()
        .filter(Position::hasManifest)
        .mapToLong(p -> p.manifestBytes() + (deep ? Math.max(0, p.segmentBytes()) : 0))
        .sum();
  }
}
