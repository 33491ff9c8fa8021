package dev.assay.archiver;

import dev.assay.archiver.ArchiveListing.Position;
import dev.assay.archiver.ArchiveVerification.Range;
import dev.assay.archiver.ArchiveVerification.State;
import dev.assay.archiver.SegmentEvidence.Fault;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.SegmentChain;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Walks one partition's archive from LSN 0 up, and judges how the segments follow each other.
 *
 * <p>Checks: no hole and no overlap; each manifest names the file of the one before, and continues
 * its chain and its terms; the known head is there, and is the one that is known.
 *
 * <p>Where a manifest is missing or not believed, the next one can't be held against it: the walk
 * goes on from what the next one says of itself. A segment behind which no manifest stands, at or
 * above the known head, is one that an agent has not finished: no finding. For one thread at a
 * time.
 */
final class PartitionWalk {
  /** How the last believed manifest ends; what the next one is held against. */
  private record Before(long lastTerm, Sha256 chain, Sha256 manifestFile) {}

  private final ExpectedPartition expected;
  private final ArchiveListing listing;
  private final long lastManifest;
  private final List<Range> ranges = new ArrayList<>();
  private @Nullable Before before = new Before(0, Sha256.NONE, Sha256.NONE);
  private long nextLsn;
  private int positions;

  PartitionWalk(ExpectedPartition expected, ArchiveListing listing) {
    this.expected = expected;
    this.listing = listing;
    this.lastManifest =
        listing.positions().stream()
            .filter(Position::hasManifest)
            .mapToLong(Position::lsn)
            .max()
            .orElse(-1);
  }

  /** Judges the next of the listing's positions. */
  void step(SegmentEvidence evidence) {
    long lsn = evidence.position().lsn();
    positions++;
    if (lsn > Math.max(lastManifest, expected.headLsn())) {
      return;
    }
    if (lsn < nextLsn) {
      overlap(evidence);
      return;
    }
    if (lsn > nextLsn) {
      lose(lsn - 1, "no segment begins before LSN " + lsn);
    }
    Manifest manifest = evidence.manifest();
    if (manifest == null) {
      Fault fault = Objects.requireNonNull(evidence.manifestFault());
      add(lsn, lastBefore(), fault);
      before = null;
    } else {
      Sha256 file = Objects.requireNonNull(evidence.manifestFile());
      judge(manifest, file, evidence.segmentFault());
    }
  }

  /** As far as it is known: up to the next position that is named, or up to the head. */
  private long lastBefore() {
    long lsn = listing.positions().get(positions - 1).lsn();
    if (positions < listing.positions().size()) {
      return listing.positions().get(positions).lsn() - 1;
    }
    return Math.max(lsn, expected.headLsn());
  }

  private void overlap(SegmentEvidence evidence) {
    long lsn = evidence.position().lsn();
    String key =
        evidence.position().hasManifest()
            ? ArchivePaths.manifest(listing.wal(), lsn)
            : ArchivePaths.segment(listing.wal(), lsn);
    ranges.add(
        range(
            lsn,
            lsn,
            key,
            State.FORKED,
            "begins inside a segment that goes on up to LSN " + (nextLsn - 1)));
  }

  private void lose(long lastLsn, String detail) {
    String key = ArchivePaths.manifest(listing.wal(), nextLsn);
    add(nextLsn, lastLsn, new Fault(State.LOST, key, "expected an object, actual none: " + detail));
    before = null;
  }

  private void judge(Manifest manifest, Sha256 file, @Nullable Fault segmentFault) {
    SegmentSummary segment = manifest.segment();
    Fault fault = continuityFault(manifest, file);
    if (fault == null) {
      fault = segmentFault;
    } else if (segmentFault != null) {
      ranges.add(
          range(
              segment.firstLsn(),
              segment.lastLsn(),
              segmentFault.object(),
              segmentFault.state(),
              segmentFault.detail()));
    }
    before = new Before(segment.lastTerm(), manifest.chain(), file);
    if (fault == null) {
      found(segment.firstLsn(), segment.lastLsn());
    } else {
      add(segment.firstLsn(), segment.lastLsn(), fault);
    }
    nextLsn = segment.lastLsn() + 1;
  }

