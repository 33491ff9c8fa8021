package dev.assay.replicastore.consensus;

import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.jspecify.annotations.Nullable;

/**
 * Makes what a Ratis server needs to speak with its peers, with our guards around it. Ratis makes
 * it by the name of {@link Type}, and hands over the wiring through its parameters.
 */
final class PeerFactory implements ServerFactory {
  private static final String WIRING = "assay.wiring";

  private final Wiring wiring;
  private final @Nullable GrpcFactory grpc;

  /** What the guards need; made by {@link RatisConsensus}. */
  record Wiring(
      Transport transport,
      Function<RaftGroupId, @Nullable RatisGroup> groups,
      Function<RaftPeer, RaftPeer> addresses,
      LongSupplier nanoClock) {

    Parameters parameters() {
      Parameters parameters = new Parameters();
      parameters.put(WIRING, this, Wiring.class);
      return parameters;
    }
  }

  /** The name by which Ratis finds the factory. */
  static final class Type implements RpcType {
    @Override
    public String name() {
      return Type.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
      return new PeerFactory(parameters.getNonNull(WIRING, Wiring.class));
    }
  }

  private PeerFactory(Wiring wiring) {
    this.wiring = wiring;
    this.grpc =
        switch (wiring.transport()) {
          case Transport.Sockets sockets -> new GrpcFactory(grpcParameters(sockets));
          case Transport.InProcess inProcess -> null;
        };
  }

  private static Parameters grpcParameters(Transport.Sockets sockets) {
    Parameters parameters = new Parameters();
    Transport.Tls tls = sockets.tls();
    if (tls != null) {
      GrpcConfigKeys.TLS.setConf(parameters, new GrpcTlsConfig(tls.key(), tls.trust(), true));
    }
    return parameters;
  }

  @Override
  public RpcType getRpcType() {
    return new Type();
  }

  @Override
  public RaftServerRpc newRaftServerRpc(RaftServer server) {
    GuardedServer guarded = new GuardedServer(server, wiring.groups());
    RaftServerRpc rpc =
        switch (wiring.transport()) {
          case Transport.Sockets sockets -> grpc().newRaftServerRpc(guarded);
          case Transport.InProcess inProcess -> inProcess.network().rpc(guarded);
        };
    return new GuardedRpc(rpc, wiring.groups(), wiring.addresses());
  }

  @Override
  public LogAppender newLogAppender(
      RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
    RatisGroup group = wiring.groups().apply(server.getMemberId().getGroupId());
    if (group == null) {
      throw new IllegalStateException("no group for " + server.getMemberId());
    }
    LeaderState observed = new ObservedLeader(leader, group.proof());
    LogAppender appender =
        switch (wiring.transport()) {
          case Transport.Sockets sockets ->
              new SocketAppender(server, observed, follower, group, wiring.nanoClock());
          case Transport.InProcess inProcess ->
              new DirectAppender(server, observed, follower, group, wiring.nanoClock());
        };
    group.appenderMade(appender);
    return appender;
  }

  private GrpcFactory grpc() {
    if (grpc == null) {
      throw new IllegalStateException("there are no sockets within a process");
    }
    return grpc;
  }
}
