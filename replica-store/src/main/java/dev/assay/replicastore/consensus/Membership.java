package dev.assay.replicastore.consensus;

import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.consensus.Vouch.Owed;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongSupplier;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the other members and Ratis in one group, and keeps this member to its word.
 *
 * <ul>
 *   <li>A vote is written to the {@link VouchFile} before it is answered or asked for.
 *   <li>A member that owes what it had vouched for neither votes nor stands, until its log has
 *       grown past it again.
 *   <li>A voter that heard from a leader a moment ago, or has just started, elects no other: the
 *       leader's lease rests on it. Ratis checks this when it is asked whether it would vote, not
 *       when it does.
 *   <li>A message that doesn't name the entry before it says nothing of what this log holds, so it
 *       can't commit anything but what it carries. Ratis would commit its own first entry.
 * </ul>
 *
 * <p>Any thread may call.
 */
final class Membership {
  private final PartitionId partition;
  private final String node;
  private final VouchFile vouches;
  private final Path logFolder;
  private final long electionTimeoutMinNanos;
  private final LongSupplier nanoClock;
  private final FatalStop fatalStop;
  private final Log log;

  /** Read for taking entries, written for votes: a vote sees every message that was accepted. */
  private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();

  /** It may have acknowledged a leader just before it started, and thereby a lease. */
  private final boolean forgetful;

  private final long startedNanos;
  private volatile boolean heard;
  private volatile long heardNanos;
  private volatile String heardFrom = "";

  /** What was acknowledged as flushed, and how often the log was cut back. */
  private LogPosition flushed;

  private long cuts;
  private long lastCutNanos;
  private boolean wasCut;

  private volatile @Nullable Owed owed;
  private volatile long leaderCommitAtReturn = -1;

  private volatile RaftServer.@Nullable Division division;

  /** What this needs to know of the applied state. */
  interface Log {
    LogPosition applied();
  }

  Membership(
      PartitionId partition,
      ConsensusOptions options,
      VouchFile vouches,
      boolean hasHistory,
      Path logFolder,
      Log log,
      FatalStop fatalStop,
      LongSupplier nanoClock) {
    this.partition = partition;
    this.node = options.node();
    this.vouches = vouches;
    this.forgetful = hasHistory && options.leaderLease();
    this.logFolder = logFolder;
    this.log = log;
    this.fatalStop = fatalStop;
    this.nanoClock = nanoClock;
    electionTimeoutMinNanos = options.electionTimeoutMin().toNanos();
    startedNanos = nanoClock.getAsLong();
    Vouch vouch = vouched();
    flushed = vouch.flushed();
    owed = vouch.owed();
  }

  private Vouch vouched() {
    Vouch vouch = vouches.of(partition.groupId());
    return vouch == null ? Vouch.none(partition.groupId()) : vouch;
  }

  void started(RaftServer.Division started) {
    division = started;
  }

  boolean catchingUp() {
    return owed != null;
  }

  // ---- votes

  RequestVoteReplyProto requestVote(RequestVoteRequestProto request, RaftServer server)
      throws IOException {
    if (owed != null) {
      return refusal(request);
    }
    if (request.getPreVote()) {
      return server.requestVote(request);
    }
    Lock alone = enter(gate.writeLock());
    try {
      if (mustKeepLeader(request.getServerRequest())) {
        return refusal(request);
      }
      RequestVoteReplyProto reply = server.requestVote(request);
      if (reply.getServerReply().getSuccess()) {
        vouchVote(
            request.getCandidateTerm(), request.getServerRequest().getRequestorId().toStringUtf8());
      }
      return reply;
    } finally {
      alone.unlock();
    }
  }

  /** Before this member asks for votes, and so votes for itself. */
  void beforeStanding(RequestVoteRequestProto request) throws IOException {
    if (owed != null) {
      throw new IOException(
          node
              + " does not stand in "
              + partition
              + ": it catches up with what it had vouched for");
    }
    if (!request.getPreVote()) {
      vouchVote(request.getCandidateTerm(), node);
    }
  }

  StartLeaderElectionReplyProto startLeaderElection(
      StartLeaderElectionRequestProto request, RaftServer server) throws IOException {
    if (owed != null) {
      return StartLeaderElectionReplyProto.newBuilder()
          .setServerReply(reply(request.getServerRequest(), false))
          .build();
    }
    return server.startLeaderElection(request);
  }

