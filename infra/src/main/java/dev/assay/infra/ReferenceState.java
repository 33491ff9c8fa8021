package dev.assay.infra;

import dev.assay.referencebuilder.Unprovable;
import java.util.Collection;

/** What is said of a partition's reference, from the best to the worst. */
enum ReferenceState {
  /** The table was dropped; nothing is built unless it is asked for by name. */
  DROPPED,
  /** Nothing was archived beyond the reference that there was. */
  CURRENT,
  /** There is a reference. */
  BUILT,
  /** Every object of the reference was read, and is as it should be. */
  SOUND,
  /** Nothing that there could be a reference of is archived yet: neither right nor wrong. */
  DELAYED,
  /** Something is archived, and there is no reference. */
  MISSING,
  /** Could not be looked at: neither right nor wrong. */
  UNCHECKED,
  /** A mutation was evaluated on another item than its key held. */
  LINEAGE,
  /** An object of the archive or of the reference is not there. */
  LOST,
  /** An object is not what was written. */
  CORRUPT,
  /** An object is whole, and of another history or a foreign hand. */
  FORKED;

  static ReferenceState of(Unprovable.Kind kind) {
    return switch (kind) {
      case LOST -> LOST;
      case CORRUPT -> CORRUPT;
      case FORKED -> FORKED;
    };
  }

  static ReferenceState worst(Collection<ReferenceState> states) {
    ReferenceState worst = DROPPED;
    for (ReferenceState state : states) {
      worst = state.compareTo(worst) > 0 ? state : worst;
    }
    return worst;
  }

  boolean isFinding() {
    return this == LINEAGE || this == LOST || this == CORRUPT || this == FORKED;
  }

  /**
   * @param missing whether something that is DELAYED had to be there
   */
  ExitCode exitCode(boolean missing) {
    return switch (this) {
      case DROPPED, CURRENT, BUILT, SOUND -> ExitCode.OK;
      case DELAYED -> missing ? ExitCode.INCOMPLETE : ExitCode.OK;
      case MISSING, UNCHECKED -> ExitCode.INCOMPLETE;
      case LINEAGE, LOST, CORRUPT, FORKED -> ExitCode.FINDING;
    };
  }
}
