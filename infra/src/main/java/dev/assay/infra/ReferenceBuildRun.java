package dev.assay.infra;

import dev.assay.infra.ArchivedTables.Listed;
import dev.assay.referencebuilder.Partition;
import dev.assay.referencebuilder.Reference;
import dev.assay.referencebuilder.Unprovable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code assay reference build}: first the metadata partition, whose reference says
 * which tables there are, then the others side by side. Nothing but the archive is asked. For one
 * thread, once.
 */
final class ReferenceBuildRun {
  private final ReferenceParts parts;
  private final PartitionTarget target;
  private final PartitionBuild.Wanted wanted;
  private final AdminRuns.Progress progress;
  private final ReferenceFindings findings = new ReferenceFindings();
  private final List<ReferenceBuildReport.Row> rows = new ArrayList<>();

  ReferenceBuildRun(
      ReferenceParts parts,
      PartitionTarget target,
      PartitionBuild.Wanted wanted,
      AdminRuns.Progress progress) {
    this.parts = parts;
    this.target = target;
    this.wanted = wanted;
    this.progress = progress;
  }

  ReferenceBuildReport report() throws AdminError {
    Listed metadata = parts.tables().metadata();
    try {
      parts.publishCertificate();
      run(metadata);
    } catch (IOException e) {
      rows.clear();
      rows.add(
          ReferenceBuildReport.Row.of(
              metadata, ReferenceState.UNCHECKED, -1, null, String.valueOf(e.getMessage())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw AdminError.unavailable("the process is stopping");
    }
    return ReferenceBuildReport.of(
        rows, findings, parts.root(), wanted.fromGenesis(), target.table() != null);
  }

  private void run(Listed metadata) throws AdminError, IOException, InterruptedException {
    boolean selected = selects(metadata);
    PartitionBuild known =
        new PartitionBuild(
            parts,
            metadata,
            selected ? wanted : PartitionBuild.Wanted.ALL,
            findings,
            new AdminRuns.Progress());
    ReferenceBuildReport.Row row = known.build();
    if (selected || row.state().exitCode(true) != ExitCode.OK) {
      rows.add(row);
    }
    List<Listed> listed = listed(known.reference());
    if (listed == null) {
      return;
    }
    List<PartitionBuild> builds = new ArrayList<>();
    List<ReferenceBuildReport.Row> dropped = new ArrayList<>();
    boolean any = selected;
    for (Listed each : listed) {
      if (selects(each)) {
        any = true;
        if (each.dropped() && target.table() == null) {
          dropped.add(ReferenceBuildReport.Row.of(each, ReferenceState.DROPPED, -1, null, ""));
        } else {
          builds.add(new PartitionBuild(parts, each, wanted, findings, progress));
        }
      }
    }
    if (!any && row.state().exitCode(true) == ExitCode.OK) {
      throw AdminError.notFound(
          "the archive, up to position %d of the metadata partition, knows no table %s; one that"
                  .formatted(row.toLsn(), target)
              + " was made in the last minutes may not be archived yet");
    }
    build(builds);
    rows.addAll(dropped);
    forget(metadata, listed);
  }

  private boolean selects(Listed listed) {
    Partition partition = listed.partition();
    return target.includes(partition.table(), partition.partition());
  }

  /** The partitions of all tables; null when they can't be known. */
  private @Nullable List<Listed> listed(@Nullable Reference metadata) throws IOException {
    if (metadata == null) {
      return null;
    }
    try {
      return parts.tables().read(metadata);
    } catch (Unprovable e) {
      Listed table = parts.tables().metadata();
      findings.add(table.partition(), e);
      rows.removeIf(row -> row.tableId().equals(ReferenceText.METADATA_ID));
      rows.add(
          ReferenceBuildReport.Row.of(
              table,
              ReferenceState.of(e.kind()),
              metadata.lsn(),
              metadata,
              e.object() + ": " + e.detail()));
      return null;
    }
  }

  private void forget(Listed metadata, List<Listed> listed) {
    List<Partition> live = new ArrayList<>(List.of(metadata.partition()));
    listed.stream().filter(each -> !each.dropped()).map(Listed::partition).forEach(live::add);
    parts.metrics().retain(live);
  }

  private void build(List<PartitionBuild> builds) throws InterruptedException {
    ExecutorService folds =
        Executors.newFixedThreadPool(
            parts.foldsMax(), Thread.ofPlatform().daemon().name("reference-", 0).factory());
    try {
      List<Callable<Long>> measures = new ArrayList<>();
      builds.forEach(build -> measures.add(build::measure));
      long total = 0;
      for (Future<Long> measured : folds.invokeAll(measures)) {
        total += result(measured);
      }
      progress.total(total);
      List<Callable<ReferenceBuildReport.Row>> all = new ArrayList<>();
      builds.forEach(build -> all.add(build::build));
      for (Future<ReferenceBuildReport.Row> built : folds.invokeAll(all)) {
        rows.add(result(built));
      }
    } finally {
      folds.shutdownNow();
    }
  }

  private static <T> T result(Future<T> done) throws InterruptedException {
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a build judges its own failures", e.getCause());
    }
  }
}
