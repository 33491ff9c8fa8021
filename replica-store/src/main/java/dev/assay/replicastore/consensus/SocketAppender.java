package dev.assay.replicastore.consensus;

import java.util.function.LongSupplier;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.grpc.server.GrpcServicesImpl;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.raftlog.RaftLogIOException;

/** Ratis's appender over gRPC, with two differences: it is timed, and it believes its follower. */
final class SocketAppender extends GrpcLogAppender implements ObservedLeader.Timed {
  private final RatisGroup group;
  private final SentMessages sent;

  SocketAppender(
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
  public GrpcServicesImpl getServerRpc() {
    GuardedRpc guarded = (GuardedRpc) getServer().getRaftServer().getServerRpc();
    return (GrpcServicesImpl) guarded.unguarded();
  }

  @Override
  public AppendEntriesRequestProto newAppendEntriesRequest(long callId, boolean heartbeat)
      throws RaftLogIOException {
    sent.make(callId);
    try {
      return super.newAppendEntriesRequest(callId, heartbeat);
    } catch (RaftLogIOException e) {
      group.entryNotRead(e);
      throw e;
    }
  }

  /**
   * A follower whose log ends before what it once acknowledged has lost it. Ratis insists on the
   * acknowledged position until there is another entry to send; here it is sent what it lacks.
   */
  @Override
  protected long getNextIndexForInconsistency(long requestFirstIndex, long replyNextIndex) {
    if (replyNextIndex <= getFollower().getMatchIndex() && replyNextIndex != requestFirstIndex) {
      return replyNextIndex;
    }
    return super.getNextIndexForInconsistency(requestFirstIndex, replyNextIndex);
  }
}
