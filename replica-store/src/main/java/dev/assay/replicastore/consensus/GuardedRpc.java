package dev.assay.replicastore.consensus;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;
import org.jspecify.annotations.Nullable;

/**
 * This node's calls to the other nodes. Before it asks for votes, the group's {@link Membership} is
 * asked. Peers are reached where this node was told that they are, and not where an old entry of a
 * log has them.
 */
final class GuardedRpc implements RaftServerRpc {
  private final RaftServerRpc rpc;
  private final Function<RaftGroupId, @Nullable RatisGroup> groups;
  private final Function<RaftPeer, RaftPeer> addresses;

  GuardedRpc(
      RaftServerRpc rpc,
      Function<RaftGroupId, @Nullable RatisGroup> groups,
      Function<RaftPeer, RaftPeer> addresses) {
    this.rpc = rpc;
    this.groups = groups;
    this.addresses = addresses;
  }

  RaftServerRpc unguarded() {
    return rpc;
  }

  @Override
  public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
    RaftGroupId group = RaftGroupId.valueOf(request.getServerRequest().getRaftGroupId().getId());
    RatisGroup joined = groups.apply(group);
    if (joined == null) {
      throw new IOException("no member of " + group);
    }
    joined.membership().beforeStanding(request);
    return rpc.requestVote(request);
  }

  @Override
  public void addRaftPeers(Collection<RaftPeer> peers) {
    List<RaftPeer> found = peers.stream().map(addresses).toList();
    rpc.addRaftPeers(found);
  }

  @Override
  public void addRaftPeers(RaftPeer... peers) {
    addRaftPeers(List.of(peers));
  }

  @Override
  public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request)
      throws IOException {
    return rpc.appendEntries(request);
  }

  @Override
  public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request)
      throws IOException {
    return rpc.installSnapshot(request);
  }

  @Override
  public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request)
      throws IOException {
    return rpc.startLeaderElection(request);
  }

  @Override
  public void handleException(
      org.apache.ratis.protocol.RaftPeerId peer, Exception failure, boolean reconnect) {
    rpc.handleException(peer, failure, reconnect);
  }

  @Override
  public void notifyNotLeader(RaftGroupId group) {
    rpc.notifyNotLeader(group);
  }

  @Override
  public RaftServerAsynchronousProtocol async() {
    return rpc.async();
  }

  @Override
  public InetSocketAddress getInetSocketAddress() {
    return rpc.getInetSocketAddress();
  }

  @Override
  public InetSocketAddress getClientServerAddress() {
    return rpc.getClientServerAddress();
  }

  @Override
  public InetSocketAddress getAdminServerAddress() {
    return rpc.getAdminServerAddress();
  }

  @Override
  public RpcType getRpcType() {
    return rpc.getRpcType();
  }

  @Override
  public void start() throws IOException {
    rpc.start();
  }

  @Override
  public void close() throws IOException {
    rpc.close();
  }
}
