package dev.assay.infra;

import dev.assay.infra.ArchivedTables.Listed;
import dev.assay.logformat.ArchivePaths;
import dev.assay.referencebuilder.FoldProgress;
import dev.assay.referencebuilder.LineageBreak;
import dev.assay.referencebuilder.Partition;
import dev.assay.referencebuilder.Reference;
import dev.assay.referencebuilder.Unprovable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the reference of one partition, and says what came of it. Where the archive can't be
 * proven from some position on, it builds up to there, so that what can be proven is. For one
 * thread at a time.
 */
final class PartitionBuild implements FoldProgress {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionBuild.class);

  private final ReferenceParts parts;
  private final Listed listed;
  private final Partition partition;
  private final Wanted wanted;
  private final ReferenceFindings findings;
  private final AdminRuns.Progress progress;
  private @Nullable ArchivedBytes archived;
  private ReferenceBuildReport.@Nullable Row row;
  private @Nullable Reference before;
  private @Nullable Reference after;
  private long toldLsn = -1;
  private long breaks;

  /**
   * @param toLsn up to where
   * @param fromGenesis whether the whole log is folded again
   */
  record Wanted(long toLsn, boolean fromGenesis) {
    static final Wanted ALL = new Wanted(Long.MAX_VALUE, false);
  }

  PartitionBuild(
      ReferenceParts parts,
      Listed listed,
      Wanted wanted,
      ReferenceFindings findings,
      AdminRuns.Progress progress) {
    this.parts = parts;
    this.listed = listed;
    this.partition = listed.partition();
    this.wanted = wanted;
    this.findings = findings;
    this.progress = progress;
  }

  /** Learns how much there is to fold, and returns it: in bytes of segments as they are stored. */
  long measure() {
    return judged(
        () -> {
          before = parts.builder().newest(partition, wanted.toLsn);
          ArchivedBytes all = ArchivedBytes.list(parts.archive().reading(), partition);
          archived = all;
          toldLsn = wanted.fromGenesis || before == null ? -1 : before.lsn();
          return all.between(toldLsn, wanted.toLsn);
        },
        0L);
  }

  /** The reference that there is after {@link #build}; null for none. */
  @Nullable Reference reference() {
    return after;
  }

  ReferenceBuildReport.Row build() {
    if (archived == null && row == null) {
      measure();
    }
    if (row == null) {
      long started = System.nanoTime();
      long startedMs = parts.clock().millis();
      judged(
          () -> {
            after = fold();
            if (wanted.toLsn == Long.MAX_VALUE) {
              parts.metrics().upToDate(partition, startedMs);
            }
            return true;
          },
          false);
      parts.metrics().fold(System.nanoTime() - started);
    }
    ReferenceBuildReport.Row ended = row == null ? judge() : row;
    parts.metrics().ended(ended.state());
    return ended;
  }

  private @Nullable Reference fold() throws IOException {
    if (!wanted.fromGenesis) {
      return parts.builder().build(partition, wanted.toLsn, this);
    }
    Reference built = parts.builder().buildFromGenesis(partition, wanted.toLsn, this);
    if (built != null) {
      parts
          .rebuilds()
          .record(
              partition,
              new Rebuilds.Rebuild(
                  built.lsn(),
                  parts.clock().instant().toString(),
                  built.root().tree().digest().toString()));
    }
    return built;
  }

  /** Reads the store, or fails: that is for the archive, or neither right nor wrong. */
  @FunctionalInterface
  private interface Reading<T> {
    T read() throws IOException;
  }

  private <T> T judged(Reading<T> reading, T otherwise) {
    try {
      return reading.read();
    } catch (Unprovable e) {
      findings.add(partition, e);
      upTo(e);
      row(ReferenceState.of(e.kind()), e.object() + ": " + e.detail());
    } catch (IOException e) {
      LOG.warn("The reference of {} could not be built", partition, e);
      row(ReferenceState.UNCHECKED, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("The reference of {} could not be built", partition, e);
      row(ReferenceState.UNCHECKED, "a mistake in the program, see the log: " + e);
    }
    return otherwise;
  }

  /** What comes before the damage can still be proven. */
  private void upTo(Unprovable damage) {
    after = before;
    boolean inTheLog = damage.object().startsWith(wal());
    if (!inTheLog || damage.firstLsn() <= (before == null ? 0 : before.lsn() + 1)) {
      return;
    }
    try {
      after = parts.builder().build(partition, damage.firstLsn() - 1, this);
    } catch (Unprovable e) {
      findings.add(partition, e);
    } catch (IOException e) {
      LOG.warn("The reference of {} up to {} failed", partition, damage.firstLsn() - 1, e);
    }
  }

  private String wal() {
    return ArchivePaths.wal(
        partition.cluster(), partition.table(), partition.tableId(), partition.partition());
  }

  private ReferenceBuildReport.Row judge() {
    Reference built = after;
    if (built == null) {
      return row(ReferenceState.DELAYED, "nothing of it is archived yet");
    }
    if (built.root().lineageBreaks() > 0) {
      return row(
          ReferenceState.LINEAGE,
          "%d mutations did not find the item that they say they replace%s"
              .formatted(
                  built.root().lineageBreaks(),
                  built.root().lineageBreaks() > breaks ? "; --from-genesis tells each" : ""));
    }
    if (wanted.toLsn != Long.MAX_VALUE && built.lsn() < wanted.toLsn) {
      return row(ReferenceState.DELAYED, "archived up to LSN " + built.lsn() + " only");
    }
    Reference known = before;
    boolean current = !wanted.fromGenesis && known != null && known.lsn() == built.lsn();
    return row(current ? ReferenceState.CURRENT : ReferenceState.BUILT, "");
  }

  private ReferenceBuildReport.Row row(ReferenceState state, String detail) {
    long from = wanted.fromGenesis || before == null ? -1 : before.lsn();
    ReferenceBuildReport.Row made = ReferenceBuildReport.Row.of(listed, state, from, after, detail);
    row = made;
    return made;
  }

  @Override
  public void folded(long lsn, long framesBytes) {
    parts.metrics().folded(framesBytes);
    ArchivedBytes all = archived;
    if (all != null) {
      progress.add(all.between(toldLsn, lsn));
      toldLsn = Math.max(toldLsn, lsn);
    }
  }

  @Override
  public void kept(long lsn) {
    LOG.info("There is a reference of {} at LSN {}", partition, lsn);
  }

  @Override
  public void lineage(LineageBreak found) {
    breaks++;
    parts.metrics().lineageBreak();
    findings.add(listed, found);
  }
}
