package dev.assay.replicastore.consensus;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * This node's membership of one replication group. Any thread may call.
 *
 * <p>Futures complete on threads of consensus, that of {@link #append} on the one that applies
 * entries: what is attached to them must be short, and must not wait.
 */
public interface Group {

  /** The state of this member, for status pages and routing. */
  Status status();

  /**
   * Appends a payload as the leader. Calls are appended in the order of the calls, when made from
   * one thread. Completes with the position once this member has applied the entry. Completes with
   * {@link NotAppended} when it is certain that the entry is in no log; with any other exception
   * (usually {@link OutcomeUnknown}) the outcome is unknown: the entry may still be applied, now or
   * later. The caller leaves the array alone from then on.
   */
  CompletableFuture<Long> append(byte[] payload);

  /**
   * Completes when this member led at some moment after the call and had applied everything that
   * was committed before the call; completes with {@link NotLeading} otherwise.
   *
   * <p>Without a lease this takes a round of messages, which all waiting calls share. With a lease
   * ({@link ConsensusOptions#leaderLease}) it usually takes none; see there what that assumes.
   */
  CompletableFuture<Void> confirmLeadership();

  /** Gives leadership up, if this member has it; another member is preferred next. */
  void stepDown();

  /**
   * Asks for a snapshot now, so that the log can be dropped up to what {@link LogApplier} allows.
   */
  void requestSnapshot();

  /** The committed entries as this member's disk has them. Stays readable when it has stopped. */
  DiskLog diskLog();

  /**
   * @param term the member's current term
   * @param role what it is now
   * @param leader the leader's node, if known
   * @param lastLsn last position in the member's log; -1 when it holds nothing
   * @param flushedLsn last position that is on its disk
   * @param committedLsn last position known to be committed
   * @param firstLsn first position that its log still has; the next one when the log is empty
   */
  record Status(
      long term,
      Role role,
      @Nullable String leader,
      long lastLsn,
      long flushedLsn,
      long committedLsn,
      long firstLsn) {}

  enum Role {
    LEADER,
    /** Leads, but has not yet applied everything before its term. */
    LEADER_STARTING,
    FOLLOWER,
    CANDIDATE,
    /** Follows without a vote, because its log is shorter than what it had vouched for. */
    CATCHING_UP,
    STOPPED
  }

  /** It is certain that the entry is in no log, and never will be. */
  abstract sealed class NotAppended extends Exception permits NotLeading, TooMuchInFlight {
    private static final long serialVersionUID = 1L;

    private NotAppended(String message) {
      super(message);
    }
  }

  /** Nothing was appended: this member does not lead. */
  final class NotLeading extends NotAppended {
    private static final long serialVersionUID = 1L;
    private final transient @Nullable String leader;

    public NotLeading(@Nullable String leader) {
      super(leader == null ? "no leader is known" : "the leader is " + leader);
      this.leader = leader;
    }

    public @Nullable String leader() {
      return leader;
    }
  }

  /** Nothing was appended: more entries are waiting than this member takes. Try again later. */
  final class TooMuchInFlight extends NotAppended {
    private static final long serialVersionUID = 1L;

    public TooMuchInFlight() {
      super("too many entries are waiting to be agreed on");
    }
  }

  /** The entry reached a log, and whether it stays there is not known. */
  final class OutcomeUnknown extends Exception {
    private static final long serialVersionUID = 1L;

    public OutcomeUnknown(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
