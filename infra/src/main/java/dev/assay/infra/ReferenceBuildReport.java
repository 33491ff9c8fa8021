package dev.assay.infra;

import dev.assay.logformat.ReferenceRoot;
import dev.assay.referencebuilder.Partition;
import dev.assay.referencebuilder.Reference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of building references: the answer to {@code assay reference build}.
 *
 * @param state the worst of all partitions
 * @param status the same in words
 * @param action what to do about it; null when there is nothing to do
 * @param root the fingerprint of the root that the signers were checked against
 * @param fromGenesis whether the logs were folded from their beginning
 * @param missing whether something that is DELAYED was asked for by name, or is the metadata
 *     partition, without which no table is known
 * @param lineageBreaksBeyond how many were told beyond those that are here
 */
record ReferenceBuildReport(
    ReferenceState state,
    String status,
    @Nullable String action,
    String root,
    boolean fromGenesis,
    boolean missing,
    List<Row> partitions,
    List<ReferenceFindings.Finding> findings,
    List<ReferenceFindings.Lineage> lineageBreaks,
    long lineageBreaksBeyond) {

  /**
   * One partition.
   *
   * @param fromLsn of the reference that there was; -1 when the fold began with nothing
   * @param toLsn of the reference that there is now; -1 when there is none
   * @param digest of its root; null when there is none
   * @param record the key of its record; null when there is none
   * @param lineageBreaks since the state began
   * @param detail empty when it is as it should be
   */
  record Row(
      String table,
      String tableId,
      int partition,
      boolean dropped,
      ReferenceState state,
      long fromLsn,
      long toLsn,
      long items,
      @Nullable String digest,
      @Nullable String record,
      long lineageBreaks,
      String detail) {

    static Row of(
        ArchivedTables.Listed listed,
        ReferenceState state,
        long fromLsn,
        @Nullable Reference reference,
        String detail) {
      Partition partition = listed.partition();
      ReferenceRoot root = reference == null ? null : reference.root();
      return new Row(
          partition.table(),
          partition.tableId().toString(),
          partition.partition(),
          listed.dropped(),
          state,
          fromLsn,
          root == null ? -1 : root.lsn(),
          root == null ? 0 : root.tree().items(),
          root == null ? null : root.tree().digest().toString(),
          reference == null ? null : reference.record(),
          root == null ? 0 : root.lineageBreaks(),
          detail);
    }
  }

  /**
   * @param named whether the partitions were asked for by name
   */
  static ReferenceBuildReport of(
      List<Row> rows, ReferenceFindings findings, String root, boolean fromGenesis, boolean named) {
    ReferenceState state = ReferenceState.worst(rows.stream().map(Row::state).toList());
    boolean missing =
        rows.stream()
            .anyMatch(
                row ->
                    row.state == ReferenceState.DELAYED
                        && (named || row.tableId.equals(ReferenceText.METADATA_ID)));
    return new ReferenceBuildReport(
        state,
        inWords(state),
        action(state),
        root,
        fromGenesis,
        missing,
        rows,
        findings.findings(),
        findings.lineageBreaks(),
        findings.lineageBreaksBeyond());
  }

  private static String inWords(ReferenceState state) {
    return switch (state) {
      case DROPPED, CURRENT, SOUND -> "Every reference held all that is archived.";
      case BUILT -> "Every reference holds all that is archived, up to what was asked for.";
      case DELAYED ->
          "Something is not archived yet, so there is no reference of it: neither right nor wrong.";
      case MISSING, UNCHECKED -> "Something could not be read: that is neither right nor wrong.";
      case LINEAGE ->
          "Something was written over another item than its key held, by a node that was wrong"
              + " about it.";
      case LOST ->
          "Something that was archived is not there any more. Nothing beyond it is proven.";
      case CORRUPT ->
          "Something in the archive is not what was written. Nothing beyond it is proven.";
      case FORKED -> "Something in the archive tells another history. Nothing beyond it is proven.";
    };
  }

  private static @Nullable String action(ReferenceState state) {
    return switch (state) {
      case DROPPED, CURRENT, BUILT, SOUND -> null;
      case DELAYED -> "Wait until it is archived: assay archive status";
      case MISSING, UNCHECKED -> "See the details below; is the object store reachable?";
      case LINEAGE -> "See the keys below, and which node evaluated what was written to them.";
      case LOST, CORRUPT, FORKED ->
          "Put the objects below back as they were; see also: assay archive verify --deep";
    };
  }

  ExitCode exitCode() {
    return state.exitCode(missing);
  }
}
