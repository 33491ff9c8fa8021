package dev.assay.infra;

import dev.assay.archiver.AgentStatus;
import dev.assay.archiver.ArchiveFinding;
import dev.assay.archiver.ArchiveOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far the archive is, as the agents of one process tell it: the answer to {@code assay archive
 * status}.
 *
 * @param status the state in words
 * @param action what to do about it; null when there is nothing to do
 * @param root the fingerprint of the root that certifies the signers
 */
record ArchiveReport(
    State state,
    String status,
    @Nullable String action,
    String root,
    List<Partition> partitions,
    List<Finding> findings) {

  enum State {
    /** Nothing that should be archived by now is missing. */
    CURRENT,
    /** Something is not archived that is older than it should get. */
    BEHIND,
    /** The same, and a tail is above its bound. */
    TAIL_TOO_LONG,
    /** Something is wrong. */
    FINDING
  }

  record Partition(String table, String tableId, int partition, List<Replica> replicas) {}

  /**
   * @param state what the replica's agent is doing
   * @param archivedLsn the last position that is archived and equal to this replica's log
   * @param headManifest SHA-256 of the manifest there
   * @param tailSeconds the age of the oldest change that is not archived; 0 for none
   * @param lastUpload when this agent last wrote a segment, since its start
   * @param lastVerified when it last found a segment equal to its log, since its start
   */
  record Replica(
      String node,
      AgentStatus.State state,
      String detail,
      long archivedLsn,
      String headManifest,
      long committedLsn,
      long tailEntries,
      long tailBytes,
      double tailSeconds,
      boolean tailTooLong,
      @Nullable String lastUpload,
      @Nullable String lastVerified) {}

  record Finding(
      String node,
      ArchiveFinding.Kind kind,
      String table,
      int partition,
      long firstLsn,
      long lastLsn,
      String object,
      String detail) {}

  /** What the agents of one node say. */
  record Told(String node, List<AgentStatus> statuses, List<ArchiveFinding> findings) {}

  static ArchiveReport of(List<Told> nodes, String root, ArchiveOptions options, long nowMs) {
    Map<String, Partition> partitions = new LinkedHashMap<>();
    List<Finding> findings = new ArrayList<>();
    for (Told node : nodes) {
      for (AgentStatus status : node.statuses) {
        var owner = status.owner();
        partitions
            .computeIfAbsent(
                owner.tableId() + "-" + owner.partition(),
                _ ->
                    new Partition(
                        owner.table(),
                        owner.tableId().toString(),
                        owner.partition(),
                        new ArrayList<>()))
            .replicas
            .add(replica(node.node, status, nowMs));
      }
      node.findings.forEach(finding -> findings.add(finding(node.node, finding)));
    }
    List<Partition> sorted =
        partitions.values().stream()
            .sorted(
                Comparator.comparing(Partition::table)
                    .thenComparing(Partition::tableId)
                    .thenComparing(Partition::partition))
            .toList();
    return judge(root, ageSecondsMax(options), sorted, findings);
  }

  private static Replica replica(String node, AgentStatus status, long nowMs) {
    long sinceMs = status.tailSinceMs();
    return new Replica(
        node,
        status.state(),
        status.detail(),
        status.archivedLsn(),
        status.headManifest().toString(),
        status.committedLsn(),
        status.tailEntries(),
        status.tailBytes(),
        sinceMs == 0 ? 0 : Math.max(0, nowMs - sinceMs) / 1000.0,
        status.tailTooLong(),
        time(status.lastUploadMs()),
        time(status.lastVerifiedMs()));
  }

  private static @Nullable String time(long ms) {
    return ms == 0 ? null : Instant.ofEpochMilli(ms).toString();
  }

  private static Finding finding(String node, ArchiveFinding finding) {
    return new Finding(
        node,
        finding.kind(),
        finding.owner().table(),
        finding.owner().partition(),
        finding.firstLsn(),
        finding.lastLsn(),
        finding.object(),
        finding.detail());
  }

  /** How old a tail gets when all is well: until it is cut, and until another agent steps in. */
  static double ageSecondsMax(ArchiveOptions options) {
    return options.cutAge().multipliedBy(2).plus(options.patience()).toMillis() / 1000.0;
  }

  private static ArchiveReport judge(
      String root, double ageMax, List<Partition> partitions, List<Finding> findings) {
    List<Replica> replicas =
        partitions.stream().flatMap(partition -> partition.replicas.stream()).toList();
    if (!findings.isEmpty()
        || replicas.stream().anyMatch(each -> each.state == AgentStatus.State.FINDING)) {
      return new ArchiveReport(
          State.FINDING,
          "The archive or a replica's log is not what it should be. Nothing beyond it is dropped"
              + " from the logs.",
          "See the findings below, and run: assay archive verify --deep",
          root,
          partitions,
          findings);
    }
    if (replicas.stream().anyMatch(Replica::tailTooLong)) {
      return new ArchiveReport(
          State.TAIL_TOO_LONG,
          "An unarchived tail is above its bound. Reads and writes go on; the logs grow.",
          "Bring the object store back, or make room for the logs.",
          root,
          partitions,
          findings);
    }
    boolean unknown =
        replicas.isEmpty()
            || replicas.stream()
                .anyMatch(
                    each ->
                        each.state == AgentStatus.State.STARTING
                            || each.state == AgentStatus.State.JOINING);
    if (unknown || replicas.stream().anyMatch(each -> each.tailSeconds > ageMax)) {
      return new ArchiveReport(
          State.BEHIND,
          unknown
              ? "Some agents are starting or follow the archive, and do not know their tails yet."
              : "Changes are unarchived that are older than they should get.",
          "See what the agents say below; is the object store reachable?",
          root,
          partitions,
          findings);
    }
    return new ArchiveReport(
        State.CURRENT, "Every log is archived up to its tail.", null, root, partitions, findings);
  }

  ExitCode exitCode() {
    return switch (state) {
      case CURRENT -> ExitCode.OK;
      case BEHIND, TAIL_TOO_LONG -> ExitCode.INCOMPLETE;
      case FINDING -> ExitCode.FINDING;
    };
  }
}
