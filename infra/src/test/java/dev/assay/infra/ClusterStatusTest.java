package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.replicastore.NodeCalls;
import dev.assay.replicastore.NodeCalls.CallFailed;
import dev.assay.replicastore.NodeCalls.ReplicaStatus;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.Tables;
import dev.assay.replicastore.consensus.Group;
import dev.assay.replicastore.consensus.LogPosition;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A healthy cluster is silent; a node that can't be asked is never counted as well. */
class ClusterStatusTest {

  @Test
  void whenAllIsWellThereIsNothingToDo() throws Exception {
    ClusterStatus status = status(Group.Role.LEADER, Group.Role.FOLLOWER, Group.Role.FOLLOWER);
    assertEquals(ClusterStatus.State.ONLINE, status.state());
    assertTrue(text(status).endsWith("errors: no known data errors\n"), text(status));
  }

  @Test
  void aNodeThatDoesNotAnswerIsNamed() throws Exception {
    ClusterStatus status = status(Group.Role.LEADER, Group.Role.FOLLOWER, null);
    assertEquals(ClusterStatus.State.DEGRADED, status.state());
    assertTrue(text(status).contains("errors: node-c does not answer: gone"), text(status));
  }

  @Test
  void withoutALeaderThePartitionIsUnavailable() throws Exception {
    ClusterStatus status = status(Group.Role.CANDIDATE, Group.Role.FOLLOWER, Group.Role.FOLLOWER);
    assertEquals(ClusterStatus.State.UNAVAILABLE, status.state());
  }

  @Test
  void aLeaderThatIsStillStartingDoesNotCount() throws Exception {
    ClusterStatus status =
        status(Group.Role.LEADER_STARTING, Group.Role.FOLLOWER, Group.Role.FOLLOWER);
    assertEquals(ClusterStatus.State.UNAVAILABLE, status.state());
  }

  @Test
  void aStoppedReplicaIsAnError() throws Exception {
    ClusterStatus status = status(Group.Role.LEADER, Group.Role.STOPPED, Group.Role.FOLLOWER);
    assertEquals(ClusterStatus.State.DEGRADED, status.state());
    assertTrue(text(status).contains("errors: (metadata)/0 on node-b: damaged"), text(status));
  }

  @Test
  void aReplicaWithoutAVoteIsAnError() throws Exception {
    ClusterStatus status = status(Group.Role.LEADER, Group.Role.CATCHING_UP, Group.Role.FOLLOWER);
    assertTrue(text(status).contains("it follows without a vote"), text(status));
  }

  /** One role a node, for the metadata partition; null for a node that does not answer. */
  private static ClusterStatus status(
      Group.@Nullable Role a, Group.@Nullable Role b, Group.@Nullable Role c) throws Exception {
    Map<String, NodeCalls> nodes = new LinkedHashMap<>();
    nodes.put("node-a", new OneReplica(a));
    nodes.put("node-b", new OneReplica(b));
    nodes.put("node-c", new OneReplica(c));
    return ClusterStatus.collect(new NoTables(), nodes);
  }

  private static String text(ClusterStatus status) {
    StringWriter text = new StringWriter();
    StatusText.print(status, new PrintWriter(text, true));
    return text.toString();
  }

  private static final class NoTables implements Tables {
    @Override
    public List<String> names() {
      return List.of();
    }

    @Override
    public @Nullable Table find(String name) {
      return null;
    }

    @Override
    public Creation create(Definition definition) {
      return new Creation.LimitReached("none may be made here");
    }

    @Override
    public Deletion delete(String name) {
      return new Deletion.NoSuchTable();
    }
  }

  /** Answers for its replica of the metadata partition, and for nothing else. */
  private record OneReplica(Group.@Nullable Role role) implements NodeCalls {
    @Override
    public List<ReplicaStatus> replicas() throws CallFailed {
      if (role == null) {
        throw new CallFailed.Unavailable("gone");
      }
      Group.Status group = new Group.Status(1, role, null, 5, 5, 5, 0);
      String stopped = role == Group.Role.STOPPED ? "damaged" : null;
      return List.of(
          new ReplicaStatus(PartitionId.METADATA, group, new LogPosition(5, 1), stopped));
    }

    @Override
    public long barrier(PartitionId partition, UUID run) throws CallFailed {
      throw notHere();
    }

    @Override
    public Checkpoint checkpoint(PartitionId partition, UUID run) throws CallFailed {
      throw notHere();
    }

    @Override
    public Checkpoint find(PartitionId partition, UUID run) throws CallFailed {
      throw notHere();
    }

    @Override
    public CheckpointDigest digest(PartitionId partition, UUID run) throws CallFailed {
      throw notHere();
    }

    @Override
    public byte[] read(PartitionId partition, UUID run, String file, long offset, int bytesMax)
        throws CallFailed {
      throw notHere();
    }

    @Override
    public void release(PartitionId partition, UUID run) throws CallFailed {
      throw notHere();
    }

    private static CallFailed notHere() {
      return new CallFailed.NotFound("not here");
    }
  }
}
