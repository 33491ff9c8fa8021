package dev.assay.infra;

import dev.assay.replicastore.NodeCalls;
import dev.assay.replicastore.Nodes;
import dev.assay.replicastore.PartitionAccess;
import dev.assay.replicastore.consensus.Consensus.Member;
import dev.assay.replicastore.consensus.InProcessNetwork;
import dev.assay.replicastore.consensus.Transport;
import dev.assay.replicastore.store.SharedStorage;
import dev.assay.requestrouter.Credentials;
import dev.assay.requestrouter.ServerOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Three nodes, a router and the admin port in one process. The nodes talk by method calls, so
 * nothing between them is on a socket.
 */
final class EmbeddedCluster implements AutoCloseable {
  private static final String CLUSTER = "embedded";
  private static final int TABLES_MAX = 2_500;

  private final Closing closing = new Closing();
  private final Map<String, RunningNode> nodes = new ConcurrentSkipListMap<>();
  private final Frontend frontend;

  /**
   * @param port of the DynamoDB API; 0 for a free one
   * @param adminPort of health, metrics and the CLI's API; 0 for a free one
   * @param partitions of a new table
   */
  record Options(Path data, int port, int adminPort, int partitions, Credentials credentials) {}

  private EmbeddedCluster(Options options) throws Exception {
    boolean started = false;
    try {
      startNodes(options.data);
      frontend =
          closing.add(
              Frontend.start(
                  new Frontend.Options(
                      ServerOptions.DEFAULTS
                          .withPort(options.port)
                          .withTablePartitions(options.partitions),
                      AdminServer.Options.loopback(options.adminPort),
                      options.credentials,
                      TABLES_MAX),
                  new LocalNodes(),
                  calls()));
      started = true;
    } finally {
      if (!started) {
        closing.close();
      }
    }
  }

  static EmbeddedCluster start(Options options) throws Exception {
    return new EmbeddedCluster(options);
  }

  private void startNodes(Path data) throws Exception {
    SharedStorage storage = closing.add(new SharedStorage());
    InProcessNetwork network = new InProcessNetwork();
    List<Member> members = new ArrayList<>();
    for (String name : ClusterProcesses.NODES) {
      members.add(new Member(name, name));
    }
    for (String name : ClusterProcesses.NODES) {
      RunningNode.Wiring wiring =
          new RunningNode.Wiring(
              CLUSTER,
              name,
              data.resolve(name),
              members,
              new Transport.InProcess(network),
              UnaryOperator.identity(),
              storage,
              this::callsOf);
      nodes.put(name, closing.add(RunningNode.start(wiring)));
    }
  }

  private Map<String, NodeCalls> calls() {
    Map<String, NodeCalls> calls = new LinkedHashMap<>();
    nodes.forEach((name, node) -> calls.put(name, node.calls()));
    return calls;
  }

  private @Nullable NodeCalls callsOf(String name) {
    RunningNode node = nodes.get(name);
    return node == null ? null : node.calls();
  }

  /** Every node is in this process. */
  private final class LocalNodes implements Nodes {
    @Override
    public @Nullable PartitionAccess find(String name) {
      RunningNode node = nodes.get(name);
      return node == null ? null : node.node();
    }

    @Override
    public boolean isLocal(String name) {
      return true;
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

  /** The frontend first, so that what it was asked is still answered. */
  @Override
  public void close() throws Exception {
    closing.close();
  }
}
