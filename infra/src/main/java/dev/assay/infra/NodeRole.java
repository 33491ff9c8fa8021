package dev.assay.infra;

import dev.assay.archiver.AwsObjectStore;
import dev.assay.archiver.MinioObjectStore;
import dev.assay.archiver.SegmentBudget;
import dev.assay.replicastore.NodeCalls;
import dev.assay.replicastore.Nodes;
import dev.assay.replicastore.PartitionAccess;
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
import java.io.IOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node in a process of its own: replicas, consensus, and calls from other processes. */
final class NodeRole implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeRole.class);
  private static final int COMPACTION_THREADS = 2;
  private static final int SEGMENTS_IN_FLIGHT = 3;

  private final Closing closing = new Closing();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final @Nullable NodeArchive archive;
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
      closing.add(registry::close);
      archive = openArchive(config);
      node = closing.add(RunningNode.start(wiring(config, tls, storage, peers, archive)));
      closing.add(
          NodeServer.start(
              config.listenNodeCalls().resolve(),
              tls,
              node.node(),
              node.calls(),
              NodeServer.Limits.DEFAULT));
      startAdmin(config, publishSigner(config, peers));
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
      NodeConfig config,
      NodeTls tls,
      SharedStorage storage,
      Map<String, RemoteNode> peers,
      @Nullable NodeArchive archive) {
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
        name -> peer(peers, name),
        archive);
  }

  /** Null when none is configured. */
  private @Nullable NodeArchive openArchive(NodeConfig config) throws IOException {
    ArchiveConfig configured = config.archive();
    if (configured == null) {
      LOG.warn(
          "No archive: {} is not set. Logs are dropped unarchived, and what is stored can't be"
              + " verified against its history",
          ArchiveConfig.BUCKET.name());
      return null;
    }
    InstantSource clock = InstantSource.system();
    return new NodeArchive(
        new NodeArchive.Setup(
            config.clusterName(),
            config.dataDirectory().resolve("archive"),
            ArchiveKeys.open(
                config.tlsDirectory(),
                config.tlsAuthority(),
                config.clusterName(),
                config.nodeName(),
                clock),
            closing.add(new AwsObjectStore(configured.store(), clock)),
            closing.add(new MinioObjectStore(configured.store(), clock)),
            configured.options(),
            new SegmentBudget(SEGMENTS_IN_FLIGHT),
            registry));
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

  private List<SignerPublication> publishSigner(NodeConfig config, Map<String, RemoteNode> peers) {
    if (archive == null) {
      return List.of();
    }
    return List.of(
        closing.add(
            SignerPublication.start(
                archive.setup().keys(),
                new OwnAndRemoteNodes(config.nodeName(), peers),
                List.copyOf(peers.keySet()))));
  }

  private final class OwnAndRemoteNodes implements Nodes {
    private final String own;
    private final Map<String, RemoteNode> peers;

    OwnAndRemoteNodes(String own, Map<String, RemoteNode> peers) {
      this.own = own;
      this.peers = peers;
    }

    @Override
    public @Nullable PartitionAccess find(String name) {
      return isLocal(name) ? node.node() : peers.get(name);
    }

    @Override
    public boolean isLocal(String name) {
      return name.equals(own);
    }
  }

  private void startAdmin(NodeConfig config, List<SignerPublication> signers) throws Exception {
    HostPort listen = config.listenAdmin();
    if (listen == null) {
      return;
    }
    Map<String, AdminRoute> routes = new LinkedHashMap<>();
    if (archive != null) {
      routes.putAll(closing.add(new ArchiveService(List.of(archive))).routes());
      routes.putAll(
          closing
              .add(
                  ReferenceService.open(
                      archive.setup(), config.dataDirectory().resolve("reference")))
              .routes());
    }
    closing.add(
        AdminServer.start(
            new AdminServer.Options(
                listen.host(), listen.port(), config.adminNames(), AdminServer.Limits.DEFAULT),
            Stream.concat(
                    Stream.of(new MetadataFollowed(), new ReplicasStarted()), signers.stream())
                .toList(),
            registry,
            routes));
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
