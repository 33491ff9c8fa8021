package dev.assay.infra;

import dev.assay.infra.ArchivedTables.Listed;
import dev.assay.logformat.HybridTime;
import dev.assay.logformat.ReferenceRoot;
import dev.assay.logformat.ReferenceRoot.Pack;
import dev.assay.logformat.Sha256;
import dev.assay.referencebuilder.Partition;
import dev.assay.referencebuilder.Reference;
import dev.assay.referencebuilder.Unprovable;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks which references there are. Builds nothing, so it knows the tables that the last build
 * knew. For one thread, once.
 */
final class ReferenceStatus {
  private static final int LOOKS_AT_A_TIME = 8;

  private final ReferenceParts parts;
  private final PartitionTarget target;
  private final ReferenceFindings findings = new ReferenceFindings();

  ReferenceStatus(ReferenceParts parts, PartitionTarget target) {
    this.parts = parts;
    this.target = target;
  }

  ReferenceStatusReport report() throws AdminError {
    Listed metadata = parts.tables().metadata();
    List<Listed> all = new ArrayList<>();
    List<ReferenceStatusReport.Row> rows = new ArrayList<>();
    try {
      Reference known = parts.builder().newest(metadata.partition(), Long.MAX_VALUE);
      all.add(metadata);
      if (known != null) {
        all.addAll(parts.tables().read(known));
      }
      all.removeIf(
          each ->
              !target.includes(each.partition().table(), each.partition().partition())
                  && !(known == null && each.equals(metadata)));
      if (all.isEmpty()) {
        throw AdminError.notFound(
            "the last build knew no table " + target + "; to look again: assay reference build");
      }
    } catch (IOException e) {
      all.clear();
      rows.add(failed(metadata, e));
    }
    rows.addAll(rows(all));
    return ReferenceStatusReport.of(rows, findings, parts.root());
  }

  private List<ReferenceStatusReport.Row> rows(List<Listed> all) throws AdminError {
    List<ReferenceStatusReport.Row> rows = new ArrayList<>();
    ExecutorService looks =
        Executors.newFixedThreadPool(LOOKS_AT_A_TIME, Thread.ofVirtual().factory());
    try {
      List<Future<ReferenceStatusReport.Row>> looking = new ArrayList<>();
      all.forEach(each -> looking.add(looks.submit(() -> row(each))));
      for (Future<ReferenceStatusReport.Row> row : looking) {
        rows.add(row.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a look judges its own failures", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw AdminError.unavailable("the process is stopping");
    } finally {
      looks.shutdownNow();
    }
    return rows;
  }

  private ReferenceStatusReport.Row row(Listed listed) {
    Partition partition = listed.partition();
    try {
      Reference reference = parts.builder().newest(partition, Long.MAX_VALUE);
      Rebuilds.Rebuild rebuild = parts.rebuilds().last(partition);
      ArchivedBytes archived = ArchivedBytes.list(parts.archive().reading(), partition);
      long unfolded = archived.between(reference == null ? -1 : reference.lsn(), Long.MAX_VALUE);
      if (reference == null) {
        ReferenceState state =
            listed.dropped()
                ? ReferenceState.DROPPED
                : archived.isEmpty() ? ReferenceState.DELAYED : ReferenceState.MISSING;
        return row(listed, state, "", unfolded, null, rebuild);
      }
      Reference before =
          reference.lsn() == 0 ? null : parts.builder().newest(partition, reference.lsn() - 1);
      ReferenceStatusReport.Kept kept = kept(reference, before, parts.clock().millis());
      if (kept.lineageBreaks() > 0) {
        String detail =
            kept.lineageBreaks() + " mutations did not find the item that they say they replace";
        return row(listed, ReferenceState.LINEAGE, detail, unfolded, kept, rebuild);
      }
      ReferenceState state = listed.dropped() ? ReferenceState.DROPPED : ReferenceState.BUILT;
      return row(listed, state, "", unfolded, kept, rebuild);
    } catch (IOException e) {
      return failed(listed, e);
    }
  }

  private ReferenceStatusReport.Row failed(Listed listed, IOException failure) {
    if (failure instanceof Unprovable found) {
      findings.add(listed.partition(), found);
      String detail = found.object() + ": " + found.detail();
      return row(listed, ReferenceState.of(found.kind()), detail, 0, null, null);
    }
    String detail = String.valueOf(failure.getMessage());
    return row(listed, ReferenceState.UNCHECKED, detail, 0, null, null);
  }

  private static ReferenceStatusReport.Row row(
      Listed listed,
      ReferenceState state,
      String detail,
      long unfoldedBytes,
      ReferenceStatusReport.@Nullable Kept kept,
      Rebuilds.@Nullable Rebuild rebuild) {
    Partition partition = listed.partition();
    return new ReferenceStatusReport.Row(
        partition.table(),
        partition.tableId().toString(),
        partition.partition(),
        listed.dropped(),
        state,
        detail,
        unfoldedBytes,
        kept,
        rebuild);
  }

  static ReferenceStatusReport.Kept kept(
      Reference reference, @Nullable Reference before, long nowMs) {
    ReferenceRoot root = reference.root();
    boolean timed = root.cursorTerm() > 0;
    long timeMs = HybridTime.epochMs(root.time());
    return new ReferenceStatusReport.Kept(
        root.lsn(),
        timed ? Instant.ofEpochMilli(timeMs).toString() : null,
        timed ? Math.max(0, nowMs - timeMs) / 1000.0 : 0,
        root.suite().toString(),
        root.tree().digest().toString(),
        root.tree().items(),
        root.tree().bytes(),
        root.packs().stream().mapToLong(Pack::liveBytes).sum(),
        root.packs().stream().mapToLong(Pack::bytes).sum(),
        root.packs().size(),
        sharedRatio(root, before),
        root.lineageBreaks(),
        Instant.ofEpochMilli(root.writtenAtMs()).toString(),
        root.writer(),
        reference.record());
  }

  private static @Nullable Double sharedRatio(ReferenceRoot root, @Nullable Reference before) {
    long all = root.packs().stream().mapToLong(Pack::liveBytes).sum();
    if (all == 0) {
      return null;
    }
    Set<Sha256> known =
        before == null
            ? Set.of()
            : before.root().packs().stream().map(Pack::sha256).collect(Collectors.toSet());
    long shared =
        root.packs().stream()
            .filter(pack -> known.contains(pack.sha256()))
            .mapToLong(Pack::liveBytes)
            .sum();
    return (double) shared / all;
  }
}
