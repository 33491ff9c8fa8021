package dev.assay.archiver;

import dev.assay.archiver.ArchiveListing.Position;
import dev.assay.archiver.ArchiveVerification.Range;
import dev.assay.archiver.ArchiveVerification.State;
import dev.assay.logformat.ClusterRoot;
import dev.assay.logformat.SignerLookup;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Holds the archive against what is expected of it.
 *
 * <p>Checks, for each partition from LSN 0 on: every manifest and every segment is there; every
 * manifest is in its one form, signed by a node that the cluster's root certifies, for this
 * partition and place; the manifests name each other and continue one chain; the known head is
 * among them; every segment object has its length. When it goes deep, also: every segment has its
 * digest, and every entry in it is decoded and is what {@link SegmentInspection} asks.
 *
 * <p>Does not check: that the entries are those which the replicas committed, which the agents do;
 * what the entries do to items; and, unless it goes deep, what is inside a segment.
 *
 * <p>It only reads. A store that fails gives {@link State#UNCHECKED}, never {@link State#FOUND}.
 * Memory holds the names of one archive and {@value #PARALLEL} segments. For one thread at a time.
 */
public final class ArchiveVerifier {
  private static final int PARALLEL = 4;

  /** Learns how far a verification is; the totals are known from the start. */
  public interface Progress {
    void advance(long objects, long objectsTotal, long bytes, long bytesTotal);
  }

  private record Plan(
      ExpectedPartition expected, @Nullable ArchiveListing listing, String failure) {}

  private final ObjectStore store;
  private final SignerLookup signers;
  private final InstantSource clock;
  private final Duration ageBound;

  /**
   * @param ageBound how old an entry may become before it is archived; for the words of a delay
   */
  public ArchiveVerifier(
      ObjectStore store, ClusterRoot root, InstantSource clock, Duration ageBound) {
    this.store = store;
    this.signers = new CertifiedSigners(store, root);
    this.clock = clock;
    this.ageBound = ageBound;
  }

  public ArchiveVerification verify(
      List<ExpectedPartition> partitions, boolean deep, Progress progress)
      throws InterruptedException {
    List<Plan> plans = new ArrayList<>();
    for (ExpectedPartition expected : partitions) {
      plans.add(plan(expected));
    }
    Tally tally = new Tally(plans, deep, progress);
    List<Range> ranges = new ArrayList<>();
    ExecutorService readers =
        Executors.newFixedThreadPool(
            PARALLEL, Thread.ofPlatform().daemon().name("archive-verify-", 0).factory());
    try {
      for (Plan plan : plans) {
        ranges.addAll(walk(plan, deep, tally, readers));
      }
    } finally {
      readers.shutdownNow();
    }
    return new ArchiveVerification(
        ArchiveVerification.worst(ranges), ranges, tally.bytes, tally.objects);
  }

  private Plan plan(ExpectedPartition expected) {
    try {
      return new Plan(expected, ArchiveListing.read(store, expected.owner()), "");
    } catch (StoreFailed e) {
      return new Plan(expected, null, "the store failed: " + e.getMessage());
    }
  }

  private List<Range> walk(Plan plan, boolean deep, Tally tally, ExecutorService readers)
      throws InterruptedException {
    ExpectedPartition expected = plan.expected();
    ArchiveListing listing = plan.listing();
    if (listing == null) {
      long last = Math.max(expected.headLsn(), expected.committedLsn());
      return List.of(new Range(expected.owner(), 0, last, "", State.UNCHECKED, plan.failure()));
    }
    EvidenceReader reader =
        new EvidenceReader(store, signers, expected.owner(), listing.wal(), deep);
    PartitionWalk walk = new PartitionWalk(expected, listing);
    Iterator<Position> positions = listing.positions().iterator();
    Queue<Future<SegmentEvidence>> inFlight = new ArrayDeque<>();
    while (positions.hasNext() || !inFlight.isEmpty()) {
      while (positions.hasNext() && inFlight.size() < PARALLEL) {
        Position position = positions.next();
        inFlight.add(readers.submit(() -> reader.read(position)));
      }
      SegmentEvidence evidence = result(inFlight.remove());
      walk.step(evidence);
      tally.add(evidence);
    }
    return walk.end(clock.millis(), ageBound.toMillis());
  }

  private static SegmentEvidence result(Future<SegmentEvidence> evidence)
      throws InterruptedException {
    try {
      return evidence.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a bug in the verification", e.getCause());
    }
  }

  /** What was read so far. */
  private static final class Tally {
    private final Progress progress;
    private final long objectsTotal;
    private final long bytesTotal;
    private long objects;
    private long bytes;

    Tally(List<Plan> plans, boolean deep, Progress progress) {
      this.progress = progress;
      long allObjects = 0;
      long allBytes = 0;
      for (Plan plan : plans) {
        ArchiveListing listing = plan.listing();
        if (listing != null) {
          allObjects += listing.objects();
          allBytes += listing.bytes(deep);
        }
      }
      objectsTotal = allObjects;
      bytesTotal = allBytes;
    }

    void add(SegmentEvidence evidence) {
      Position position = evidence.position();
      objects += (position.hasManifest() ? 1 : 0) + (position.hasSegment() ? 1 : 0);
      bytes += evidence.bytesRead();
      progress.advance(objects, objectsTotal, bytes, bytesTotal);
    }
  }
}
