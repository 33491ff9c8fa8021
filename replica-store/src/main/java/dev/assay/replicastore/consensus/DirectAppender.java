package dev.assay.replicastore.consensus;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppenderBase;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.util.TimeDuration;
import org.apache.ratis.util.Timestamp;

/**
 * Sends a leader's entries to one follower by plain calls, one at a time: while the follower's disk
 * is busy with one message, the next one gathers. It runs on its own thread.
 */
final class DirectAppender extends LogAppenderBase implements ObservedLeader.Timed {
  private static final int PAUSE_STEP_MS = 25;
  private static final int PAUSE_MAX_MS = 250;

  private final RatisGroup group;
  private final SentMessages sent;
  private final AtomicLong callIds = new AtomicLong();
  private int failures;

  DirectAppender(
      RaftServer.Division server,
      LeaderState leader,
      FollowerInfo follower,
      RatisGroup group,
      LongSupplier nanoClock) {
    super(server, leader, follower);
    this.group = group;
    sent = new SentMessages(nanoClock);
  }

  @Override
  public SentMessages sent() {
    return sent;
  }

  @Override
  public long getCallId() {
    return callIds.get();
  }

  @Override
  public Comparator<Long> getCallIdComparator() {
    return Comparator.naturalOrder();
  }

  @Override
  public void run() throws InterruptedException, IOException {
    while (isRunning()) {
      if (shouldSendAppendEntries() || followerKnowsLessCommitted()) {
        try {
          sendSomething();
          failures = 0;
        } catch (InterruptedIOException e) {
          throw e;
        } catch (RaftLogIOException e) {
          group.entryNotRead(e);
          throw e;
        } catch (IOException e) {
          pauseAfter(e);
        }
      }
      if (isRunning() && !hasAppendEntries()) {
        getEventAwaitForSignal().await(getHeartbeatWaitTimeMs(), TimeUnit.MILLISECONDS);
      }
      getLeaderState().checkHealth(getFollower());
    }
  }

  private boolean followerKnowsLessCommitted() {
    return getRaftLog().getLastCommittedIndex() > getFollower().getCommitIndex();
  }

  private void pauseAfter(IOException failure) throws InterruptedException {
    failures++;
    LOG.debug("{}: message {} in a row failed", this, failures, failure);
    pauseFor(Math.min(PAUSE_MAX_MS, PAUSE_STEP_MS * failures));
  }

  private static void pauseFor(int ms) throws InterruptedException {
    TimeDuration.valueOf(ms, TimeUnit.MILLISECONDS).sleep();
  }

  private void sendSomething() throws IOException, InterruptedException {
    TermIndex firstAvailable = shouldNotifyToInstallSnapshot();
    if (firstAvailable != null) {
      askToInstall(firstAvailable);
      return;
    }
    long callId = callIds.getAndIncrement();
    sent.make(callId);
    AppendEntriesRequestProto request = newAppendEntriesRequest(callId, !hasAppendEntries());
    if (request == null) {
      // What goes before the next entry is gone, or reading took too long; both change.
      pauseFor(PAUSE_STEP_MS);
      return;
    }
    if (!isRunning()) {
      return;
    }
    resetHeartbeatTrigger();
    Timestamp sendTime = Timestamp.currentTime();
    FollowerInfo follower = getFollower();
    follower.updateLastRpcSendTime(request.getEntriesCount() == 0);
    AppendEntriesReplyProto reply = getServerRpc().appendEntries(request);
    follower.updateLastRpcResponseTime();
    follower.updateLastRespondedAppendEntriesSendTime(sendTime);
    take(request, reply);
  }

  private void take(AppendEntriesRequestProto request, AppendEntriesReplyProto reply) {
    FollowerInfo follower = getFollower();
    switch (reply.getResult()) {
      case SUCCESS -> {
        getLeaderState().onFollowerCommitIndex(follower, reply.getFollowerCommit());
        if (request.getEntriesCount() > 0 && follower.updateMatchIndex(reply.getMatchIndex())) {
          getLeaderState().onFollowerSuccessAppendEntries(follower);
        }
        if (request.getEntriesCount() > 0) {
          follower.updateNextIndex(reply.getMatchIndex() + 1);
        }
      }
      case NOT_LEADER -> {
        if (onFollowerTerm(reply.getTerm())) {
          return;
        }
      }
      case INCONSISTENCY -> {
        long first =
            request.getEntriesCount() == 0
                ? RaftLog.INVALID_LOG_INDEX
                : request.getEntries(0).getIndex();
        follower.setNextIndex(nextAfterInconsistency(first, reply.getNextIndex()));
      }
      case UNRECOGNIZED -> throw new IllegalStateException("an answer of no known kind: " + reply);
    }
    getLeaderState().onAppendEntriesReply(this, reply);
  }

  /** As in {@link SocketAppender}: a follower that lost what it acknowledged is believed. */
  private long nextAfterInconsistency(long requestFirstIndex, long replyNextIndex) {
    if (replyNextIndex <= getFollower().getMatchIndex() && replyNextIndex != requestFirstIndex) {
      return replyNextIndex;
    }
    return getNextIndexForInconsistency(requestFirstIndex, replyNextIndex);
  }

  private void askToInstall(TermIndex firstAvailable) throws IOException {
    FollowerInfo follower = getFollower();
    follower.updateLastRpcSendTime(false);
    InstallSnapshotReplyProto reply =
        getServerRpc().installSnapshot(newInstallSnapshotNotificationRequest(firstAvailable));
    follower.updateLastRpcResponseTime();
    switch (reply.getResult()) {
      case ALREADY_INSTALLED, SNAPSHOT_INSTALLED -> {
        long installed = reply.getSnapshotIndex();
        follower.setSnapshotIndex(installed);
        follower.setAttemptedToInstallSnapshot();
        getLeaderState().onFollowerCommitIndex(follower, installed);
      }
      case SNAPSHOT_UNAVAILABLE -> follower.setAttemptedToInstallSnapshot();
      case NOT_LEADER -> onFollowerTerm(reply.getTerm());
      case SUCCESS, IN_PROGRESS -> {}
      case CONF_MISMATCH, SNAPSHOT_EXPIRED, UNRECOGNIZED ->
          throw new IOException("the follower answered " + reply.getResult());
    }
  }
}
