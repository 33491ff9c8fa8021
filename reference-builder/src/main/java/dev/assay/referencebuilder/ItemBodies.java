package dev.assay.referencebuilder;

import dev.assay.archiver.ObjectStore;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.Batch;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.Frame;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.SegmentCheck;
import dev.assay.logformat.SegmentReader;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.SignerLookup;
import dev.assay.logformat.tree.TreeItem;
import dev.assay.referencebuilder.Unprovable.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Gets items of a partition from its archive: a tree holds only their digests, and the position at
 * which each was put.
 *
 * <p>Checks: the digest of every item that it gives. What is not there, or is another, is {@link
 * Unprovable}. For one thread at a time.
 */
public final class ItemBodies {
  /** Takes items, in the order of the log. */
  @FunctionalInterface
  public interface Taker {
    void take(TreeItem item, byte[] body) throws IOException;
  }

  private static final int KEYS_PER_CALL = 1000;

  private final ObjectStore store;
  private final SignerLookup signers;
  private final Partition partition;

  ItemBodies(ObjectStore store, SignerLookup signers, Partition partition) {
    this.store = store;
    this.signers = signers;
    this.partition = partition;
  }

  /** Gives the bytes of each of the items; reads each segment that holds some of them once. */
  public void read(Collection<TreeItem> items, Taker taker) throws IOException {
    read(
        items,
        taker,
        finding -> {
          throw finding;
        });
  }

  /** What becomes of a finding. */
  @FunctionalInterface
  interface Findings {
    void found(Unprovable finding) throws Unprovable;
  }

  /** As above; what can't be given is told, and the rest is given all the same. */
  void read(Collection<TreeItem> items, Taker taker, Findings findings) throws IOException {
    NavigableSet<Long> segments = segments();
    TreeMap<Long, TreeMap<Long, List<TreeItem>>> wanted = new TreeMap<>();
    for (TreeItem item : items) {
      Long segment = segments.floor(item.lsn());
      if (segment == null) {
        findings.found(lost(item.lsn()));
        continue;
      }
      wanted
          .computeIfAbsent(segment, none -> new TreeMap<>())
          .computeIfAbsent(item.lsn(), none -> new ArrayList<>())
          .add(item);
    }
    for (Map.Entry<Long, TreeMap<Long, List<TreeItem>>> each : wanted.entrySet()) {
      try {
        read(each.getKey(), each.getValue(), taker, findings);
      } catch (Unprovable e) {
        findings.found(e);
      }
    }
  }

  private void read(
      long firstLsn, NavigableMap<Long, List<TreeItem>> wanted, Taker taker, Findings findings)
      throws IOException {
    ArchivedSegment segment =
        new ArchivedLog(store, signers, partition).at(firstLsn, wanted.lastKey());
    NavigableMap<Long, List<TreeItem>> beyond = wanted.tailMap(segment.summary().lastLsn(), false);
    for (long lsn : beyond.keySet()) {
      findings.found(lost(lsn));
    }
    beyond.clear();
    if (!wanted.isEmpty()) {
      read(segment, wanted, taker, findings);
    }
  }

  /** Where the items come from. */
  String folder() {
    return partition.wal();
  }

  private Unprovable lost(long lsn) {
    return new Unprovable(Kind.LOST, folder(), lsn, lsn, "no segment holds this position");
  }

  private NavigableSet<Long> segments() throws IOException {
    TreeSet<Long> segments = new TreeSet<>();
    String after = "";
    boolean more = true;
    while (more) {
      ObjectStore.Listing page = store.list(partition.wal(), after, KEYS_PER_CALL);
      for (ObjectStore.Entry entry : page.entries()) {
        long firstLsn = ArchivePaths.firstLsn(entry.key());
        if (firstLsn >= 0 && entry.key().endsWith(ArchivePaths.MANIFEST_SUFFIX)) {
          segments.add(firstLsn);
        }
        after = entry.key();
      }
      more = page.more() && !page.entries().isEmpty();
    }
    return segments;
  }

  private void read(
      ArchivedSegment segment,
      NavigableMap<Long, List<TreeItem>> wanted,
      Taker taker,
      Findings findings)
      throws IOException {
    SegmentSummary summary = segment.summary();
    SegmentCheck check =
        new SegmentCheck(
            partition.tableId(), partition.partition(), summary.firstLsn(), summary.firstTerm());
    try (InputStream object = open(segment);
        SegmentReader reader = reader(segment, object)) {
      for (Entry entry = next(segment, reader, check);
          entry != null;
          entry = next(segment, reader, check)) {
        for (TreeItem item : wanted.getOrDefault(entry.lsn(), List.of())) {
          byte[] body = body(entry.batch(), item);
          if (body == null) {
            findings.found(another(segment, item));
          } else {
            taker.take(item, body);
          }
        }
        wanted.remove(entry.lsn());
      }
    }
    if (!wanted.isEmpty()) {
      Corrupt detail = new Corrupt("entries of the segment", summary.entries(), "fewer");
      throw corrupt(segment, detail);
    }
  }

  private InputStream open(ArchivedSegment segment) throws IOException {
    InputStream object;
    try {
      object = BoundedReads.open(store, segment.key(), segment.manifest().objectBytes());
    } catch (FormatException e) {
      throw corrupt(segment, e);
    }
    if (object == null) {
      throw new Unprovable(
          Kind.LOST,
          segment.key(),
          segment.summary().firstLsn(),
          segment.summary().lastLsn(),
          "expected an object, actual none");
    }
    return object;
  }

  private static SegmentReader reader(ArchivedSegment segment, InputStream object)
      throws IOException {
    try {
      return new SegmentReader(object, segment.summary().framesBytes());
    } catch (FormatException e) {
      throw corrupt(segment, e);
    }
  }

  private record Entry(long lsn, @Nullable Batch batch) {}

  private static @Nullable Entry next(
      ArchivedSegment segment, SegmentReader reader, SegmentCheck check) throws IOException {
    try {
      Frame frame = reader.next();
      return frame == null ? null : new Entry(frame.lsn(), check.check(frame));
    } catch (FormatException e) {
      throw corrupt(segment, e);
    }
  }

  private static IOException corrupt(ArchivedSegment segment, FormatException what) {
    SegmentSummary summary = segment.summary();
    return Unprovable.of(segment.key(), summary.firstLsn(), summary.lastLsn(), what);
  }

  private byte @Nullable [] body(@Nullable Batch batch, TreeItem item) {
    List<Mutation> mutations = batch == null ? List.of() : batch.mutations();
    for (Mutation mutation : mutations.reversed()) {
      if (mutation instanceof Mutation.Put put
          && Arrays.equals(put.key(), item.key())
          && partition.suite().item(put.key(), put.item()).equals(item.digest())) {
        return put.item();
      }
    }
    return null;
  }

  private static Unprovable another(ArchivedSegment segment, TreeItem item) {
    return new Unprovable(
        Kind.CORRUPT,
        segment.key(),
        item.lsn(),
        item.lsn(),
        "the frame at this position puts no such item as the reference holds at key "
            + HexFormat.of().formatHex(item.key()));
  }
}
