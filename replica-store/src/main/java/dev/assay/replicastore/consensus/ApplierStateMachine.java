package dev.assay.replicastore.consensus;

import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import dev.assay.replicastore.consensus.LogEntry.Kind;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * Ratis's view of a {@link LogApplier}.
 *
 * <p>Ratis tells of every index exactly once and in order, by three ways: a data entry through
 * {@link #applyTransaction}, a configuration through {@link #notifyTermIndexUpdated} after {@link
 * #notifyConfigurationChanged} has announced it, a metadata entry through the former alone. Here
 * they become one sequence. A hole in it stops the replica.
 *
 * <p>A failed apply never becomes a failed future: Ratis would log it and go on. It stops the
 * replica or the process, and what follows is swallowed without being applied.
 */
final class ApplierStateMachine extends BaseStateMachine {
  private static final long RETRY_MS = 500;
  private static final long NEWS_MS = 100;

  private final LogApplier applier;
  private final Events events;

  /** Held while the applier applies, takes or installs a snapshot. */
  private final ReentrantLock applying = new ReentrantLock();

  private volatile LogPosition applied;
  private volatile @Nullable LogEntry announced;
  private boolean readyWithNext;
  private volatile boolean stopped;
  private volatile boolean closing;
  private volatile LifeCycle.State state = LifeCycle.State.NEW;
  private volatile @Nullable RaftStorage storage;
  private volatile @Nullable Thread installer;
  private volatile CompletableFuture<TermIndex> installing =
      CompletableFuture.completedFuture(TermIndex.INITIAL_VALUE);

  /**
   * What the state machine tells its group. Calls come with Ratis's locks held, and must be short.
   */
  interface Events {
    void applied(LogPosition position);

    /** The first entry of this member's own term is applied. */
    void leaderReady(long term);

    /** Something about roles changed. */
    void rolesChanged();

    void replicaStopped(String why, @Nullable Throwable cause);

    void fatal(String what, @Nullable Throwable cause);

    /** The log from {@code lsn} on is about to be cut off. */
    void truncating(long lsn);

    /** Ratis closed this replica, and nobody here asked it to. */
    void closedByRatis();
  }

  ApplierStateMachine(LogApplier applier, Events events) {
    this.applier = applier;
    this.events = events;
    this.applied = applier.applied();
  }

  /** Whoever ends the membership says so first; a close that comes without it is a fault. */
  void expectClose() {
    closing = true;
    Thread thread = installer;
    if (thread != null) {
      thread.interrupt();
    }
  }

  /** From now on nothing is applied any more. */
  void stopApplying() {
    stopped = true;
  }

  boolean isStopped() {
    return stopped;
  }

  /** Gives back the lock of the folder after a start that failed. */
  void releaseFolder() throws IOException {
    RaftStorage opened = storage;
    if (opened != null) {
      opened.close();
    }
  }

  LogPosition applied() {
    return applied;
  }

  // ---- a transaction's way

  @Override
  public TransactionContext startTransaction(RaftClientRequest request) {
    return TransactionContext.newBuilder()
        .setStateMachine(this)
        .setClientRequest(request)
        .setStateMachineContext(request.getMessage())
        .build();
  }

  @Override
  public TransactionContext preAppendTransaction(TransactionContext transaction) {
    if (transaction.getStateMachineContext() instanceof PendingAppend pending) {
      pending.reachesLog();
    }
    return transaction;
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto logged = transaction.getLogEntry();
    PendingAppend pending =
        transaction.getStateMachineContext() instanceof PendingAppend own ? own : null;
    byte[] payload =
        pending != null
            ? pending.payload()
            : logged.getStateMachineLogEntry().getLogData().toByteArray();
    LogEntry entry = new LogEntry(logged.getIndex(), logged.getTerm(), Kind.DATA, payload);
    if (pass(entry) && pending != null) {
      pending.result.complete(entry.lsn());
    }
    return CompletableFuture.completedFuture(Message.EMPTY);
  }

  /**
   * Announces a configuration that is being applied; {@link #notifyTermIndexUpdated} follows. It is
   * also called, by another thread and without a term, when a leader says which configuration its
   * log has: that is no entry.
   */
  @Override
  public void notifyConfigurationChanged(
      long term, long index, RaftConfigurationProto configuration) {
    if (term > 0) {
      announced = new LogEntry(index, term, Kind.CONFIGURATION, configuration.toByteArray());
    }
  }

  /** Comes between the announcement of this term's first entry and its being applied. */
  @Override
  public void notifyLeaderReady() {
    readyWithNext = true;
  }

  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    LogEntry entry = announced;
    if (entry == null || entry.lsn() != index || entry.term() != term) {
      entry = new LogEntry(index, term, Kind.METADATA, new byte[0]);
    }
    boolean applied = pass(entry);
    if (applied && readyWithNext) {
      events.leaderReady(term);
    }
    readyWithNext = false;
  }

  /** Hands the entry on, if it is the next one. */
  private boolean pass(LogEntry entry) {
    applying.lock();
    try {
      long next = applied.lsn() + 1;
      if (stopped || entry.lsn() < next) {
        return false;
      }
      if (entry.lsn() > next) {
        stop("the log goes on at " + entry.lsn() + " where " + next + " is due", null);
        return false;
      }
      applier.apply(entry);
      applied = entry.position();
      events.applied(applied);
      return true;
    } catch (ReplicaStopped e) {
      stop("entry " + entry.lsn() + " could not be applied: " + e.getMessage(), e);
    } catch (Throwable t) {
      stopped = true;
      events.fatal("applying entry " + entry.lsn() + " failed", t);
    } finally {
      applying.unlock();
    }
    return false;
  }

  private void stop(String why, @Nullable Throwable cause) {
    stopped = true;
    events.replicaStopped(why, cause);
  }

  @Override
  public TermIndex getLastAppliedTermIndex() {
    return termIndex(applied);
  }

  // ---- snapshots

  @Override
  public @Nullable SnapshotInfo getLatestSnapshot() {
    LogPosition durable = applier.durable();
    return durable.lsn() < 0 ? null : new Position(termIndex(durable));
  }

  @Override
  public long takeSnapshot() throws IOException {
    applying.lock();
    try {
      if (stopped) {
        throw new IOException("this replica is stopped");
      }
      long before = applier.durable().lsn();
      LogPosition position = applier.takeSnapshot();
      if (position.lsn() < before) {
        // Ratis opened the log at the later position. Told of this one it would fail, told of that
        // one again it would drop the log up to there.
        return RaftLog.INVALID_LOG_INDEX;
      }
      if (position.lsn() > applied.lsn()) {
        throw new IllegalStateException(
            "a snapshot at " + position + " is ahead of what is applied, " + applied);
      }
      return position.lsn() < 0 ? RaftLog.INVALID_LOG_INDEX : position.lsn();
    } catch (ReplicaStopped e) {
      stop("a snapshot could not be taken: " + e.getMessage(), e);
      throw new IOException(e);
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      stopped = true;
      events.fatal("taking a snapshot failed", t);
      throw new IOException(t);
    } finally {
      applying.unlock();
    }
  }

  @Override
  public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(
      RoleInfoProto roles, TermIndex firstInLog) {
    String source = roles.getFollowerInfo().getLeaderInfo().getId().getId().toStringUtf8();
    CompletableFuture<TermIndex> installed = new CompletableFuture<>();
    installing = installed;
    Thread.ofVirtual()
        .name("install-snapshot-" + getGroupId())
        .start(() -> install(source, firstInLog.getIndex(), installed));
    return installed;
  }

  /** Waits a moment for an installation to end: who asks for news would ask all the time. */
  void awaitInstallation() {
    installing
        .copy()
        .completeOnTimeout(TermIndex.INITIAL_VALUE, NEWS_MS, TimeUnit.MILLISECONDS)
        .exceptionally(failure -> TermIndex.INITIAL_VALUE)
        .join();
  }

  private void install(String source, long firstLsn, CompletableFuture<TermIndex> installed) {
    applying.lock();
    try {
      installer = Thread.currentThread();
      if (stopped || closing) {
        throw new IOException("this replica is stopped");
      }
      LogPosition position = applier.installSnapshot(source, firstLsn);
      if (position.lsn() < applied.lsn()) {
        throw new IOException(
            "the snapshot from " + source + " at " + position + " is behind " + applied);
      }
      applied = position;
      events.applied(position);
      installed.complete(termIndex(position));
    } catch (ReplicaStopped e) {
      stop("a snapshot from " + source + " could not be installed: " + e.getMessage(), e);
      installed.completeExceptionally(e);
    } catch (RuntimeException | Error e) {
      stopped = true;
      if (!closing) {
        events.fatal("installing a snapshot failed: " + e.getMessage(), e);
      }
      installed.completeExceptionally(e);
    } catch (Exception e) {
      LOG.warn("{}: a snapshot from {} could not be installed", getGroupId(), source, e);
      // The leader asks again as soon as it hears of this; not at once, or it would be a loop.
      CompletableFuture.delayedExecutor(RETRY_MS, TimeUnit.MILLISECONDS)
          .execute(() -> installed.completeExceptionally(e));
    } finally {
      installer = null;
      applying.unlock();
    }
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId group, RaftStorage folder)
      throws IOException {
    super.initialize(server, group, folder);
    storage = folder;
    state = LifeCycle.State.RUNNING;
  }

  @Override
  public void pause() {
    state = LifeCycle.State.PAUSED;
  }

  @Override
  public void reinitialize() {
    state = LifeCycle.State.RUNNING;
  }

  @Override
  public LifeCycle.State getLifeCycleState() {
    return state;
  }

  // ---- what else Ratis tells

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
    events.rolesChanged();
  }

  @Override
  public void notifyNotLeader(java.util.Collection<TransactionContext> pending) {
    events.rolesChanged();
  }

  @Override
  public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto failed) {
    stopped = true;
    events.fatal(
        "writing the log failed"
            + (failed == null ? "" : " at entry " + failed.getIndex())
            + " ("
            + rootMessage(cause)
            + "): nothing is acknowledged any more; make room on the disk or replace it, and start"
            + " the node again",
        cause);
  }

  @Override
  public CompletableFuture<Void> truncate(long index) {
    events.truncating(index);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {
    state = LifeCycle.State.CLOSED;
    if (!closing) {
      events.closedByRatis();
    }
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  private static TermIndex termIndex(LogPosition position) {
    return TermIndex.valueOf(position.term(), position.lsn());
  }

  /** A snapshot that Ratis knows by its position alone. */
  private record Position(TermIndex position) implements SnapshotInfo {
    @Override
    public TermIndex getTermIndex() {
      return position;
    }

    @Override
    public List<FileInfo> getFiles() {
      return List.of();
    }
  }
}
