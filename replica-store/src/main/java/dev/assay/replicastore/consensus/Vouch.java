package dev.assay.replicastore.consensus;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a member has said about one group that others may have built on, and so must still hold
 * after a restart.
 *
 * @param term the highest term that it took part in
 * @param vote whom it voted for in that term
 * @param flushed the last entry that it acknowledged as flushed; {@link LogPosition#NONE} if none
 * @param owed what it must catch up to before it votes again; null while it holds all it vouched
 *     for
 */
record Vouch(
    UUID group, long term, @Nullable String vote, LogPosition flushed, @Nullable Owed owed) {

  /**
   * The position that was vouched for and is not held, and the term at that time.
   *
   * @param lsn -1 when it is not known
   */
  record Owed(long lsn, long term) {}

  static Vouch none(UUID group) {
    return new Vouch(group, 0, null, LogPosition.NONE, null);
  }

  /** A later term, with no vote yet; the same when it isn't later. */
  Vouch withTerm(long newTerm) {
    return newTerm <= term ? this : new Vouch(group, newTerm, null, flushed, owed);
  }

  Vouch withVote(long newTerm, String newVote) {
    return newTerm < term ? this : new Vouch(group, newTerm, newVote, flushed, owed);
  }

  Vouch withFlushed(LogPosition newFlushed) {
    return newFlushed.equals(flushed) ? this : new Vouch(group, term, vote, newFlushed, owed);
  }

  Vouch withOwed(@Nullable Owed newOwed) {
    return new Vouch(group, term, vote, flushed, newOwed);
  }
}