  private boolean mustKeepLeader(RaftRpcRequestProto candidate) throws IOException {
    long now = nanoClock.getAsLong();
    if (heard
        && now - heardNanos < electionTimeoutMinNanos
        && !heardFrom.equals(candidate.getRequestorId().toStringUtf8())) {
      // A leader that is asked for its vote gives up its own lease with it.
      return !division().getInfo().isLeader();
    }
    return forgetful && !heard && now - startedNanos < electionTimeoutMinNanos;
  }

  private void vouchVote(long term, String vote) throws IOException {
    Vouch before = vouched();
    if (before.term() == term && vote.equals(before.vote())) {
      return;
    }
    try {
      // Ratis renames its vote file into place and leaves the folder to the file system.
      vouches.forceFolder(logFolder);
      vouches.update(partition.groupId(), vouch -> vouch.withVote(term, vote));
      vouches.write();
    } catch (IOException e) {
      if (Files.exists(logFolder)) {
        fatalStop.stop("a vote in " + partition + " could not be made durable", e);
      }
      // Without the folder the table was dropped meanwhile: no vote is given, and none is missed.
      throw e;
    }
  }

  private RequestVoteReplyProto refusal(RequestVoteRequestProto request) throws IOException {
    TermIndex last = division().getRaftLog().getLastEntryTermIndex();
    RequestVoteReplyProto.Builder reply =
        RequestVoteReplyProto.newBuilder()
            .setServerReply(reply(request.getServerRequest(), false))
            .setTerm(division().getInfo().getCurrentTerm())
            .setShouldShutdown(false);
    if (last != null) {
      reply.setLastEntry(
          TermIndexProto.newBuilder().setTerm(last.getTerm()).setIndex(last.getIndex()));
    }
    return reply.build();
  }

  private static RaftRpcReplyProto reply(RaftRpcRequestProto request, boolean success) {
    return RaftRpcReplyProto.newBuilder()
        .setRequestorId(request.getRequestorId())
        .setReplyId(request.getReplyId())
        .setRaftGroupId(request.getRaftGroupId())
        .setCallId(request.getCallId())
        .setSuccess(success)
        .build();
  }

  // ---- entries

  CompletableFuture<AppendEntriesReplyProto> append(
      AppendEntriesRequestProto request, Appending server) throws IOException {
    AppendEntriesRequestProto honest = commitOnlyWhatIsCovered(request);
    Lock shared = enter(gate.readLock());
    long cutsBefore;
    try {
      if (honest.getLeaderTerm() >= division().getInfo().getCurrentTerm()) {
        heardFrom = honest.getServerRequest().getRequestorId().toStringUtf8();
        heardNanos = nanoClock.getAsLong();
        heard = true;
      }
      synchronized (this) {
        cutsBefore = cuts;
      }
      CompletableFuture<AppendEntriesReplyProto> reply = server.call(honest);
      return reply.whenComplete((done, failed) -> noteAccepted(honest, done, cutsBefore));
    } finally {
      shared.unlock();
    }
  }

  /** A call into Ratis that may fail before it answers. */
  @FunctionalInterface
  interface Appending {
    CompletableFuture<AppendEntriesReplyProto> call(AppendEntriesRequestProto request)
        throws IOException;
  }

  static AppendEntriesRequestProto commitOnlyWhatIsCovered(AppendEntriesRequestProto request) {
    if (request.hasPreviousLog()) {
      return request;
    }
    int count = request.getEntriesCount();
    long covered = count == 0 ? -1 : request.getEntries(count - 1).getIndex();
    return request.getLeaderCommit() <= covered
        ? request
        : request.toBuilder().setLeaderCommit(covered).build();
  }

  /** What the leader itself has committed; the message's own commit index stops at its entries. */
  private static long commitOf(AppendEntriesRequestProto request) {
    for (CommitInfoProto info : request.getCommitInfosList()) {
      if (info.getServer().getId().equals(request.getServerRequest().getRequestorId())) {
        return info.getCommitIndex();
      }
    }
    return -1;
  }

  private void noteAccepted(
      AppendEntriesRequestProto request, @Nullable AppendEntriesReplyProto reply, long cutsBefore) {
    if (reply == null || reply.getResult() != AppendResult.SUCCESS) {
      return;
    }
    if (owed != null && leaderCommitAtReturn < 0) {
      leaderCommitAtReturn = commitOf(request);
    }
    int count = request.getEntriesCount();
    if (count == 0) {
      return;
    }
    LogEntryProto last = request.getEntries(count - 1);
    synchronized (this) {
      // An entry that was accepted before the log was cut back may be gone again.
      if (cuts == cutsBefore && last.getIndex() > flushed.lsn()) {
        flushed = new LogPosition(last.getIndex(), last.getTerm());
      }
    }
  }

