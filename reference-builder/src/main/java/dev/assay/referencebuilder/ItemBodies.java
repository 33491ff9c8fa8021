package dev.assay.referencebuilder;

import dev.assay.archiver.ObjectStore;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.Batch;
import dev.assay.logformat.FormatException;
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
import java.util.List;
import java.util.Map;
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
    TreeSet<Long> segments = segments();
    Map<Long, TreeMap<Long, List<TreeItem>>> wanted = new TreeMap<>();
    for (TreeItem item : items) {
      Long segment = segments.floor(item.lsn());
      if (segment == null) {
        throw new Unprovable(
            Kind.LOST, partition.wal(), item.lsn(), item.lsn(), "no segment holds this position");
      }
      wanted
          .computeIfAbsent(segment, none -> new TreeMap<>())
          .merge(item.lsn(), List.of(item), ItemBodies::joined);
    }
    for (Map.Entry<Long, TreeMap<Long, List<TreeItem>>> each : wanted.entrySet()) {
      ArchivedSegment segment = new ArchivedLog(store, signers, partition).at(each.getKey());
      try {
        read(segment, each.getValue(), taker);
      } catch (FormatException e) {
        SegmentSummary summary = segment.summary();
        throw new Unprovable(Kind.CORRUPT, segment.key(), summary.firstLsn(), summary.lastLsn(), e);
      }
    }
  }

  private static List<TreeItem> joined(List<TreeItem> some, List<TreeItem> more) {
    List<TreeItem> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  private TreeSet<Long> segments() throws IOException {
    TreeSet<Long> segments = new TreeSet<>();
    String after = "";
    boolean more = true;
    while (more) {
      ObjectStore.Listing page = store.list(partition.wal(), after, KEYS_PER_CALL);
      for (ObjectStore.Entry entry : page.entries()) {
        if (entry.key().endsWith(ArchivePaths.MANIFEST_SUFFIX)) {
          segments.add(ArchivePaths.firstLsn(entry.key()));
        }
        after = entry.key();
      }
      more = page.more() && !page.entries().isEmpty();
    }
    return segments;
  }

  private void read(ArchivedSegment segment, TreeMap<Long, List<TreeItem>> wanted, Taker taker)
      throws IOException {
    SegmentSummary summary = segment.summary();
    SegmentCheck check =
        new SegmentCheck(
            partition.tableId(), partition.partition(), summary.firstLsn(), summary.firstTerm());
    try (InputStream object = store.open(segment.key(), segment.manifest().objectBytes())) {
      if (object == null) {
        throw new Unprovable(
            Kind.LOST,
            segment.key(),
            summary.firstLsn(),
            summary.lastLsn(),
            "expected an object, actual none");
      }
      try (SegmentReader reader = new SegmentReader(object, summary.framesBytes())) {
        for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
          Batch batch = check.check(frame);
          for (TreeItem item : wanted.getOrDefault(frame.lsn(), List.of())) {
            taker.take(item, body(segment, batch, item));
          }
        }
      }
    }
  }

  private byte[] body(ArchivedSegment segment, @Nullable Batch batch, TreeItem item)
      throws Unprovable {
    List<Mutation> mutations = batch == null ? List.of() : batch.mutations();
    for (Mutation mutation : mutations.reversed()) {
      if (mutation instanceof Mutation.Put put
          && Arrays.equals(put.key(), item.key())
          && partition.suite().item(put.key(), put.item()).equals(item.digest())) {
        return put.item();
      }
    }
    throw new Unprovable(
        Kind.CORRUPT,
        segment.key(),
        item.lsn(),
        item.lsn(),
        "the frame at this position puts no such item as the reference holds");
  }
}