  private @Nullable Fault continuityFault(Manifest manifest, Sha256 file) {
    SegmentSummary segment = manifest.segment();
    String key = ArchivePaths.manifest(listing.wal(), segment.firstLsn());
    Before previous = before;
    if (previous != null) {
      if (!manifest.previous().equals(previous.manifestFile())) {
        return forked(key, "manifest's previous", previous.manifestFile(), manifest.previous());
      }
      Sha256 chain = SegmentChain.next(previous.chain(), segment);
      if (!manifest.chain().equals(chain)) {
        return forked(key, "manifest's chain", chain, manifest.chain());
      }
      if (segment.firstTerm() < previous.lastTerm()) {
        return Fault.corrupt(
            key, "manifest's first term", "at least " + previous.lastTerm(), segment.firstTerm());
      }
    }
    return headFault(key, segment, file);
  }

  private @Nullable Fault headFault(String key, SegmentSummary segment, Sha256 file) {
    long head = expected.headLsn();
    Sha256 known = expected.headManifest();
    if (segment.lastLsn() == head) {
      return known == null || known.equals(file)
          ? null
          : forked(key, "manifest at the known head", known, file);
    }
    return segment.firstLsn() <= head && head < segment.lastLsn()
        ? forked(key, "end of a segment at the known head", head, segment.lastLsn())
        : null;
  }

  private static Fault forked(String key, String what, Object expected, Object actual) {
    String detail = String.valueOf(new Corrupt(what, expected, actual).getMessage());
    return new Fault(State.FORKED, key, detail);
  }

  /** What there is to say when every position was stepped on. */
  List<Range> end(long nowMs, long ageBoundMs) {
    if (nextLsn <= expected.headLsn()) {
      lose(expected.headLsn(), "the known head is LSN " + expected.headLsn());
    }
    if (nextLsn <= expected.committedLsn()) {
      ranges.add(
          range(
              nextLsn,
              expected.committedLsn(),
              listing.wal(),
              State.DELAYED,
              delay(nowMs, ageBoundMs)));
    }
    for (String key : listing.impossible()) {
      ranges.add(range(-1, -1, key, State.CORRUPT, "no agent makes an object of this name"));
    }
    return ranges;
  }

  private String delay(long nowMs, long ageBoundMs) {
    if (expected.oldestUnarchivedMs() == 0) {
      return "not archived yet";
    }
    long ageMs = Math.max(0, nowMs - expected.oldestUnarchivedMs());
    return "not archived yet: the oldest entry is %d s old, %s the bound of %d s"
        .formatted(ageMs / 1000, ageMs > ageBoundMs ? "beyond" : "within", ageBoundMs / 1000);
  }

  private void found(long firstLsn, long lastLsn) {
    Range last = ranges.isEmpty() ? null : ranges.getLast();
    if (last != null && last.state() == State.FOUND && last.lastLsn() == firstLsn - 1) {
      ranges.removeLast();
      ranges.add(range(last.firstLsn(), lastLsn, listing.wal(), State.FOUND, ""));
    } else {
      ranges.add(range(firstLsn, lastLsn, listing.wal(), State.FOUND, ""));
    }
  }

  private void add(long firstLsn, long lastLsn, Fault fault) {
    ranges.add(range(firstLsn, lastLsn, fault.object(), fault.state(), fault.detail()));
    nextLsn = lastLsn + 1;
  }

  private Range range(long firstLsn, long lastLsn, String object, State state, String detail) {
    return new Range(expected.owner(), firstLsn, lastLsn, object, state, detail);
  }
}
