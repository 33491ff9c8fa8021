package dev.assay.infra;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which references there are: the answer to {@code assay reference status}.
 *
 * @param state the worst of all partitions
 * @param status the same in words
 * @param action what to do about it; null when there is nothing to do
 * @param root the fingerprint of the root that the signers were checked against
 * @param partitions those that the newest reference of the metadata partition knows, and it
 */
record ReferenceStatusReport(
    ReferenceState state,
    String status,
    @Nullable String action,
    String root,
    List<Row> partitions,
    List<ReferenceFindings.Finding> findings) {

  /**
   * @param unfoldedBytes of archived segments that begin behind the reference
   * @param reference null when there is none, or none that can be believed
   * @param lastRebuild from genesis; null when none is known here
   */
  record Row(
      String table,
      String tableId,
      int partition,
      boolean dropped,
      ReferenceState state,
      String detail,
      long unfoldedBytes,
      @Nullable Kept reference,
      Rebuilds.@Nullable Rebuild lastRebuild) {}

  /**
   * A reference.
   *
   * @param time of the last batch that takes effect in it; null when none does
   * @param ageSeconds since then
   * @param digest of the root
   * @param bytes of all keys and items
   * @param treeBytes of the nodes of the tree
   * @param packBytes of the packs that hold them
   * @param sharedRatio how much of {@code treeBytes} lies in packs that the reference before has
   *     too: what the last fold took over; null for a tree without nodes
   * @param lineageBreaks since the state began
   * @param writer the node that signed it
   * @param record the key of its record
   */
  record Kept(
      long lsn,
      @Nullable String time,
      double ageSeconds,
      String suite,
      String digest,
      long items,
      long bytes,
      long treeBytes,
      long packBytes,
      int packs,
      @Nullable Double sharedRatio,
      long lineageBreaks,
      String writtenAt,
      String writer,
      String record) {}

  static ReferenceStatusReport of(List<Row> rows, ReferenceFindings findings, String root) {
    ReferenceState state = ReferenceState.worst(rows.stream().map(Row::state).toList());
    return new ReferenceStatusReport(
        state, inWords(state), action(state), root, rows, findings.findings());
  }

  private static String inWords(ReferenceState state) {
    return switch (state) {
      case DROPPED, CURRENT, BUILT, SOUND -> "Every partition that is archived has a reference.";
      case DELAYED -> "Something is not archived yet, so there can be no reference of it.";
      case MISSING -> "Something is archived that there is no reference of.";
      case UNCHECKED -> "Something could not be read: that is neither right nor wrong.";
      case LINEAGE ->
          "Something was written over another item than its key held, by a node that was wrong"
              + " about it.";
      case LOST -> "Something of a reference is not there any more.";
      case CORRUPT -> "Something of a reference is not what was written.";
      case FORKED -> "A reference is of another history or a foreign hand.";
    };
  }

  private static @Nullable String action(ReferenceState state) {
    return switch (state) {
      case DROPPED, CURRENT, BUILT, SOUND -> null;
      case DELAYED -> "Wait until it is archived: assay archive status";
      case MISSING -> "Build it: assay reference build";
      case UNCHECKED -> "See the details below; is the object store reachable?";
      case LINEAGE -> "To be told the keys: assay reference build --from-genesis";
      case LOST, CORRUPT, FORKED -> "Put the objects below back as they were.";
    };
  }

  ExitCode exitCode() {
    boolean nothing =
        partitions.stream()
            .anyMatch(
                row ->
                    row.state == ReferenceState.DELAYED
                        && row.tableId.equals(ReferenceText.METADATA_ID));
    return state.exitCode(nothing);
  }
}
