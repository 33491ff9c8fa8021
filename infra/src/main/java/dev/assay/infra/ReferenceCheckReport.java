package dev.assay.infra;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a check of references found: the answer to {@code assay reference check}.
 *
 * @param state the worst of all partitions
 * @param status the same in words
 * @param action what to do about it; null when there is nothing to do
 * @param root the fingerprint of the root that the signers were checked against
 * @param deep whether the items themselves were looked for in the archive
 * @param missing whether something that is DELAYED was asked for by name, or is the metadata
 *     partition, without which no table is known
 * @param findingsBeyond how many there are beyond those that are here
 */
record ReferenceCheckReport(
    ReferenceState state,
    String status,
    @Nullable String action,
    String root,
    boolean deep,
    boolean missing,
    List<Row> partitions,
    List<ReferenceFindings.Finding> findings,
    long findingsBeyond) {

  /**
   * @param lsn of the reference; -1 when there is none
   * @param nodes of its tree that were read
   * @param items of its tree that were seen
   * @param findings how many
   * @param detail empty when it is as it should be
   */
  record Row(
      String table,
      String tableId,
      int partition,
      boolean dropped,
      ReferenceState state,
      long lsn,
      int packs,
      long nodes,
      long items,
      long findings,
      String detail) {}

  /**
   * @param named whether the partitions were asked for by name
   */
  static ReferenceCheckReport of(
      List<Row> rows, ReferenceFindings findings, String root, boolean deep, boolean named) {
    ReferenceState state = ReferenceState.worst(rows.stream().map(Row::state).toList());
    boolean missing =
        rows.stream()
            .anyMatch(
                row ->
                    row.state == ReferenceState.DELAYED
                        && (named || row.tableId.equals(ReferenceText.METADATA_ID)));
    long all = rows.stream().mapToLong(Row::findings).sum();
    List<ReferenceFindings.Finding> told = findings.findings();
    return new ReferenceCheckReport(
        state,
        inWords(state),
        action(state),
        root,
        deep,
        missing,
        rows,
        told,
        Math.max(0, all - told.size()));
  }

  private static String inWords(ReferenceState state) {
    return switch (state) {
      case DROPPED, CURRENT, BUILT, SOUND ->
          "Every object of every reference is there, and as it should be.";
      case DELAYED -> "Something is not archived yet, so there can be no reference of it.";
      case MISSING -> "Something is archived that there is no reference of.";
      case UNCHECKED -> "Something could not be read: that is neither right nor wrong.";
      case LINEAGE ->
          "The references are as they were written, and tell of mutations over other items than"
              + " their keys held.";
      case LOST -> "An object of a reference is not there any more.";
      case CORRUPT -> "An object of a reference is not what was written.";
      case FORKED -> "An object of a reference is of another history or a foreign hand.";
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
    return state.exitCode(missing);
  }
}
