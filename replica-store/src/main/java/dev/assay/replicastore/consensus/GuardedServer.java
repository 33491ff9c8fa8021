package dev.assay.replicastore.consensus;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexReplyProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.GroupInfoReply;
import org.apache.ratis.protocol.GroupInfoRequest;
import org.apache.ratis.protocol.GroupListReply;
import org.apache.ratis.protocol.GroupListRequest;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.LeaderElectionManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DataStreamServerRpc;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * What the other nodes see of this node's Ratis server: the calls between members, each through its
 * {@link Membership}. Clients and administrators have no business here, and are refused.
 */
final class GuardedServer implements RaftServer {
  private final RaftServer server;
  private final Function<RaftGroupId, @Nullable RatisGroup> groups;

  GuardedServer(RaftServer server, Function<RaftGroupId, @Nullable RatisGroup> groups) {
    this.server = server;
    this.groups = groups;
  }

  private RatisGroup group(RaftRpcRequestProto request) throws IOException {
    RaftGroupId group = RaftGroupId.valueOf(request.getRaftGroupId().getId());
    RatisGroup joined = groups.apply(group);
    if (joined == null || !joined.isStarted()) {
      // Ratis takes some calls too early, and then fails its own start.
      throw new IOException(getId() + " is no member of " + group + ", or not yet");
    }
    return joined;
  }

  private Membership membership(RaftRpcRequestProto request) throws IOException {
    return group(request).membership();
  }

  @Override
  public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
    return membership(request.getServerRequest()).requestVote(request, server);
  }

  @Override
  public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request)
      throws IOException {
    return membership(request.getServerRequest()).startLeaderElection(request, server);
  }

  @Override
  public CompletableFuture<AppendEntriesReplyProto> appendEntriesAsync(
      AppendEntriesRequestProto request) throws IOException {
    return membership(request.getServerRequest()).append(request, server::appendEntriesAsync);
  }

  @Override
  public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request) {
    throw new UnsupportedOperationException("members send entries without waiting");
  }

  @Override
  public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request)
      throws IOException {
    RatisGroup group = group(request.getServerRequest());
    InstallSnapshotReplyProto reply = server.installSnapshot(request);
    if (reply.getResult() == InstallSnapshotResult.IN_PROGRESS) {
      // The leader asks again as soon as it has this answer.
      group.machine().awaitInstallation();
    }
    return reply;
  }

  @Override
  public CompletableFuture<ReadIndexReplyProto> readIndexAsync(ReadIndexRequestProto request)
      throws IOException {
    throw refused();
  }

  private UnsupportedOperationException refused() {
    return new UnsupportedOperationException("this port is for the members of groups alone");
  }

  // ---- what the transport asks of its server

  @Override
  public RaftPeerId getId() {
    return server.getId();
  }

  @Override
  public RaftPeer getPeer() {
    return server.getPeer();
  }

  @Override
  public Iterable<RaftGroupId> getGroupIds() {
    return server.getGroupIds();
  }

  @Override
  public Iterable<RaftGroup> getGroups() throws IOException {
    return server.getGroups();
  }

  @Override
  public Division getDivision(RaftGroupId group) throws IOException {
    return server.getDivision(group);
  }

  @Override
  public RaftProperties getProperties() {
    return server.getProperties();
  }

  @Override
  public RaftServerRpc getServerRpc() {
    return server.getServerRpc();
  }

  @Override
  public DataStreamServerRpc getDataStreamServerRpc() {
    return server.getDataStreamServerRpc();
  }

  @Override
  public ServerFactory getFactory() {
    return server.getFactory();
  }

  @Override
  public void start() throws IOException {
    throw refused();
  }

  @Override
  public LifeCycle.State getLifeCycleState() {
    return server.getLifeCycleState();
  }

  @Override
  public void close() {
    throw refused();
  }

  // ---- clients and administrators

  @Override
  public RaftClientReply submitClientRequest(RaftClientRequest request) {
    throw refused();
  }

  @Override
  public CompletableFuture<RaftClientReply> submitClientRequestAsync(RaftClientRequest request) {
    throw refused();
  }

  @Override
  public GroupListReply getGroupList(GroupListRequest request) {
    throw refused();
  }

  @Override
  public GroupInfoReply getGroupInfo(GroupInfoRequest request) {
    throw refused();
  }

  @Override
  public RaftClientReply groupManagement(GroupManagementRequest request) {
    throw refused();
  }

  @Override
  public RaftClientReply snapshotManagement(SnapshotManagementRequest request) {
    throw refused();
  }

  @Override
  public RaftClientReply setConfiguration(SetConfigurationRequest request) {
    throw refused();
  }

  @Override
  public RaftClientReply transferLeadership(TransferLeadershipRequest request) {
    throw refused();
  }

  @Override
  public CompletableFuture<GroupListReply> getGroupListAsync(GroupListRequest request) {
    throw refused();
  }

  @Override
  public CompletableFuture<GroupInfoReply> getGroupInfoAsync(GroupInfoRequest request) {
    throw refused();
  }

  @Override
  public CompletableFuture<RaftClientReply> groupManagementAsync(GroupManagementRequest request) {
    throw refused();
  }

  @Override
  public CompletableFuture<RaftClientReply> snapshotManagementAsync(
      SnapshotManagementRequest request) {
    throw refused();
  }

  @Override
  public CompletableFuture<RaftClientReply> leaderElectionManagementAsync(
      LeaderElectionManagementRequest request) {
    throw refused();
  }

  @Override
  public CompletableFuture<RaftClientReply> setConfigurationAsync(SetConfigurationRequest request) {
    throw refused();
  }

  @Override
  public CompletableFuture<RaftClientReply> transferLeadershipAsync(
      TransferLeadershipRequest request) {
    throw refused();
  }
}
