package dev.assay.infra;

import dev.assay.replicastore.LocalCalls;
import dev.assay.replicastore.LogRetention;
import dev.assay.replicastore.Node;
import dev.assay.replicastore.NodeCalls;
import dev.assay.replicastore.NodeFolder;
import dev.assay.replicastore.NodeSetup;
import dev.assay.replicastore.PipelineOptions;
import dev.assay.replicastore.consensus.Consensus;
import dev.assay.replicastore.consensus.Consensus.Member;
import dev.assay.replicastore.consensus.ConsensusOptions;
import dev.assay.replicastore.consensus.RatisConsensus;
import dev.assay.replicastore.consensus.Transport;
import dev.assay.replicastore.store.SharedStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A node of this process: folder, consensus and replicas, wired and started. */
final class RunningNode implements AutoCloseable {
  private static final long POLL_NANOS = 20_000_000;

  private final NodeFolder folder;
  private final Node node;
  private final NodeCalls calls;
  private final @Nullable NodeArchive archive;

  /**
   * What a role decides about a node.
   *
   * @param tune changes the defaults of consensus where the configuration says so
   * @param archive the node's; closed with it. Null when nothing is archived.
   */
  record Wiring(
      String cluster,
      String name,
      Path data,
      List<Member> members,
      Transport transport,
      UnaryOperator<ConsensusOptions> tune,
      SharedStorage storage,
      NodeSetup.Peers peers,
      @Nullable NodeArchive archive) {}

  private RunningNode(NodeFolder folder, Node node, @Nullable NodeArchive archive) {
    this.folder = folder;
    this.node = node;
    this.calls = new LocalCalls(node);
    this.archive = archive;
  }

  static RunningNode start(Wiring wiring) throws IOException {
    NodeFolder folder = openFolder(wiring);
    HaltOnFatal fatal = new HaltOnFatal();
    ConsensusOptions options =
        wiring.tune.apply(ConsensusOptions.of(wiring.name, folder.log(), wiring.transport));
    Consensus consensus =
        RatisConsensus.start(
            options, fatal, new LogFindingFiles(folder.findings()), new SecureRandom());
    Node node =
        new Node(
            new NodeSetup(
                wiring.name,
                wiring.members,
                folder,
                consensus,
                wiring.storage,
                PipelineOptions.DEFAULT,
                wiring.archive == null ? LogRetention.REPLICAS_ONLY : wiring.archive,
                wiring.peers,
                InstantSource.system(),
                new SecureRandom(),
                fatal));
    node.start();
    if (wiring.archive != null) {
      wiring.archive.follow(node);
    }
    return new RunningNode(folder, node, wiring.archive);
  }

  private static NodeFolder openFolder(Wiring wiring) throws IOException {
    try {
      return NodeFolder.open(wiring.data, wiring.cluster, wiring.name);
    } catch (NodeFolder.Locked e) {
      throw new CommandFailure(ExitCode.LOCKED, String.valueOf(e.getMessage()), e);
    }
  }

  Node node() {
    return node;
  }

  NodeCalls calls() {
    return calls;
  }

  /** Lets other nodes lead before this one stops; gives up waiting after a while. */
  void handOver(Duration max) {
    long deadline = System.nanoTime() + max.toNanos();
    node.stepDown();
    while (node.leads() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    try {
      if (archive != null) {
        archive.close();
      }
      node.close();
    } finally {
      folder.close();
    }
  }
}
