package dev.assay.infra;

import dev.assay.archiver.AgentStatus;
import dev.assay.archiver.ArchiveFinding;
import dev.assay.archiver.ArchiveOptions;
import dev.assay.archiver.ArchiveSetup;
import dev.assay.archiver.Archiver;
import dev.assay.archiver.ObjectStore;
import dev.assay.archiver.SegmentBudget;
import dev.assay.replicastore.LogRetention;
import dev.assay.replicastore.Node;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.consensus.LogPosition;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node's part in the archive: its agents, and what they let the node drop of its logs. Any
 * thread may call.
 */
final class NodeArchive implements LogRetention, AutoCloseable {
  private final Setup setup;
  private volatile @Nullable Archiver archiver;

  /**
   * @param folder for the agents' cursors
   * @param writing closed by whoever opened it, as is {@code reading}
   */
  record Setup(
      String cluster,
      Path folder,
      ArchiveKeys keys,
      ObjectStore writing,
      ObjectStore reading,
      ArchiveOptions options,
      SegmentBudget budget,
      MeterRegistry registry) {}

  NodeArchive(Setup setup) {
    this.setup = setup;
  }

  /** Until now nothing could be dropped; from now on, what is archived can. */
  void follow(Node node) throws IOException {
    archiver =
        Archiver.start(
            new ArchiveSetup(
                setup.writing,
                setup.reading,
                setup.keys.key(),
                setup.keys.root(),
                setup.folder,
                () ->
                    node.logs().stream()
                        .map(log -> new ReplicaCommittedLog(setup.cluster, log))
                        .toList(),
                setup.options,
                setup.budget,
                setup.registry,
                InstantSource.system(),
                new SecureRandom()));
  }

  String node() {
    return setup.keys.key().certificate().node();
  }

  Setup setup() {
    return setup;
  }

  List<AgentStatus> statuses() {
    Archiver running = archiver;
    return running == null ? List.of() : running.statuses();
  }

  List<ArchiveFinding> findings() {
    Archiver running = archiver;
    return running == null ? List.of() : running.findings();
  }

  @Override
  public LogPosition droppableUpTo(PartitionId partition) {
    Archiver running = archiver;
    Archiver.Archived archived =
        running == null ? null : running.archived(partition.table(), partition.number());
    return archived == null ? LogPosition.NONE : new LogPosition(archived.lsn(), archived.term());
  }

  @Override
  public void close() throws InterruptedException {
    Archiver running = archiver;
    if (running != null) {
      running.close();
    }
  }
}
