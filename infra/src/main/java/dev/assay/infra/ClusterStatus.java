package dev.assay.infra;

import dev.assay.logformat.TableDescription;
import dev.assay.logformat.TableDescription.PartitionDescription;
import dev.assay.replicastore.NodeCalls;
import dev.assay.replicastore.NodeCalls.CallFailed;
import dev.assay.replicastore.NodeCalls.ReplicaStatus;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.Tables;
import dev.assay.replicastore.consensus.Group;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of the cluster as its nodes tell it: the answer to {@code assay status}.
 *
 * @param state ONLINE when every replica runs and every partition has a leader, DEGRADED when every
 *     partition has a leader, UNAVAILABLE otherwise
 * @param status the same in words
 * @param action what to do about it; null when there is nothing to do
 * @param unreachable nodes that did not answer, and why: what they hold is not known
 */
record ClusterStatus(
    State state,
    String status,
    @Nullable String action,
    List<Partition> partitions,
    Map<String, String> unreachable) {

  enum State {
    ONLINE,
    DEGRADED,
    UNAVAILABLE
  }

  /**
   * @param table its name; "(metadata)" for the metadata partition
   * @param leader null when no replica says that it leads
   */
  record Partition(
      String table,
      String tableId,
      int partition,
      @Nullable String leader,
      List<Replica> replicas) {}

  /**
   * @param role the member's role in its group, or MISSING when its node does not say that it has
   *     it
   * @param problem why it is not as it should be; null when it is
   */
  record Replica(
      String node,
      String role,
      long term,
      long appliedLsn,
      long committedLsn,
      long flushedLsn,
      @Nullable String problem) {}

  static ClusterStatus collect(Tables tables, Map<String, NodeCalls> nodes)
      throws Tables.Unavailable {
    Map<String, String> unreachable = new LinkedHashMap<>();
    Map<PartitionId, Map<String, ReplicaStatus>> told = new LinkedHashMap<>();
    nodes.forEach(
        (name, calls) -> {
          try {
            for (ReplicaStatus replica : calls.replicas()) {
              told.computeIfAbsent(replica.partition(), id -> new LinkedHashMap<>())
                  .put(name, replica);
            }
          } catch (CallFailed e) {
            unreachable.put(name, String.valueOf(e.getMessage()));
          }
        });
    List<Partition> partitions = new ArrayList<>();
    partitions.add(
        partition(
            "(metadata)", PartitionId.METADATA, List.copyOf(nodes.keySet()), told, unreachable));
    for (String name : tables.names()) {
      Tables.Table table = tables.find(name);
      if (table != null) {
        addPartitions(table.description(), told, unreachable, partitions);
      }
    }
    return judge(partitions, unreachable);
  }

  private static void addPartitions(
      TableDescription table,
      Map<PartitionId, Map<String, ReplicaStatus>> told,
      Map<String, String> unreachable,
      List<Partition> into) {
    for (PartitionDescription partition : table.partitions()) {
      PartitionId id = new PartitionId(table.id(), partition.number());
      into.add(partition(table.name(), id, partition.replicas(), told, unreachable));
    }
  }

  private static Partition partition(
      String table,
      PartitionId id,
      List<String> nodes,
      Map<PartitionId, Map<String, ReplicaStatus>> told,
      Map<String, String> unreachable) {
    Map<String, ReplicaStatus> replicas = told.getOrDefault(id, Map.of());
    List<Replica> rows = new ArrayList<>();
    String leader = null;
    for (String node : nodes) {
      ReplicaStatus replica = replicas.get(node);
      rows.add(replica == null ? missing(node, unreachable) : row(node, replica));
      if (replica != null && replica.group().role() == Group.Role.LEADER) {
        leader = node;
      }
    }
    return new Partition(table, id.table().toString(), id.number(), leader, rows);
  }

  private static Replica missing(String node, Map<String, String> unreachable) {
    String problem = unreachable.containsKey(node) ? "the node does not answer" : "not started";
    return new Replica(node, "MISSING", 0, -1, -1, -1, problem);
  }

  private static Replica row(String node, ReplicaStatus replica) {
    Group.Status group = replica.group();
    String problem = replica.stopped();
    if (problem == null && group.role() == Group.Role.CATCHING_UP) {
      problem = "its log was shorter than it had vouched for; it follows without a vote";
    }
    return new Replica(
        node,
        group.role().name(),
        group.term(),
        replica.applied().lsn(),
        group.committedLsn(),
        group.flushedLsn(),
        problem);
  }

  private static ClusterStatus judge(List<Partition> partitions, Map<String, String> unreachable) {
    long leaderless = partitions.stream().filter(partition -> partition.leader == null).count();
    long troubled =
        partitions.stream()
            .flatMap(partition -> partition.replicas.stream())
            .filter(replica -> replica.problem != null)
            .count();
    if (leaderless > 0) {
      return new ClusterStatus(
          State.UNAVAILABLE,
          leaderless
              + " of "
              + partitions.size()
              + " partitions have no leader: they take no writes.",
          "Start the nodes that do not answer; an election takes a few seconds.",
          partitions,
          unreachable);
    }
    if (troubled > 0) {
      return new ClusterStatus(
          State.DEGRADED,
          troubled + " replicas are missing or stopped. Reads and writes go on.",
          "Start the nodes that do not answer; see each replica's problem below.",
          partitions,
          unreachable);
    }
    return new ClusterStatus(
        State.ONLINE,
        "Every replica runs and every partition has a leader.",
        null,
        partitions,
        unreachable);
  }
}
