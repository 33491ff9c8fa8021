package dev.assay.infra;

import dev.assay.replicastore.NodeCalls;
import dev.assay.replicastore.NodeCalls.CallFailed;
import dev.assay.replicastore.NodeCalls.CheckpointDigest;
import dev.assay.replicastore.NodeCalls.ReplicaStatus;
import dev.assay.replicastore.Nodes;
import dev.assay.replicastore.PartitionAccess;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.Tables;
import dev.assay.replicastore.consensus.Group;
import dev.assay.replicastore.remote.NodeTls;
import dev.assay.replicastore.remote.RemoteNode;
import dev.assay.requestrouter.Credentials;
import dev.assay.requestrouter.ServerOptions;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A router in a process without replicas: it reaches the nodes over mutual TLS. */
final class RouterRole implements AutoCloseable {
  private static final Duration CHECKPOINT_TIMEOUT = Duration.ofSeconds(60);
  private static final long POLL_NANOS = 50_000_000;

  private final Closing closing = new Closing();
  private final Map<String, RemoteNode> nodes = new LinkedHashMap<>();
  private final Frontend frontend;

  private RouterRole(RouterConfig config) throws Exception {
    boolean started = false;
    try {
      NodeTls tls =
          NodeCertificates.open(config.tlsDirectory(), config.tlsAuthority(), "router").tls();
      for (RouterConfig.Member member : config.members()) {
        RemoteNode node =
            RemoteNode.at(
                member.nodeCalls().resolve(), member.name(), tls, RemoteNode.Timeouts.DEFAULT);
        nodes.put(member.name(), closing.add(node));
      }
      PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      closing.add(registry::close);
      frontend =
          closing.add(Frontend.start(frontend(config, registry), new RemoteNodes(), calls()));
      started = true;
    } finally {
      if (!started) {
        closing.close();
      }
    }
  }

  static RouterRole start(RouterConfig config) throws Exception {
    return new RouterRole(config);
  }

  private static Frontend.Options frontend(RouterConfig config, PrometheusMeterRegistry registry) {
    ServerOptions server =
        ServerOptions.DEFAULTS
            .withHost(config.listenDynamoDb().host())
            .withPort(config.listenDynamoDb().port())
            .withTablePartitions(config.partitionsDefault())
            .withRequestsMax(config.requestsMax());
    HostPort admin = config.listenAdmin();
    return new Frontend.Options(
        server,
        admin == null
            ? null
            : new AdminServer.Options(
                admin.host(), admin.port(), config.adminNames(), AdminServer.Limits.DEFAULT),
        Credentials.of(config.accessKeys().secrets()),
        config.tablesMax(),
        registry,
        List.of(),
        Map.of());
  }

  private Map<String, NodeCalls> calls() {
    return new LinkedHashMap<>(nodes);
  }

  private final class RemoteNodes implements Nodes {
    @Override
    public @Nullable PartitionAccess find(String name) {
      return nodes.get(name);
    }

    @Override
    public boolean isLocal(String name) {
      return false;
    }
  }

  void awaitReady() throws InterruptedException {
    frontend.awaitReady();
  }

  int port() {
    return frontend.port();
  }

  int adminPort() {
    return frontend.adminPort();
  }

  Tables tables() {
    return frontend.tables();
  }

  /** The first partition of a table that must be there. */
  PartitionId partitionOf(String table) throws Tables.Unavailable {
    Tables.Table found = tables().find(table);
    if (found == null) {
      throw new CommandFailure(ExitCode.NOT_FOUND, "there is no table " + table);
    }
    return new PartitionId(
        found.description().id(), found.description().partitions().getFirst().number());
  }

  /** The node that says that it leads the partition; waits for one for a while. */
  String leader(PartitionId partition) throws InterruptedException {
    long deadline = System.nanoTime() + CHECKPOINT_TIMEOUT.toNanos();
    while (System.nanoTime() < deadline) {
      for (Map.Entry<String, RemoteNode> node : nodes.entrySet()) {
        if (leads(node.getValue(), partition)) {
          return node.getKey();
        }
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    throw new CommandFailure(ExitCode.TIMEOUT, "no node leads partition " + partition);
  }

  private static boolean leads(NodeCalls node, PartitionId partition) {
    try {
      for (ReplicaStatus replica : node.replicas()) {
        if (replica.partition().equals(partition) && replica.group().role() == Group.Role.LEADER) {
          return true;
        }
      }
      return false;
    } catch (CallFailed e) {
      return false; // A node that can't be asked is not known to lead; the caller asks again.
    }
  }

  /**
   * Sends one barrier through the partition's log, and digests the checkpoint that every node takes
   * at its position. A node that takes none in time is an error, never left out.
   */
  Map<String, CheckpointDigest> digestsAtBarrier(PartitionId partition, UUID run)
      throws InterruptedException, CallFailed {
    RemoteNode leader = nodes.get(leader(partition));
    if (leader == null) {
      throw new IllegalStateException("the leader is not a member");
    }
    leader.barrier(partition, run);
    Map<String, CheckpointDigest> digests = new LinkedHashMap<>();
    for (Map.Entry<String, RemoteNode> node : nodes.entrySet()) {
      awaitCheckpoint(node.getKey(), node.getValue(), partition, run);
      digests.put(node.getKey(), node.getValue().digest(partition, run));
      node.getValue().release(partition, run);
    }
    return digests;
  }

  private static void awaitCheckpoint(
      String name, NodeCalls node, PartitionId partition, UUID run) {
    long deadline = System.nanoTime() + CHECKPOINT_TIMEOUT.toNanos();
    String last = "it was not asked";
    while (System.nanoTime() < deadline) {
      try {
        node.find(partition, run);
        return;
      } catch (CallFailed e) {
        last = String.valueOf(e.getMessage());
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    throw new CommandFailure(
        ExitCode.INCOMPLETE, name + " has not taken its checkpoint in time: " + last);
  }

  @Override
  public void close() throws Exception {
    closing.close();
  }
}
