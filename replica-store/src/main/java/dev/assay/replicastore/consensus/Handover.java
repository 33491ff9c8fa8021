package dev.assay.replicastore.consensus;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.LogAppender;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks this node's Ratis server to hand leadership on, and to take snapshots. Any thread. */
final class Handover {
  private static final Logger LOG = LoggerFactory.getLogger(Handover.class);

  private final RaftServer server;
  private final ClientId clientId;
  private final Duration electionTimeoutMax;
  private final AtomicLong callIds = new AtomicLong();

  Handover(RaftServer server, ClientId clientId, Duration electionTimeoutMax) {
    this.server = server;
    this.clientId = clientId;
    this.electionTimeoutMax = electionTimeoutMax;
  }

  /**
   * Tries to make the follower that has most of the log the leader; else just steps down. Waits.
   */
  void away(RaftServer.Division leader, Collection<LogAppender> followers) {
    Optional<LogAppender> next =
        followers.stream()
            .filter(
                follower ->
                    follower.getFollower().getLastRpcResponseTime().elapsedTimeMs()
                        < electionTimeoutMax.toMillis())
            .max(Comparator.comparingLong(follower -> follower.getFollower().getMatchIndex()));
    if (next.isPresent() && transfer(leader, next.get().getFollowerId())) {
      return;
    }
    if (leader.getInfo().isLeader()) {
      transfer(leader, null);
    }
  }

  private boolean transfer(RaftServer.Division leader, @Nullable RaftPeerId to) {
    TransferLeadershipRequest request =
        new TransferLeadershipRequest(
            clientId,
            server.getId(),
            leader.getMemberId().getGroupId(),
            callIds.incrementAndGet(),
            to,
            electionTimeoutMax.toMillis());
    try {
      RaftClientReply reply =
          server
              .transferLeadershipAsync(request)
              .get(electionTimeoutMax.toMillis() * 2, TimeUnit.MILLISECONDS);
      return reply.isSuccess();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | ExecutionException | TimeoutException | RuntimeException e) {
      LOG.warn("{}: leadership was not handed to {}", leader.getMemberId(), to, e);
    }
    return false;
  }

  void requestSnapshot(SnapshotManagementRequest request) {
    server
        .snapshotManagementAsync(request)
        .whenComplete(
            (reply, failure) -> {
              if (failure != null) {
                LOG.warn("no snapshot of {} was taken", request.getRaftGroupId(), failure);
              }
            });
  }
}
