package dev.assay.archiver;

import dev.assay.archiver.CommittedLog.Owner;

/**
 * Something that an agent found wrong, with the evidence of both sides.
 *
 * @param firstLsn the first position that it is about
 * @param lastLsn the last
 * @param object the key of the object that it is about; empty for the replica's own log
 * @param detail what was expected and what is there
 */
public record ArchiveFinding(
    Kind kind, Owner owner, long firstLsn, long lastLsn, String object, String detail) {

  /** What is wrong. */
  public enum Kind {
    /** An object's bytes are not what was written: a digest, a checksum or a signature fails. */
    CORRUPT,
    /** An object that was archived is not there. */
    LOST,
    /** An object is whole, and tells another history than this replica's log. */
    FORKED,
    /** This replica's own log can't be read, or is not what a log must be. */
    LOG_UNREADABLE
  }

  /** As in messages. */
  @Override
  public String toString() {
    return "%s: %s in %s, positions %d to %d%s: %s"
        .formatted(
            owner,
            kind,
            object.isEmpty() ? "the replica's log" : "the archive",
            firstLsn,
            lastLsn,
            object.isEmpty() ? "" : ", object " + object,
            detail);
  }
}