  /** The log from a position on is about to be cut off: lower what is vouched for first. */
  void cutting(long lsn) {
    synchronized (this) {
      cuts++;
      wasCut = true;
      lastCutNanos = nanoClock.getAsLong();
      if (flushed.lsn() >= lsn) {
        flushed = position(lsn - 1);
      }
    }
    if (vouched().flushed().lsn() < lsn) {
      return;
    }
    LogPosition kept = position(lsn - 1);
    vouches.update(partition.groupId(), vouch -> vouch.withFlushed(kept));
    try {
      vouches.write();
    } catch (IOException e) {
      fatalStop.stop("what " + partition + " vouches for could not be made durable", e);
    }
  }

  private LogPosition position(long lsn) {
    RaftServer.Division known = division;
    if (lsn < 0 || known == null) {
      return LogPosition.NONE;
    }
    TermIndex at = known.getRaftLog().getTermIndex(lsn);
    LogPosition applied = log.applied();
    if (at == null) {
      return applied.lsn() == lsn ? applied : LogPosition.NONE;
    }
    return new LogPosition(lsn, at.getTerm());
  }

  // ---- regularly

  /** Puts what changed into the vouch file's memory; the caller writes it. */
  void tick() throws IOException {
    RaftServer.Division known = division;
    if (known == null || !known.getInfo().isAlive() || !known.getRaftLog().isOpened()) {
      return;
    }
    long term = known.getInfo().getCurrentTerm();
    LogPosition now = flushedNow(known, term);
    Vouch before = vouched();
    boolean newTerm = term > before.term();
    if (newTerm || !now.equals(before.flushed())) {
      vouches.forceFolder(logFolder);
      VoteFile.Vote written = newTerm ? VoteFile.read(logFolder) : null;
      vouches.update(
          partition.groupId(),
          vouch -> {
            Vouch later = written == null ? vouch : vouch.withTerm(written.term());
            synchronized (this) {
              return wasCutSince(now) ? later : later.withFlushed(now);
            }
          });
    }
    Owed debt = owed;
    if (debt != null && isPaid(debt, known)) {
      vouches.update(partition.groupId(), vouch -> vouch.withOwed(null));
      vouches.write();
      owed = null;
    }
  }

  /** A cut may come between the look at the log and the note of it. */
  private boolean wasCutSince(LogPosition seen) {
    return seen.lsn() > flushed.lsn();
  }

  /**
   * A follower vouches for what it acknowledged. A leader never cuts its own log back, so it
   * vouches for what its log says is flushed; but not soon after a cut from before it led, which
   * its disk may still have before it.
   */
  private LogPosition flushedNow(RaftServer.Division known, long term) {
    boolean leads = known.getInfo().isLeader() && known.getInfo().isLeaderReady();
    long index = known.getRaftLog().getFlushIndex();
    TermIndex at = leads ? known.getRaftLog().getTermIndex(index) : null;
    synchronized (this) {
      boolean settled =
          !wasCut || nanoClock.getAsLong() - lastCutNanos > TimeUnit.SECONDS.toNanos(10);
      if (at != null && at.getTerm() <= term && settled && index > flushed.lsn()) {
        flushed = new LogPosition(index, at.getTerm());
      }
      return flushed;
    }
  }

  /**
   * Whether everything is held again that may have been committed by this member's lost word: its
   * log agrees with a leader's up to a committed entry of that leader's own term, and reaches past
   * what was vouched for, unless the leader's term is later and cut it off.
   */
  private boolean isPaid(Owed debt, RaftServer.Division known) {
    DivisionInfo info = known.getInfo();
    long term = info.getCurrentTerm();
    long committed = known.getRaftLog().getLastCommittedIndex();
    long leaderCommit = leaderCommitAtReturn;
    if (!info.isFollower() || info.getLeaderId() == null || leaderCommit < 0) {
      return false;
    }
    return committed >= leaderCommit
        && position(committed).term() == term
        && (term > debt.term() || committed >= debt.lsn());
  }

  private RaftServer.Division division() throws IOException {
    RaftServer.Division known = division;
    if (known == null) {
      throw new IOException(partition + " is still starting on " + node);
    }
    return known;
  }

  private Lock enter(Lock lock) throws IOException {
    try {
      if (lock.tryLock(electionTimeoutMinNanos, TimeUnit.NANOSECONDS)) {
        return lock;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted at the gate of " + partition);
    }
    throw new IOException(
        "the gate of "
            + partition
            + " stayed shut for "
            + Duration.ofNanos(electionTimeoutMinNanos));
  }
}
