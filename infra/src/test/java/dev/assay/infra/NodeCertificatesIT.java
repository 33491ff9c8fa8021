package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.replicastore.NodeCalls;
import dev.assay.replicastore.PartitionAccess;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionRequest;
import dev.assay.replicastore.consensus.Consensus.Member;
import dev.assay.replicastore.consensus.ConsensusOptions;
import dev.assay.replicastore.consensus.Group;
import dev.assay.replicastore.consensus.LogApplier;
import dev.assay.replicastore.consensus.LogEntry;
import dev.assay.replicastore.consensus.LogPosition;
import dev.assay.replicastore.consensus.RatisConsensus;
import dev.assay.replicastore.consensus.Transport;
import dev.assay.replicastore.remote.NodeServer;
import dev.assay.replicastore.remote.NodeTls;
import dev.assay.replicastore.remote.RemoteNode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The certificates do what they are for, on both kinds of connection between nodes. */
@Timeout(120)
class NodeCertificatesIT {
  private static final PartitionId PARTITION = new PartitionId(new UUID(3, 4), 0);
  private static final List<String> NODES = List.of("node-a", "node-b", "node-c");

  /** Kept, or its level would be forgotten: closing three nodes in turn is loud. */
  private static final Logger RATIS = Logger.getLogger("org.apache.ratis");

  static {
    RATIS.setLevel(Level.OFF);
  }

  @TempDir Path folder;

  @Test
  void nodesCallEachOtherAndTellEachOtherApart() throws Exception {
    PartitionReply reply = new PartitionReply.Got(null);
    PartitionRequest request = new PartitionRequest.Get(PARTITION, new byte[] {1}, true);
    PartitionAccess partitions = _ -> reply;
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (NodeServer server =
        NodeServer.start(
            anywhere, tls("node-b"), partitions, new NoCalls(), NodeServer.Limits.DEFAULT)) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
      try (RemoteNode right =
              RemoteNode.at(address, "node-b", tls("router"), RemoteNode.Timeouts.DEFAULT);
          RemoteNode wrong =
              RemoteNode.at(address, "node-c", tls("router"), RemoteNode.Timeouts.DEFAULT)) {
        assertEquals(reply, right.ask(request));
        assertInstanceOf(PartitionReply.Unavailable.class, wrong.ask(request));
      }
    }
  }

  @Test
  void consensusAgreesOverConnectionsThatShowThem() throws Exception {
    List<Member> members = new ArrayList<>();
    for (String node : NODES) {
      members.add(new Member(node, "127.0.0.1:" + freePort()));
    }
    Map<String, RatisConsensus> running = new HashMap<>();
    try {
      List<Group> groups = new ArrayList<>();
      for (Member member : members) {
        NodeTls tls = tls(member.node());
        Transport transport =
            new Transport.Sockets(member.address(), new Transport.Tls(tls.own(), tls.authority()));
        RatisConsensus consensus =
            RatisConsensus.start(
                ConsensusOptions.of(
                    member.node(), folder.resolve(member.node() + "-log"), transport),
                (what, cause) -> {
                  throw new AssertionError(what, cause);
                },
                finding -> {
                  throw new AssertionError(finding);
                },
                RandomGenerator.getDefault());
        running.put(member.node(), consensus);
        groups.add(consensus.join(PARTITION, members, new Forgetful()));
      }
      Group leader = awaitLeader(groups);
      byte[] payload = "hello".getBytes(StandardCharsets.UTF_8);
      assertTrue(leader.append(payload).get(60, TimeUnit.SECONDS) >= 0);
    } finally {
      for (RatisConsensus consensus : running.values()) {
        consensus.close();
      }
    }
  }

  private static Group awaitLeader(List<Group> groups) throws InterruptedException {
    while (true) {
      for (Group group : groups) {
        if (group.status().role() == Group.Role.LEADER) {
          return group;
        }
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private NodeTls tls(String name) throws Exception {
    return NodeCertificates.open(folder.resolve(name), folder.resolve("authority"), name).tls();
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Applies by remembering the position alone. */
  private static final class Forgetful implements LogApplier {
    private volatile LogPosition applied = LogPosition.NONE;

    @Override
    public LogPosition applied() {
      return applied;
    }

    @Override
    public void apply(LogEntry entry) {
      applied = new LogPosition(entry.lsn(), entry.term());
    }

    @Override
    public LogPosition takeSnapshot() {
      return LogPosition.NONE;
    }

    @Override
    public LogPosition durable() {
      return LogPosition.NONE;
    }

    @Override
    public LogPosition droppable() {
      return LogPosition.NONE;
    }

    @Override
    public LogPosition installSnapshot(String source, long firstLsn) {
      throw new UnsupportedOperationException("no log was dropped");
    }

    @Override
    public void leading(long term) {}

    @Override
    public void following(@Nullable String leader) {}
  }

  private static final class NoCalls implements NodeCalls {
    @Override
    public List<ReplicaStatus> replicas() {
      return List.of();
    }

    @Override
    public long barrier(PartitionId partition, UUID run) throws CallFailed {
      throw new CallFailed.NotFound("nothing here");
    }

    @Override
    public Checkpoint checkpoint(PartitionId partition, UUID run) throws CallFailed {
      throw new CallFailed.NotFound("nothing here");
    }

    @Override
    public Checkpoint find(PartitionId partition, UUID run) throws CallFailed {
      throw new CallFailed.NotFound("nothing here");
    }

    @Override
    public CheckpointDigest digest(PartitionId partition, UUID run) throws CallFailed {
      throw new CallFailed.NotFound("nothing here");
    }

    @Override
    public byte[] read(PartitionId partition, UUID run, String file, long offset, int bytesMax)
        throws CallFailed {
      throw new CallFailed.NotFound("nothing here");
    }

    @Override
    public void release(PartitionId partition, UUID run) {}
  }
}
