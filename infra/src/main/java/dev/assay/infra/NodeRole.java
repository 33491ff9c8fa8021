package dev.assay.infra;

import dev.assay.replicastore.NodeCalls;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.consensus.Consensus.Member;
import dev.assay.replicastore.consensus.ConsensusOptions;
import dev.assay.replicastore.consensus.Group;
import dev.assay.replicastore.consensus.Transport;
import dev.assay.replicastore.remote.NodeServer;
import dev.assay.replicastore.remote.NodeTls;
import dev.assay.replicastore.remote.RemoteNode;
import dev.assay.replicastore.store.SharedStorage;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A node in a process of its own: replicas, consensus, and calls from other processes. */
final class NodeRole implements AutoCloseable {
  private static final int COMPACTION_THREADS = 2;

  private final Closing closing = new Closing();
  private final RunningNode node;

  private NodeRole(NodeConfig config) throws Exception {
    boolean started = false;
    try {
      NodeTls tls =
          NodeCertificates.open(
                  config.tlsDirectory(),
                  config.tlsAuthority(),
                  config.nodeName(),
                  ownHosts(config),
                  InstantSource.system())
              .tls();
      Map<String, RemoteNode> peers = new LinkedHashMap<>();
      for (NodeConfig.Member member : config.members()) {
        RemoteNode peer =
            RemoteNode.at(
                member.nodeCalls().resolve(), member.name(), tls, RemoteNode.Timeouts.DEFAULT);
        peers.put(member.name(), closing.add(peer));
      }
      SharedStorage storage =
          closing.add(
              new SharedStorage(
                  config.blockCacheBytes(), config.writeBufferBytes(), COMPACTION_THREADS));
      node = closing.add(RunningNode.start(wiring(config, tls, storage, peers)));
      closing.add(
          NodeServer.start(
              config.listenNodeCalls().resolve(),
              tls,
              node.node(),
              node.calls(),
              NodeServer.Limits.DEFAULT));
      startAdmin(config);
      closing.add(() -> node.handOver(config.drain()));
      started = true;
    } finally {
      if (!started) {
        closing.close();
      }
    }
  }

  static NodeRole start(NodeConfig config) throws Exception {
    return new NodeRole(config);
  }

  /** Under which hosts the others reach this node; the certificate names the loopback anyway. */
  private static List<String> ownHosts(NodeConfig config) {
    return config.members().stream()
        .filter(member -> member.name().equals(config.nodeName()))
        .flatMap(member -> Stream.of(member.consensus(), member.nodeCalls()))
        .filter(address -> !address.isLoopback())
        .map(HostPort::host)
        .distinct()
        .toList();
  }

  private static RunningNode.Wiring wiring(
      NodeConfig config, NodeTls tls, SharedStorage storage, Map<String, RemoteNode> peers) {
    List<Member> members =
        config.members().stream()
            .map(member -> new Member(member.name(), member.consensus().toString()))
            .toList();
    Transport transport =
        new Transport.Sockets(
            config.listenConsensus().toString(), new Transport.Tls(tls.own(), tls.authority()));
    return new RunningNode.Wiring(
        config.clusterName(),
        config.nodeName(),
        config.dataDirectory(),
        members,
        transport,
        options -> tuned(config, options),
        storage,
        name -> peer(peers, name));
  }

  private static ConsensusOptions tuned(NodeConfig config, ConsensusOptions defaults) {
    return defaults
        .withElectionTimeout(config.electionTimeoutMin(), config.electionTimeoutMax())
        .withAppenderWait(config.appenderWait())
        .withLeaderLease(config.leaderLease())
        .withSnapshotEvery(config.snapshotEveryEntries());
  }

  private static NodeCalls peer(Map<String, RemoteNode> peers, String name) {
    RemoteNode peer = peers.get(name);
    if (peer == null) {
      throw new IllegalArgumentException(name + " is not among the members " + peers.keySet());
    }
    return peer;
  }

  private void startAdmin(NodeConfig config) throws Exception {
    HostPort listen = config.listenAdmin();
    if (listen == null) {
      return;
    }
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    closing.add(registry::close);
    closing.add(
        AdminServer.start(
            new AdminServer.Options(
                listen.host(), listen.port(), config.adminNames(), AdminServer.Limits.DEFAULT),
            List.of(new MetadataFollowed(), new ReplicasStarted()),
            registry,
            Map.of()));
  }

  /** Ready once the node's metadata replica knows a leader: writes are accepted then. */
  private final class MetadataFollowed implements HealthCheck {
    @Override
    public String name() {
      return "metadata";
    }

    @Override
    public @Nullable String problem() {
      try {
        for (NodeCalls.ReplicaStatus replica : node.calls().replicas()) {
          if (replica.partition().equals(PartitionId.METADATA)) {
            Group.Status group = replica.group();
            return group.leader() == null
                ? "the metadata partition has no leader yet; writes are accepted once it has"
                : replica.stopped();
          }
        }
        return "the metadata replica is not started";
      } catch (NodeCalls.CallFailed e) {
        return e.getMessage();
      }
    }
  }

  /** Not ready while a partition that this node should hold can't be started. */
  private final class ReplicasStarted implements HealthCheck {
    @Override
    public String name() {
      return "replicas";
    }

    @Override
    public @Nullable String problem() {
      Map<PartitionId, String> failures = node.node().failures();
      return failures.isEmpty() ? null : String.join("; ", failures.values());
    }
  }

  @Override
  public void close() throws Exception {
    closing.close();
  }
}
