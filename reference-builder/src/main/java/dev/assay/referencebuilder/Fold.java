package dev.assay.referencebuilder;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatException.TooNew;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.ReferenceRoot;
import dev.assay.logformat.ReferenceRoot.Pack;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.tree.Boundaries;
import dev.assay.logformat.tree.Subtree;
import dev.assay.logformat.tree.TreeBuilder;
import dev.assay.logformat.tree.TreeUpdate;
import dev.assay.referencebuilder.SegmentsAhead.Reading;
import dev.assay.referencebuilder.Unprovable.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of a fold: from one reference of a partition to the next.
 *
 * <p>Checks, beside what {@link ArchivedLog}, {@link SegmentFrames} and {@link LineageEdits} check:
 * the time of accepted batches never goes back. Stops before a mutation that it does not know. For
 * one thread, once.
 */
final class Fold {
  private final FoldParts parts;
  private final Partition partition;
  private final @Nullable ReferenceRoot from;
  private final FoldProgress progress;
  private Cursor cursor;
  private long framesBytes;
  private long lineageBreaks;

  /**
   * @param from where to go on; null for genesis
   */
  Fold(FoldParts parts, Partition partition, @Nullable ReferenceRoot from, FoldProgress progress) {
    this.parts = parts;
    this.partition = partition;
    this.from = from;
    this.progress = progress;
    this.cursor =
        from == null
            ? Cursor.GENESIS
            : new Cursor(
                from.lsn(), from.term(), from.cursorTerm(), from.cursorSequence(), from.time());
    this.lineageBreaks = from == null ? 0 : from.lineageBreaks();
  }

  /**
   * Folds on, at most up to a position; null when nothing more is archived below it.
   *
   * @return a reference that is kept
   */
  @Nullable Reference run(long lsnMax) throws IOException {
    long start = cursor.lsn();
    ArchivedLog log = new ArchivedLog(parts.reading(), parts.signers(), partition);
    Path folder = Files.createTempDirectory(parts.options().folder(), "fold-");
    try (SegmentsAhead ahead = segments(log, lsnMax);
        ChangeSort sort =
            new ChangeSort(folder, parts.options().sortHeapBytes(), parts.executor())) {
      ArchivedSegment last = null;
      if (from != null) {
        last = log.resume(from);
        if (start < Math.min(lsnMax, last.summary().lastLsn())) {
          ahead.first(last);
        }
      }
      while (framesBytes < stepBytes()) {
        Reading reading = ahead.next();
        if (reading == null) {
          break;
        }
        last = reading.segment();
        take(last, SegmentsAhead.frames(reading), lsnMax, sort);
      }
      return last == null || cursor.lsn() == start ? null : keep(sort.sorted(), last);
    } finally {
      Files.deleteIfExists(folder);
    }
  }

  private SegmentsAhead segments(ArchivedLog log, long lsnMax) {
    return new SegmentsAhead(
        log,
        parts.frames(),
        partition.suite(),
        parts.executor(),
        parts.options().threads() + 1,
        lsnMax);
  }

  /** Steps grow with the tree, so that a long log does not rewrite it too often. */
  private long stepBytes() {
    long treeBytes = from == null ? 0 : from.tree().bytes();
    return Math.max(parts.options().stepBytesMin(), treeBytes / 4);
  }

  private void take(ArchivedSegment segment, List<FoldedFrame> frames, long lsnMax, ChangeSort sort)
      throws IOException {
    for (FoldedFrame frame : frames) {
      if (frame.lsn() > cursor.lsn() && frame.lsn() <= lsnMax) {
        take(segment, frame, sort);
      }
    }
    framesBytes += segment.summary().framesBytes();
    progress.folded(cursor.lsn(), segment.summary().framesBytes());
  }

  private void take(ArchivedSegment segment, FoldedFrame frame, ChangeSort sort)
      throws IOException {
    if (!cursor.accepts(frame)) {
      cursor = cursor.past(frame);
      return;
    }
    String where = "frame at LSN " + frame.lsn();
    if (frame.unknownKind() != 0) {
      throw new TooNew(where + ": mutation's kind", "1 to 5, 48", frame.unknownKind());
    }
    if (frame.time() < cursor.time()) {
      Corrupt detail =
          new Corrupt(where + ": batch's time", "at least " + cursor.time(), frame.time());
      throw new Unprovable(Kind.CORRUPT, segment.key(), frame.lsn(), Long.MAX_VALUE, detail);
    }
    for (Change change : frame.changes()) {
      sort.add(change);
    }
    cursor = cursor.accepted(frame);
  }

  private Reference keep(SortedChanges changes, ArchivedSegment last) throws IOException {
    PackAccount account = new PackAccount(from);
    Subtree tree = from == null ? Subtree.empty(partition.suite()) : from.tree();
    if (changes.peek() != null) {
      tree = update(tree, changes, account);
    }
    Reference kept = parts.roots().write(partition, root(last, tree, account.packs()), parts.key());
    progress.kept(kept.lsn());
    return kept;
  }

  private Subtree update(Subtree old, SortedChanges changes, PackAccount account)
      throws IOException {
    try (PackWriter writer =
        new PackWriter(
            parts.writing(),
            parts.cache(),
            partition,
            parts.executor(),
            account.nextNumber(),
            cursor.lsn())) {
      Subtree tree =
          TreeUpdate.apply(
              partition.suite(),
              old,
              subtree -> node(subtree, account),
              new LineageEdits(changes, this::found),
              new TreeBuilder(partition.suite(), new Boundaries(partition.seed()), writer));
      account.finish(tree, writer.finish());
      return tree;
    }
  }

  private byte[] node(Subtree subtree, PackAccount account) throws IOException {
    ReferenceRoot root = from;
    if (root == null) {
      throw new IllegalStateException("the empty tree has no nodes");
    }
    account.replace(subtree.place());
    return parts.cache().node(partition, root, subtree.place());
  }

  private void found(LineageBreak found) {
    lineageBreaks++;
    progress.lineage(found);
  }

  private ReferenceRoot root(ArchivedSegment last, Subtree tree, List<Pack> packs) {
    Manifest manifest = last.manifest();
    return new ReferenceRoot(
        partition.cluster(),
        partition.table(),
        partition.tableId(),
        partition.partition(),
        cursor.lsn(),
        last.summary().firstLsn(),
        cursor.term(),
        cursor.fenceTerm(),
        cursor.fenceSequence(),
        cursor.time(),
        from == null ? Sha256.NONE : from.base(),
        last.manifestFile(),
        manifest.chain(),
        lineageBreaks,
        partition.suite(),
        tree,
        packs,
        parts.key().certificate().node(),
        parts.key().certificate().fingerprint(),
        parts.clock().millis());
  }
}
