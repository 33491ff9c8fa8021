package dev.assay.archiver;

import dev.assay.archiver.CommittedLog.Owner;
import java.util.List;

/**
 * What a verification of the archive found.
 *
 * @param state the worst of all ranges; {@link State#FOUND} when there is none
 * @param ranges of each partition in the order of their positions, and at its end what concerns no
 *     position
 * @param bytesRead of manifests and segments
 * @param objects manifests and segments that were looked at
 */
public record ArchiveVerification(State state, List<Range> ranges, long bytesRead, long objects) {

  /** From the best to the worst. The last three are all findings, none of them worse. */
  public enum State {
    /** In the archive, and as it should be as far as was looked. */
    FOUND,
    /** Committed, and not in the archive yet. */
    DELAYED,
    /** Could not be looked at: neither right nor wrong. */
    UNCHECKED,
    /** Was archived, and is not there. */
    LOST,
    /** Is there, and is not what was written there. */
    CORRUPT,
    /** Is whole, and tells another history: another signer, or another past or head. */
    FORKED;

    /** Whether the archive is not as it should be, as far as could be looked. */
    public boolean isFinding() {
      return this == LOST || this == CORRUPT || this == FORKED;
    }
  }

  /**
   * Positions of one partition with one state.
   *
   * @param firstLsn -1 when the object says nothing of positions
   * @param object the key that it is about; for {@link State#FOUND} and {@link State#DELAYED} the
   *     partition's folder
   * @param detail what was expected, and what is there; empty when it is as it should be
   */
  public record Range(
      Owner owner, long firstLsn, long lastLsn, String object, State state, String detail) {}

  public ArchiveVerification {
    ranges = List.copyOf(ranges);
  }

  static State worst(List<Range> ranges) {
    State worst = State.FOUND;
    for (Range range : ranges) {
      worst = range.state().compareTo(worst) > 0 ? range.state() : worst;
    }
    return worst;
  }
}
