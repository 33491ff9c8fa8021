package dev.assay.archiver;

import dev.assay.archiver.AgentStatus.State;
import dev.assay.archiver.ArchiveFinding.Kind;
import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.ManifestCodec;
import dev.assay.logformat.Mutation.ArchiveHead;
import dev.assay.logformat.SegmentChain;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.Sha256;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Archives one partition from one replica's disk, and checks what the other replicas' agents
 * archived.
 *
 * <p>Everything it knows follows from its replica's log, the archive and its cursor, so it may be
 * killed anywhere and begin again. Who leads writes a segment at once; the others leave it to the
 * leader for a while, then compare it with their own logs, entry by entry.
 *
 * <p>{@link #step} does a bounded piece of work and belongs to one thread; {@link #status} and
 * {@link #cursor} may be asked by any.
 *
 * <p>Checks: its log, entry by entry; each segment and manifest as it is archived; at its start,
 * that the archive still ends with the manifest that it saw last; that the archive agrees with the
 * head that the log names. Does not check: what was archived before its cursor. A difference is a
 * finding once it was read so {@value #READS_BEFORE_FINDING} times.
 */
final class Agent implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Agent.class);

  private static final int READS_BEFORE_FINDING = 3;
  private static final long CUT_AGAIN_MS = 5_000;

  /** One is made from the log while the one before is on its way. */
  private static final int UPLOADS_AHEAD = 2;

  private final ArchiveAccess access;
  private final CommittedLog source;
  private final Owner owner;
  private final CursorKeeper cursors;
  private final ArchiveOptions options;
  private final SegmentBudget budget;
  private final Executor threads;
  private final RandomGenerator random;
  private final Set<String> reported = new HashSet<>();

  private @Nullable LogScan scan;
  private final Deque<UploadAhead> ahead = new ArrayDeque<>();
  private int failures;
  private int sameDifference;
  private @Nullable ArchiveFinding lastDifference;
  private @Nullable ArchiveFinding found;
  private volatile boolean headChecked;
  private long endSeenMs;
  private long cutAskedMs;
  private long lastUploadMs;
  private long lastVerifiedMs;

  private volatile ArchiveCursor cursor;
  private volatile AgentStatus status;

  /** What a step came to. */
  enum Step {
    /** There may be more to do at once. */
    MORE,
    /** Nothing to do until the log or the archive grows. */
    IDLE,
    /** Something failed; see {@link #pause}. */
    FAILED
  }

  /**
   * @param threads for what is done beside the steps
   * @throws IOException when the cursor can't be read
   */
  Agent(
      ArchiveAccess access,
      CommittedLog source,
      CursorKeeper cursors,
      ArchiveOptions options,
      SegmentBudget budget,
      Executor threads,
      RandomGenerator random)
      throws IOException {
    this.access = access;
    this.source = source;
    this.owner = source.owner();
    this.cursors = cursors;
    this.options = options;
    this.budget = budget;
    this.threads = threads;
    this.random = random;
    this.cursor = cursors.load(owner);
    this.status = status(State.STARTING, "");
  }

  ArchiveCursor cursor() {
    return cursor;
  }

  /**
   * Whether the archive was seen to have what the cursor says; until then nothing may be dropped.
   */
  boolean headChecked() {
    return headChecked;
  }

  AgentStatus status() {
    return status;
  }

  /** How long to wait before the next step, after one that failed. */
  Duration pause() {
    long min = options.retryMin().toMillis();
    long max = Math.min(options.retryMax().toMillis(), min << Math.min(failures - 1, 20));
    return Duration.ofMillis(max / 2 + random.nextLong(max / 2 + 1));
  }

  Step step() throws InterruptedException {
    try {
      Step step = work();
      failures = 0;
      sameDifference = 0;
      lastDifference = null;
      found = null;
      return step;
    } catch (Difference difference) {
      differs(difference.finding());
    } catch (StoreFailed e) {
      access.events().retried();
      failed(State.RETRYING, String.valueOf(e.getMessage()), e);
    } catch (FormatException | CommittedLog.Damaged e) {
      closeScan();
      differs(
          new ArchiveFinding(
              Kind.LOG_UNREADABLE,
              owner,
              cursor.nextLsn(),
              cursor.nextLsn(),
              "",
              String.valueOf(e.getMessage())));
    } catch (IOException e) {
      closeScan();
      failed(State.RETRYING, String.valueOf(e.getMessage()), e);
    }
    return Step.FAILED;
  }

  private void failed(State state, String detail, @Nullable Throwable cause) {
    failures++;
    if (failures == 1) {
      log.warn("{}: archiving pauses: {}", owner, detail);
      log.debug("{}: archiving pauses", owner, cause);
    }
    status = status(state, detail);
  }

  /** The same difference several times in a row is a finding; a single one may be a bad answer. */
  private void differs(ArchiveFinding finding) {
    access.events().misread();
    sameDifference = finding.equals(lastDifference) ? sameDifference + 1 : 1;
    lastDifference = finding;
    if (sameDifference < READS_BEFORE_FINDING) {
      failures = 1;
      return;
    }
    failures++;
    found = finding;
    status = status(State.FINDING, finding.toString());
    if (reported.add(finding.kind() + " " + finding.firstLsn() + " " + finding.object())) {
      log.error("{}", finding);
      access.events().found(finding);
    }
  }

  private Step work() throws IOException, InterruptedException {
    if (!headChecked) {
      checkHead();
      headChecked = true;
    }
    if (scan == null && cursor.nextLsn() < source.firstLsn()) {
      return join();
    }
    LogScan scanned = scan();
    boolean more = scanned.advance();
    while (more && failures > 0) { // The tail has to be known while the store is away.
      more = scanned.advance();
    }
    LogScan.Ended next = scanned.next();
    if (next == null) {
      cutIfOld(scanned);
      status = status(State.CURRENT, "");
      return more ? Step.MORE : Step.IDLE;
    }
    if (failures == 0 && sameDifference == 0) {
      status = status(State.ARCHIVING, "");
    }
    return archive(scanned, next) || more ? Step.MORE : Step.IDLE;
  }

  /** The archive of this start may be another one, or may have been emptied. */
  private void checkHead() throws IOException {
    if (cursor.lastLsn() < 0) {
      return;
    }
    String key = ArchivePaths.manifest(owner.wal(), cursor.firstLsn());
    byte[] file = access.reading().get(key, ManifestCodec.FILE_BYTES_MAX);
    if (file != null && Sha256.of(file).equals(cursor.manifest())) {
      return;
    }
    throw new Difference(
        new ArchiveFinding(
            file == null ? Kind.LOST : Kind.FORKED,
            owner,
            cursor.firstLsn(),
            cursor.lastLsn(),
            key,
            "this agent has seen manifest %s there; now there is %s"
                .formatted(cursor.manifest(), file == null ? "none" : Sha256.of(file))));
  }

  private LogScan scan() {
    LogScan open = scan;
    if (open == null) {
      open = new LogScan(source, cursor.nextLsn(), cursor.lastTerm(), access.clock());
      scan = open;
      endSeenMs = 0;
    }
    return open;
  }

  private boolean archive(LogScan scanned, LogScan.Ended next)
      throws IOException, InterruptedException {
    SegmentObject object = object(scanned, next);
    SegmentSummary segment = next.summary();
    SegmentWork work = new SegmentWork(access, owner, cursor, object);
    // Who has just brought the object there may go on; if another was faster, the commit says so.
    boolean begun = object.created() && headOver(segment) == null;
    byte[] manifest = begun ? null : work.manifest();
    boolean own = manifest == null;
    if (own) {
      refuseToReplace(work, segment);
      if (!isOurs()) {
        return false;
      }
    }
    try (SegmentBudget.Place place = budget.take()) {
      if (manifest == null) {
        access.publication().ensure();
        object.create(place);
        beginFollowing(scanned);
        work.commit();
        lastUploadMs = access.clock().millis();
        manifest = work.manifest();
      }
      if (manifest == null) {
        throw StoreFailed.temporary(work.manifestKey() + " can't be read back yet", null);
      }
      advance(work.confirm(manifest));
    }
    scanned.archived();
    lastVerifiedMs = access.clock().millis();
    access.events().archived(own);
    if (!own) {
      endSeenMs = 0; // Somebody else writes; whoever has waited once goes on at once.
    }
    return true;
  }

  /** What is left to do of the upload that was begun ahead, or of a new one. */
  private SegmentObject object(LogScan scanned, LogScan.Ended segment) throws InterruptedException {
    UploadAhead begun = ahead.peek();
    if (begun == null || !begun.isOf(segment.summary())) {
      boolean alone = scanned.following(1).isEmpty();
      return new SegmentObject(access, source, segment, new Pace(alone));
    }
    SegmentObject object = begun.await();
    ahead.remove();
    return object;
  }

  /** While this segment is read back and committed, the next ones are uploaded. */
  private void beginFollowing(LogScan scanned) throws IOException, InterruptedException {
    // After a failure the scan may have begun anew, and know less than was begun before.
    List<LogScan.Ended> following = scanned.following(UPLOADS_AHEAD);
    for (LogScan.Ended segment : following.stream().skip(ahead.size()).toList()) {
      SegmentBudget.Place place = headOver(segment.summary()) == null ? budget.takeIfFree() : null;
      if (place == null) {
        return;
      }
      SegmentObject object = new SegmentObject(access, source, segment, new Pace(false));
      ahead.add(new UploadAhead(object, place, threads));
    }
  }

  /** What the log says was archived is never archived again: its loss would be covered up. */
  private void refuseToReplace(SegmentWork work, SegmentSummary segment) throws IOException {
    ArchiveHead head = headOver(segment);
    if (head != null) {
      throw work.difference(
          Kind.LOST,
          "the log says at position %d that it was archived; there is no manifest"
              .formatted(head.lastLsn()));
    }
  }

  /** The newest head in the log, if it says that this segment was archived; null otherwise. */
  private @Nullable ArchiveHead headOver(SegmentSummary segment) throws IOException {
    ArchiveHead head = source.head();
    return head != null && head.lastLsn() >= segment.lastLsn() ? head : null;
  }

  /** Whether this agent writes the segment now, or leaves it to the leader's for a while. */
  private boolean isOurs() {
    long now = access.clock().millis();
    if (endSeenMs == 0) {
      endSeenMs = now;
    }
    return source.leads() || now - endSeenMs >= options.patience().toMillis();
  }

  private void advance(ArchiveCursor next) throws IOException {
    ArchiveHead head = source.head();
    if (head != null
        && head.lastLsn() == next.lastLsn()
        && !head.manifest().equals(next.manifest())) {
      throw new Difference(
          new ArchiveFinding(
              Kind.FORKED,
              owner,
              cursor.nextLsn(),
              next.lastLsn(),
              ArchivePaths.manifest(owner.wal(), cursor.nextLsn()),
              "the log names manifest %s as the head at position %d; the archive has %s"
                  .formatted(head.manifest(), head.lastLsn(), next.manifest())));
    }
    cursors.save(owner, next);
    cursor = next;
  }

  /**
   * Follows the archive over what is no longer in this log: manifests alone, each checked against
   * the one before.
   */
  private Step join() throws IOException {
    String key = ArchivePaths.manifest(owner.wal(), cursor.nextLsn());
    byte[] file = access.reading().get(key, ManifestCodec.FILE_BYTES_MAX);
    if (file == null) {
      ArchiveHead head = source.head();
      if (head != null && head.lastLsn() >= cursor.nextLsn()) {
        throw new Difference(
            new ArchiveFinding(
                Kind.LOST,
                owner,
                cursor.nextLsn(),
                head.lastLsn(),
                key,
                "the log says that it was archived up to %d; there is no manifest"
                    .formatted(head.lastLsn())));
      }
      cut(options.cutAge().toMillis());
      status =
          status(
              State.JOINING,
              "the log begins at position %d; waiting for others to archive from %d"
                  .formatted(source.firstLsn(), cursor.nextLsn()));
      return Step.IDLE;
    }
    Manifest manifest = ManifestCheck.signed(access, owner, cursor.nextLsn(), key, file);
    if (!manifest.previous().equals(cursor.manifest())
        || !manifest.chain().equals(SegmentChain.next(cursor.chain(), manifest.segment()))) {
      throw new Difference(
          new ArchiveFinding(
              Kind.FORKED,
              owner,
              manifest.segment().firstLsn(),
              manifest.segment().lastLsn(),
              key,
              "it does not follow the manifest before it, " + cursor.manifest()));
    }
    advance(ArchiveCursor.after(manifest, file));
    status = status(State.JOINING, "");
    return Step.MORE;
  }

  /** Bounds the tail in time. */
  private void cutIfOld(LogScan scanned) {
    long since = scanned.openSinceMs();
    if (since != 0 && access.clock().millis() - since >= options.cutAge().toMillis()) {
      cut(CUT_AGAIN_MS);
    }
  }

  /** A leader that can't log now tries again later. */
  private void cut(long againMs) {
    long now = access.clock().millis();
    if (now - cutAskedMs < againMs || !source.leads()) {
      return;
    }
    cutAskedMs = now;
    try {
      source.logCut(cursor.head());
    } catch (IOException e) {
      log.debug("{}: no cut was logged: {}", owner, e.getMessage());
    }
  }

  private AgentStatus status(State state, String detail) {
    LogScan scanned = scan;
    long tailBytes = scanned == null ? 0 : scanned.tailBytes();
    return new AgentStatus(
        owner,
        state,
        detail,
        cursor.lastLsn(),
        cursor.lastTerm(),
        cursor.manifest(),
        source.committedLsn(),
        tailBytes,
        scanned == null ? 0 : scanned.tailSinceMs(),
        tailBytes > options.tailBytesMax(),
        lastUploadMs,
        lastVerifiedMs,
        found);
  }

  private void closeScan() {
    LogScan open = scan;
    scan = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        log.warn("{}: the log could not be closed", owner, e);
      }
    }
  }

  @Override
  public void close() {
    closeScan();
    ahead.forEach(UploadAhead::close);
    ahead.clear();
  }
}
