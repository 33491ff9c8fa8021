package dev.assay.replicastore;

import dev.assay.replicastore.PartitionReply.NotLeader;
import dev.assay.replicastore.PartitionReply.Unavailable;
import dev.assay.replicastore.consensus.Consensus.Member;
import dev.assay.replicastore.consensus.ConsensusOptions;
import dev.assay.replicastore.consensus.InProcessNetwork;
import dev.assay.replicastore.consensus.RatisConsensus;
import dev.assay.replicastore.consensus.Transport;
import dev.assay.replicastore.store.SharedStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Three nodes in this process, on real stores and real consensus, which a test stops and starts.
 */
final class TestNodes implements LeaderAccess, AutoCloseable {
  static final List<String> NAMES = List.of("node-a", "node-b", "node-c");
  private static final long POLL_NANOS = 5_000_000;
  private static final long PATIENCE_NANOS = Duration.ofSeconds(60).toNanos();

  private final Path folder;
  private final UnaryOperator<ConsensusOptions> tune;
  private final SharedStorage storage = new SharedStorage();
  private final InProcessNetwork network = new InProcessNetwork();
  private final Map<String, Running> running = new ConcurrentHashMap<>();
  final List<String> fatal = new ArrayList<>();

  /** What the archive would have. */
  volatile LogRetention archived = LogRetention.REPLICAS_ONLY;

  private record Running(Node node, NodeFolder folder) {}

  TestNodes(Path folder, UnaryOperator<ConsensusOptions> tune) {
    this.folder = folder;
    this.tune = tune;
  }

  void startAll() throws IOException {
    for (String name : NAMES) {
      start(name);
    }
  }

  void start(String name) throws IOException {
    NodeFolder nodeFolder = NodeFolder.open(folder.resolve(name), "test", name);
    ConsensusOptions options =
        tune.apply(
            ConsensusOptions.of(name, nodeFolder.log(), new Transport.InProcess(network))
                .withElectionTimeout(Duration.ofMillis(300), Duration.ofMillis(600)));
    RatisConsensus consensus =
        RatisConsensus.start(
            options,
            (message, cause) -> fatal.add(message),
            finding -> fatal.add(finding.toString()),
            new Random());
    Node node =
        new Node(
            new NodeSetup(
                name,
                NAMES.stream().map(member -> new Member(member, member)).toList(),
                nodeFolder,
                consensus,
                storage,
                PipelineOptions.DEFAULT,
                partition -> archived.droppableUpTo(partition),
                member -> running.containsKey(member) ? calls(member) : null,
                InstantSource.system(),
                new Random(),
                (message, cause) -> fatal.add(message)));
    node.start();
    running.put(name, new Running(node, nodeFolder));
  }

  void stop(String name) throws Exception {
    Running stopped = running.remove(name);
    if (stopped != null) {
      stopped.node.close();
      stopped.folder.close();
    }
  }

  Path folder(String name) {
    return folder.resolve(name);
  }

  Node node(String name) {
    Running found = running.get(name);
    if (found == null) {
      throw new IllegalStateException(name + " does not run");
    }
    return found.node;
  }

  NodeCalls calls(String name) {
    return new LocalCalls(node(name));
  }

  /** Asks until somebody leads; an unknown outcome is an answer. */
  @Override
  public PartitionReply ask(List<String> replicas, PartitionRequest request) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    PartitionReply reply = new Unavailable("nobody was asked");
    while (System.nanoTime() < deadline) {
      for (String name : replicas) {
        Running replica = running.get(name);
        if (replica == null) {
          continue;
        }
        reply = replica.node.ask(request);
        if (!(reply instanceof NotLeader || reply instanceof Unavailable)) {
          return reply;
        }
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return reply;
  }

  /** The node whose replica leads. */
  @Nullable String leader(PartitionId partition) {
    for (Map.Entry<String, Running> entry : running.entrySet()) {
      for (Replica replica : entry.getValue().node.replicas()) {
        if (replica.id().equals(partition)
            && replica.status().group().role()
                == dev.assay.replicastore.consensus.Group.Role.LEADER) {
          return entry.getKey();
        }
      }
    }
    return null;
  }

  String awaitLeader(PartitionId partition) {
    await("a leader of " + partition, () -> leader(partition) != null);
    String found = leader(partition);
    return found == null ? awaitLeader(partition) : found;
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain for " + what);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  @Override
  public void close() throws Exception {
    for (String name : NAMES) {
      stop(name);
    }
    storage.close();
  }
}
