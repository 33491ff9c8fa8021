package dev.assay.archiver;

import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.logformat.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * How far one replica's agent is, for people and for metrics.
 *
 * @param detail why it is in this state; empty when there is nothing to say
 * @param archivedLsn the last position that is archived, read back, and equal to this replica's
 *     log; -1 for none
 * @param headManifest the digest of the manifest there
 * @param committedLsn the last committed position of this replica's log
 * @param tailBytes of frames that are not archived, as far as the agent has read
 * @param tailSinceMs when the oldest change of the tail was evaluated; 0 when it bears none
 * @param tailTooLong whether the tail is above its bound: an alarm state
 * @param lastUploadMs when this agent last wrote a segment; 0 for never since its start
 * @param lastVerifiedMs when it last found a segment equal to its log; 0 for never since its start
 * @param finding what it can't go beyond; null while there is nothing
 */
public record AgentStatus(
    Owner owner,
    State state,
    String detail,
    long archivedLsn,
    long archivedTerm,
    Sha256 headManifest,
    long committedLsn,
    long tailBytes,
    long tailSinceMs,
    boolean tailTooLong,
    long lastUploadMs,
    long lastVerifiedMs,
    @Nullable ArchiveFinding finding) {

  /** What an agent is doing. */
  public enum State {
    /** It has not looked yet whether the archive still has what its cursor says. */
    STARTING,
    /** It follows the log: nothing that should be archived by now is missing. */
    CURRENT,
    /** Segments are waiting to be archived, and it works on them or leaves them to the leader. */
    ARCHIVING,
    /** Its log begins behind the archive's end, so it follows the archive until they meet. */
    JOINING,
    /** The store or the log failed, and is asked again. */
    RETRYING,
    /** Something is wrong that it can't go beyond. */
    FINDING
  }

  /** Whether it knows its tail; otherwise nobody may take it for a short one. */
  public boolean knowsItsTail() {
    return switch (state) {
      case CURRENT, ARCHIVING, RETRYING -> true;
      case STARTING, JOINING, FINDING -> false;
    };
  }

  /** How many entries are not archived. */
  public long tailEntries() {
    return Math.max(0, committedLsn - archivedLsn);
  }
}
