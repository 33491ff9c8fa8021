package dev.assay.replicastore.consensus;

import dev.assay.replicastore.PartitionId;
import java.io.IOException;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.ratis.io.CorruptedFileException;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.exceptions.ChecksumException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A membership as its partition sees it, over one division of Ratis's server.
 *
 * <p>Entries are handed to the division in the calling thread, which appends them before it
 * returns; so calls of one thread are appended in their order. Whether an entry reached the log is
 * known from the entry itself ({@link PendingAppend#reachedLog}) and not guessed from an exception:
 * Ratis fails requests with the same exceptions before and after it has appended them.
 */
final class RatisGroup implements Group, ApplierStateMachine.Events, LeadershipProof.Leadership {
  private static final Logger LOG = LoggerFactory.getLogger(RatisGroup.class);

  private final PartitionId partition;
  private final RaftGroupId groupId;
  private final RaftPeerId self;
  private final ConsensusOptions options;
  private final LogApplier applier;
  private final FatalStop fatalStop;
  private final ClientId clientId;
  private final AtomicLong callIds = new AtomicLong();
  private final ApplierStateMachine machine;
  private final LeadershipProof proof;
  private final Membership membership;
  private final Handover handover;
  private final StoppedReplica onStopped;

  /** One at a time, and never with a lock of Ratis's held. */
  private final ExecutorService outside;

  private final AtomicBoolean telling = new AtomicBoolean();
  private final Map<RaftPeerId, LogAppender> appenders = new ConcurrentHashMap<>();
  private final PriorityQueue<Wait> waits = new PriorityQueue<>();
  private final AtomicBoolean ended = new AtomicBoolean();

  private volatile RaftServer.@Nullable Division division;
  private volatile long readyTerm = -1;
  private long snapshotAskedAt;
  private volatile Status lastStatus = new Status(0, Role.FOLLOWER, null, -1, -1, -1, 0);

  /** What the applier was last told; written on {@link #outside} alone. */
  private volatile Told told = new Told(-1, null);

  /**
   * @param leadingTerm -1 when it follows
   * @param leader another node, if one is known
   */
  private record Told(long leadingTerm, @Nullable String leader) {}

  /** Ends a membership that can't go on, without waiting. */
  interface StoppedReplica {
    void end(RatisGroup group) throws IOException;
  }

  private record Wait(long lsn, CompletableFuture<Void> reached) implements Comparable<Wait> {
    @Override
    public int compareTo(Wait other) {
      return Long.compare(lsn, other.lsn);
    }
  }

  RatisGroup(
      PartitionId partition,
      ConsensusOptions options,
      LogApplier applier,
      FatalStop fatalStop,
      UUID clientId,
      MembershipMaker memberships,
      Handover handover,
      StoppedReplica onStopped,
      LongSupplier nanoClock) {
    this.partition = partition;
    this.groupId = RaftGroupId.valueOf(partition.groupId());
    this.self = RaftPeerId.valueOf(options.node());
    this.options = options;
    this.applier = applier;
    this.fatalStop = fatalStop;
    this.clientId = ClientId.valueOf(clientId);
    this.handover = handover;
    this.onStopped = onStopped;
    outside =
        Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("consensus-" + partition).factory());
    machine = new ApplierStateMachine(applier, this);
    membership = memberships.make(machine::applied);
    snapshotAskedAt = applier.durable().lsn();
    proof =
        new LeadershipProof(
            this, options.leaderLease(), options.lease(), options.electionTimeoutMax(), nanoClock);
  }

  /** Makes the guard of a group once there is an applied position. */
  interface MembershipMaker {
    Membership make(Membership.Log log);
  }

  void started(RaftServer.Division started) {
    membership.started(started);
    division = started;
    rolesChanged();
  }

  boolean isStarted() {
    return division != null;
  }

  RaftGroupId groupId() {
    return groupId;
  }

  PartitionId partition() {
    return partition;
  }

  ApplierStateMachine machine() {
    return machine;
  }

  Membership membership() {
    return membership;
  }

  LeadershipProof proof() {
    return proof;
  }

  void appenderMade(LogAppender appender) {
    appenders.put(appender.getFollowerId(), appender);
  }

  // ---- appending

  @Override
  public CompletableFuture<Long> append(byte[] payload) {
    if (payload.length > options.entrySizeMaxBytes()) {
      throw new IllegalArgumentException(
          "an entry of "
              + payload.length
              + " bytes is larger than the largest allowed, "
              + options.entrySizeMaxBytes());
    }
    PendingAppend pending = new PendingAppend(payload);
    if (!(division instanceof RaftClientAsynchronousProtocol log) || ended.get()) {
      pending.result.completeExceptionally(new NotLeading(null));
      return pending.result;
    }
    RaftClientRequest request =
        RaftClientRequest.newBuilder()
            .setClientId(clientId)
            .setServerId(self)
            .setGroupId(groupId)
            .setCallId(callIds.incrementAndGet())
            .setMessage(pending)
            .setType(RaftClientRequest.writeRequestType())
            .build();
    try {
      CompletableFuture<RaftClientReply> answer = log.submitClientRequestAsync(request);
      if (answer.isDone()) {
        settle(pending, answer);
      } else {
        answer.whenComplete(
            (reply, failure) -> {
              if (!pending.result.isDone()) {
                // Ratis may hold its locks here, and whoever waits may want them.
                later(() -> settle(pending, answer));
              }
            });
      }
    } catch (IOException | RuntimeException e) {
      fail(pending, e);
    }
    return pending.result;
  }

  private void settle(PendingAppend pending, CompletableFuture<RaftClientReply> answer) {
    if (answer.isCompletedExceptionally()) {
      fail(pending, answer.exceptionNow());
      return;
    }
    RaftClientReply reply = answer.join();
    if (reply.isSuccess()) {
      fail(pending, new IllegalStateException("agreed on, but not applied here"));
    } else {
      fail(pending, reply.getException());
    }
  }

  private void fail(PendingAppend pending, @Nullable Throwable cause) {
    if (pending.reachedLog()) {
      pending.result.completeExceptionally(
          new OutcomeUnknown("the entry reached the log of " + options.node(), cause));
    } else if (cause instanceof ResourceUnavailableException) {
      pending.result.completeExceptionally(new TooMuchInFlight());
    } else {
      pending.result.completeExceptionally(new NotLeading(otherLeader()));
    }
  }

  // ---- leading

  @Override
  public CompletableFuture<Void> confirmLeadership() {
    RaftServer.Division known = division;
    if (known == null || ended.get()) {
      return CompletableFuture.failedFuture(new NotLeading(null));
    }
    long committed = known.getRaftLog().getLastCommittedIndex();
    CompletableFuture<Void> proven = proof.confirm();
    if (proven.state() == CompletableFuture.State.SUCCESS) {
      return reached(committed);
    }
    return proven.thenCompose(led -> reached(committed));
  }

  private CompletableFuture<Void> reached(long lsn) {
    if (machine.applied().lsn() >= lsn) {
      return CompletableFuture.completedFuture(null);
    }
    Wait wait = new Wait(lsn, new CompletableFuture<>());
    synchronized (waits) {
      waits.add(wait);
    }
    // Either this sees what was applied in between, or the applying thread sees the wait.
    applied(machine.applied());
    return wait.reached;
  }

  @Override
  public void applied(LogPosition position) {
    synchronized (waits) {
      if (waits.isEmpty() || waits.peek().lsn > position.lsn()) {
        return;
      }
    }
    for (Wait wait = due(position.lsn()); wait != null; wait = due(position.lsn())) {
      wait.reached.complete(null);
    }
  }

  private @Nullable Wait due(long lsn) {
    synchronized (waits) {
      Wait first = waits.peek();
      return first != null && first.lsn <= lsn ? waits.poll() : null;
    }
  }

  private void failWaits() {
    for (Wait wait = due(Long.MAX_VALUE); wait != null; wait = due(Long.MAX_VALUE)) {
      wait.reached.completeExceptionally(new NotLeading(otherLeader()));
    }
  }

  @Override
  public long readyTerm() {
    RaftServer.Division known = division;
    if (known == null || ended.get()) {
      return -1;
    }
    DivisionInfo info = known.getInfo();
    long term = readyTerm;
    boolean leads = term >= 0 && info.isLeader() && info.isLeaderReady() && info.isAlive();
    return leads && info.getCurrentTerm() == term ? term : -1;
  }

  @Override
  public int othersNeeded() {
    RaftServer.Division known = division;
    return known == null ? Integer.MAX_VALUE : known.getRaftConf().getCurrentPeers().size() / 2;
  }

  @Override
  public void askFollowers() {
    appenders.values().forEach(LogAppender::triggerHeartbeat);
  }

  /** The leader, unless it is this node, which then is no use to whom it refused. */
  @Override
  public @Nullable String otherLeader() {
    String leader = leader();
    return options.node().equals(leader) ? null : leader;
  }

  private @Nullable String leader() {
    RaftServer.Division known = division;
    RaftPeerId leader = known == null || ended.get() ? null : known.getInfo().getLeaderId();
    return leader == null ? null : leader.toString();
  }

  @Override
  public void stepDown() {
    RaftServer.Division known = division;
    if (known != null && known.getInfo().isLeader()) {
      proof.noLease(known.getInfo().getCurrentTerm());
      Thread.ofVirtual().name("step-down-" + partition).start(this::handOver);
    }
  }

  private void handOver() {
    RaftServer.Division known = division;
    if (known != null && known.getInfo().isLeader()) {
      handover.away(known, appenders.values());
    }
  }

  @Override
  public void requestSnapshot() {
    long timeoutMs = options.electionTimeoutMax().toMillis() * 10;
    handover.requestSnapshot(
        SnapshotManagementRequest.newCreate(
            clientId, self, groupId, callIds.incrementAndGet(), timeoutMs, 1));
  }

  @Override
  public DiskLog diskLog() {
    return new DiskLog(options.logFolder(partition), () -> status().committedLsn());
  }

  // ---- what the state machine and the appenders tell

  /** An entry that a follower needs could not be read. */
  void entryNotRead(RaftLogIOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ChecksumException || cause instanceof CorruptedFileException) {
        // Ratis would read it again and again. The start checks all files, and names the bad one.
        fatal("the log is damaged (" + cause.getMessage() + "); start the node again", failure);
        return;
      }
    }
  }

  @Override
  public void leaderReady(long term) {
    readyTerm = term;
    rolesChanged();
  }

  @Override
  public void rolesChanged() {
    if (telling.compareAndSet(false, true)) {
      later(this::tellRoles);
    }
  }

  /** Runs something without any lock of Ratis's, and after what was to be run before. */
  private void later(Runnable task) {
    try {
      outside.execute(task);
    } catch (RejectedExecutionException afterTheEnd) {
      Thread.ofVirtual().start(task);
    }
  }

  /** Tells the applier what is so now; what came and went in between was not worth telling. */
  private void tellRoles() {
    telling.set(false);
    Told before = told;
    Told now = rolesNow();
    try {
      if (now.leadingTerm >= 0 && now.leadingTerm != before.leadingTerm) {
        if (before.leadingTerm >= 0) {
          applier.following(null);
        }
        applier.leading(now.leadingTerm);
      } else if (now.leadingTerm < 0 && !now.equals(before)) {
        applier.following(now.leader);
      }
      told = now;
    } catch (Throwable t) {
      fatal("telling of a change of leadership failed", t);
    }
  }

  private Told rolesNow() {
    long term = readyTerm();
    return new Told(term, term >= 0 ? null : otherLeader());
  }

  @Override
  public void truncating(long lsn) {
    membership.cutting(lsn);
  }

  @Override
  public void replicaStopped(String why, @Nullable Throwable cause) {
    LOG.error("the replica of {} on {} stops: {}", partition, options.node(), why, cause);
    machine.stopApplying();
    Thread.ofVirtual()
        .name("stop-" + partition)
        .start(
            () -> {
              handOver();
              endStopped(why);
            });
  }

  private void endStopped(String why) {
    ending();
    try {
      onStopped.end(this);
    } catch (IOException e) {
      LOG.warn("the membership of {} in {} did not end cleanly", options.node(), partition, e);
    }
    later(() -> applier.stopped(why));
    ended();
  }

  @Override
  public void fatal(String what, @Nullable Throwable cause) {
    machine.stopApplying();
    ended.set(true);
    fatalStop.stop(what + " (partition " + partition + " on " + options.node() + ")", cause);
  }

  @Override
  public void closedByRatis() {
    if (!ended.get()) {
      fatal(
          "consensus closed the log by itself; if its files are damaged, the next start says so",
          null);
    }
  }

  // ---- regularly, and at the end

  /** Called regularly: catches what Ratis does without telling. */
  void watch() {
    lastStatus = status();
    proof.tick();
    Told now = rolesNow();
    if (!now.equals(told)) {
      rolesChanged();
    }
    if (now.leadingTerm < 0) {
      failWaits();
    }
    long droppable = applier.droppable().lsn();
    if (options.snapshotEveryEntries() > 0
        && droppable - snapshotAskedAt >= options.snapshotEveryEntries()) {
      snapshotAskedAt = droppable;
      requestSnapshot();
    }
  }

  /** The membership is about to be ended by this node. */
  void ending() {
    machine.expectClose();
    // The log stays readable, up to what is known to be committed now.
    lastStatus = status();
    ended.set(true);
  }

  /** Ratis has let go of it. */
  void ended() {
    failWaits();
    proof.tick();
    rolesChanged();
    outside.shutdown();
  }

  boolean isEnding() {
    return ended.get();
  }

  @Override
  public Status status() {
    RaftServer.Division known = division;
    if (!ended.get() && known != null) {
      try {
        return status(known);
      } catch (IllegalStateException e) {
        // The log was closed in between.
        LOG.debug("no status of {}", partition, e);
      }
    }
    Status last = lastStatus;
    return new Status(
        last.term(),
        Role.STOPPED,
        null,
        last.lastLsn(),
        last.flushedLsn(),
        last.committedLsn(),
        last.firstLsn());
  }

  private Status status(RaftServer.Division known) {
    RaftLog log = known.getRaftLog();
    TermIndex last = log.getLastEntryTermIndex();
    long lastLsn = Math.max(last == null ? -1 : last.getIndex(), log.getSnapshotIndex());
    long firstLsn = log.getStartIndex();
    return new Status(
        known.getInfo().getCurrentTerm(),
        role(known.getInfo()),
        leader(),
        lastLsn,
        Math.min(lastLsn, log.getFlushIndex()),
        log.getLastCommittedIndex(),
        firstLsn == RaftLog.INVALID_LOG_INDEX ? lastLsn + 1 : firstLsn);
  }

  private Role role(DivisionInfo info) {
    if (!info.isAlive()) {
      return Role.STOPPED;
    }
    if (info.isLeader()) {
      return readyTerm() >= 0 ? Role.LEADER : Role.LEADER_STARTING;
    }
    if (membership.catchingUp()) {
      return Role.CATCHING_UP;
    }
    return info.isCandidate() ? Role.CANDIDATE : Role.FOLLOWER;
  }
}
