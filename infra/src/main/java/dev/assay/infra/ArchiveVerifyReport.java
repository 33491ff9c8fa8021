package dev.assay.infra;

import dev.assay.archiver.ArchiveVerification;
import dev.assay.archiver.ArchiveVerification.State;
import java.util.List;

/**
 * What a verification of the archive found: the answer to {@code assay archive verify}.
 *
 * @param state the worst of all ranges
 * @param status the same in words
 * @param root the fingerprint of the root that the signers were checked against
 * @param deep whether every entry was decoded
 * @param late whether something is not archived that is older than it should get
 */
record ArchiveVerifyReport(
    State state,
    String status,
    String root,
    boolean deep,
    boolean late,
    long objects,
    long bytesRead,
    List<Range> ranges) {

  record Range(
      String table,
      int partition,
      long firstLsn,
      long lastLsn,
      String object,
      State state,
      String detail) {}

  static ArchiveVerifyReport of(
      ArchiveVerification verification, String root, boolean deep, boolean late) {
    State state = verification.state();
    return new ArchiveVerifyReport(
        state,
        inWords(state, late),
        root,
        deep,
        late,
        verification.objects(),
        verification.bytesRead(),
        verification.ranges().stream()
            .map(
                range ->
                    new Range(
                        range.owner().table(),
                        range.owner().partition(),
                        range.firstLsn(),
                        range.lastLsn(),
                        range.object(),
                        range.state(),
                        range.detail()))
            .toList());
  }

  private static String inWords(State state, boolean late) {
    return switch (state) {
      case FOUND -> "Everything that was committed is in the archive, and as it should be.";
      case DELAYED ->
          late
              ? "What is archived is as it should be; the rest is older than it should get."
              : "What is archived is as it should be; the rest is young.";
      case UNCHECKED -> "Something could not be checked: that is neither right nor wrong.";
      case LOST -> "Something that was archived is not there any more.";
      case CORRUPT -> "Something in the archive is not what was written.";
      case FORKED -> "Something in the archive tells another history.";
    };
  }

  ExitCode exitCode() {
    return switch (state) {
      case FOUND -> ExitCode.OK;
      case DELAYED -> late ? ExitCode.INCOMPLETE : ExitCode.OK;
      case UNCHECKED -> ExitCode.INCOMPLETE;
      case LOST, CORRUPT, FORKED -> ExitCode.FINDING;
    };
  }
}
