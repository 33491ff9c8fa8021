package dev.assay.infra;

import dev.assay.infra.ArchivedTables.Listed;
import dev.assay.referencebuilder.CheckProgress;
import dev.assay.referencebuilder.Partition;
import dev.assay.referencebuilder.Reference;
import dev.assay.referencebuilder.ReferenceReport;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of {@code assay reference check}: reads the newest reference of each partition, object by
 * object. Builds nothing, so it knows the tables that the last build knew. For one thread, once.
 */
final class ReferenceCheckRun {
  private static final Logger LOG = LoggerFactory.getLogger(ReferenceCheckRun.class);

  private final ReferenceParts parts;
  private final PartitionTarget target;
  private final boolean deep;
  private final AdminRuns.Progress progress;
  private final ReferenceFindings findings = new ReferenceFindings();

  /** A partition and its newest reference, or why there is none to check. */
  private record Found(
      Listed listed, @Nullable Reference reference, ReferenceState state, String detail) {}

  ReferenceCheckRun(
      ReferenceParts parts, PartitionTarget target, boolean deep, AdminRuns.Progress progress) {
    this.parts = parts;
    this.target = target;
    this.deep = deep;
    this.progress = progress;
  }

  ReferenceCheckReport report() throws AdminError {
    List<ReferenceCheckReport.Row> rows = new ArrayList<>();
    List<Found> found = found();
    progress.total(found.stream().mapToLong(this::bytes).sum());
    ExecutorService checks =
        Executors.newFixedThreadPool(
            parts.foldsMax(), Thread.ofPlatform().daemon().name("reference-check-", 0).factory());
    try {
      List<Callable<ReferenceCheckReport.Row>> all = new ArrayList<>();
      found.forEach(each -> all.add(() -> check(each)));
      for (Future<ReferenceCheckReport.Row> row : checks.invokeAll(all)) {
        rows.add(row.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a check judges its own failures", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw AdminError.unavailable("the process is stopping");
    } finally {
      checks.shutdownNow();
    }
    rows.forEach(row -> parts.metrics().ended(row.state()));
    return ReferenceCheckReport.of(rows, findings, parts.root(), deep, target.table() != null);
  }

  private List<Found> found() throws AdminError {
    Found metadata = newest(parts.tables().metadata());
    List<Found> all = new ArrayList<>();
    boolean selected = selects(metadata.listed);
    if (selected || metadata.reference == null) {
      all.add(metadata);
    }
    Reference known = metadata.reference;
    if (known == null) {
      return all;
    }
    boolean any = selected;
    try {
      for (Listed each : parts.tables().read(known)) {
        if (selects(each)) {
          any = true;
          all.add(
              each.dropped() && target.table() == null
                  ? new Found(each, null, ReferenceState.DROPPED, "")
                  : newest(each));
        }
      }
    } catch (IOException e) {
      return List.of(failed(metadata.listed, e));
    }
    if (!any) {
      throw AdminError.notFound(
          "the last build knew no table " + target + "; to look again: assay reference build");
    }
    return all;
  }

  private boolean selects(Listed listed) {
    Partition partition = listed.partition();
    return target.includes(partition.table(), partition.partition());
  }

  private Found newest(Listed listed) {
    try {
      Reference reference = parts.builder().newest(listed.partition(), Long.MAX_VALUE);
      if (reference != null) {
        return new Found(listed, reference, ReferenceState.SOUND, "");
      }
      return ArchivedBytes.list(parts.archive().reading(), listed.partition()).isEmpty()
          ? new Found(listed, null, ReferenceState.DELAYED, "nothing of it is archived yet")
          : new Found(listed, null, ReferenceState.MISSING, "there is no reference of it");
    } catch (IOException e) {
      return failed(listed, e);
    }
  }

  private Found failed(Listed listed, IOException failure) {
    if (failure instanceof Unprovable found) {
      findings.add(listed.partition(), found);
      String detail = found.object() + ": " + found.detail();
      return new Found(listed, null, ReferenceState.of(found.kind()), detail);
    }
    LOG.warn("The reference of {} could not be checked", listed.partition(), failure);
    String detail = String.valueOf(failure.getMessage());
    return new Found(listed, null, ReferenceState.UNCHECKED, detail);
  }

  private long bytes(Found found) {
    Reference reference = found.reference;
    if (reference == null) {
      return 0;
    }
    long packs = reference.root().packs().stream().mapToLong(pack -> pack.bytes()).sum();
    return packs + (deep ? reference.root().tree().bytes() : 0);
  }

  private ReferenceCheckReport.Row check(Found found) {
    Reference reference = found.reference;
    if (reference == null) {
      return row(found, null);
    }
    Partition partition = found.listed.partition();
    try {
      ReferenceReport report =
          parts.builder().check(partition, reference, deep, new Told(reference));
      report.findings().forEach(each -> findings.add(partition, each));
      ReferenceState worst =
          ReferenceState.worst(
              report.findings().stream().map(each -> ReferenceState.of(each.kind())).toList());
      return row(judged(found, reference, report, worst), report);
    } catch (IOException e) {
      return row(failed(found.listed, e), null);
    } catch (RuntimeException e) {
      LOG.error("The reference of {} could not be checked", partition, e);
      String detail = "a mistake in the program, see the log: " + e;
      return row(new Found(found.listed, reference, ReferenceState.UNCHECKED, detail), null);
    }
  }

  private static Found judged(
      Found found, Reference reference, ReferenceReport report, ReferenceState worst) {
    if (!report.clean()) {
      Unprovable first = report.findings().getFirst();
      return new Found(found.listed, reference, worst, first.object() + ": " + first.detail());
    }
    long breaks = reference.root().lineageBreaks();
    return breaks == 0
        ? found
        : new Found(
            found.listed,
            reference,
            ReferenceState.LINEAGE,
            breaks + " mutations did not find the item that they say they replace");
  }

  private static ReferenceCheckReport.Row row(Found found, @Nullable ReferenceReport report) {
    Partition partition = found.listed.partition();
    Reference reference = found.reference;
    boolean unbelieved =
        report == null && found.state.isFinding() && found.state != ReferenceState.LINEAGE;
    return new ReferenceCheckReport.Row(
        partition.table(),
        partition.tableId().toString(),
        partition.partition(),
        found.listed.dropped(),
        found.state,
        reference == null ? -1 : reference.lsn(),
        reference == null ? 0 : reference.root().packs().size(),
        report == null ? 0 : report.nodes(),
        report == null ? 0 : report.items(),
        report == null ? (unbelieved ? 1 : 0) : report.findings().size() + report.leftOut(),
        found.detail);
  }

  /** Counts what was read: a body by the average of the tree. */
  private final class Told implements CheckProgress {
    private final long bytes;
    private final long items;
    private long bodies;

    Told(Reference reference) {
      this.bytes = reference.root().tree().bytes();
      this.items = Math.max(1, reference.root().tree().items());
    }

    @Override
    public void packRead(String object, long packBytes) {
      progress.add(packBytes);
    }

    @Override
    public void itemsListed(long more) {}

    @Override
    public void bodiesRead(long more) {
      long before = part();
      bodies += more;
      progress.add(part() - before);
    }

    private long part() {
      return (long) ((double) bytes * Math.min(bodies, items) / items);
    }
  }
}
