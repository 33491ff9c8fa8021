package dev.assay.replicastore.consensus;

import dev.assay.replicastore.consensus.Group.NotLeading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Proves, for a read, that this member leads: that a majority acknowledged it after the read began,
 * or so recently that none of them can have elected another.
 *
 * <p>Ratis has the same two things, and neither is used: its read index takes an earlier
 * acknowledgement of the same commit index for a fresh one, and its lease counts the answers of
 * followers that refused. A proof here rests on the time at which the acknowledged message was
 * made, and on its term.
 *
 * <p>Waiting calls share rounds: while one is under way, whoever comes waits for the next, which
 * begins when that one ends. Any thread may call.
 */
final class LeadershipProof {
  private final Leadership leadership;
  private final boolean leaseAllowed;
  private final long leaseNanos;
  private final long patienceNanos;
  private final LongSupplier nanoClock;

  /** When the newest acknowledged message to each follower was made, in {@link #ackTerm}. */
  private final Map<String, Long> acknowledged = new HashMap<>();

  private long ackTerm = -1;
  private long leaseOffTerm = -1;
  private @Nullable Round current;
  private @Nullable Round next;

  /** What a proof needs of its group. None of it may wait. */
  interface Leadership {
    /** The term in which this member leads with everything before it applied; else -1. */
    long readyTerm();

    /** How many acknowledgements, its own left out, are a majority. */
    int othersNeeded();

    /** Has a message sent to every follower as soon as can be. */
    void askFollowers();

    @Nullable String otherLeader();
  }

  private static final class Round {
    final CompletableFuture<Void> proven = new CompletableFuture<>();
    long term;
    long begunNanos;
  }

  LeadershipProof(
      Leadership leadership,
      boolean leaseAllowed,
      Duration lease,
      Duration patience,
      LongSupplier nanoClock) {
    this.leadership = leadership;
    this.leaseAllowed = leaseAllowed;
    this.leaseNanos = lease.toNanos();
    this.patienceNanos = patience.toNanos();
    this.nanoClock = nanoClock;
  }

  /** Completes once it is proven that this member led at some moment after this call. */
  CompletableFuture<Void> confirm() {
    long term = leadership.readyTerm();
    if (term < 0) {
      return CompletableFuture.failedFuture(new NotLeading(leadership.otherLeader()));
    }
    CompletableFuture<Void> proven;
    boolean ask;
    synchronized (this) {
      if (leadership.othersNeeded() == 0 || hasLease(term)) {
        return CompletableFuture.completedFuture(null);
      }
      if (next == null) {
        next = new Round();
      }
      proven = next.proven;
      ask = current == null && begin(term);
    }
    if (ask) {
      leadership.askFollowers();
    }
    return proven;
  }

  private boolean hasLease(long term) {
    return leaseAllowed
        && term == ackTerm
        && term > leaseOffTerm
        && ackedByMajority(nanoClock.getAsLong() - leaseNanos + 1);
  }

  /** Whether enough followers acknowledged a message that was made at or after a time. */
  private boolean ackedByMajority(long nanos) {
    int count = 0;
    for (long made : acknowledged.values()) {
      if (made - nanos >= 0) {
        count++;
      }
    }
    return count >= leadership.othersNeeded();
  }

  private boolean begin(long term) {
    current = next;
    next = null;
    if (current == null) {
      return false;
    }
    current.term = term;
    current.begunNanos = nanoClock.getAsLong();
    return true;
  }

  /** A follower accepted a message of this member's, in a term, that was made at a time. */
  void acknowledged(String follower, long term, long madeNanos) {
    Round ended = null;
    boolean ask = false;
    synchronized (this) {
      if (term < ackTerm) {
        return;
      }
      if (term > ackTerm) {
        acknowledged.clear();
        ackTerm = term;
      }
      acknowledged.merge(follower, madeNanos, (a, b) -> a - b >= 0 ? a : b);
      if (current != null && current.term == term && ackedByMajority(current.begunNanos)) {
        ended = current;
        ask = begin(term);
      }
    }
    if (ask) {
      leadership.askFollowers();
    }
    if (ended != null) {
      ended.proven.complete(null);
    }
  }

  /** From the first sign that leadership is handed over, its term has no lease any more. */
  synchronized void noLease(long term) {
    leaseOffTerm = Math.max(leaseOffTerm, term);
  }

  /** Ends rounds that can't succeed, and asks again in those that may. Called regularly. */
  void tick() {
    List<Round> failed = new ArrayList<>();
    boolean ask;
    synchronized (this) {
      long term = leadership.readyTerm();
      if (current != null
          && (current.term != term || nanoClock.getAsLong() - current.begunNanos > patienceNanos)) {
        failed.add(current);
        current = null;
      }
      if (current == null && next != null) {
        if (term < 0) {
          failed.add(next);
          next = null;
        } else {
          begin(term);
        }
      }
      ask = current != null;
    }
    if (ask) {
      leadership.askFollowers();
    }
    for (Round round : failed) {
      round.proven.completeExceptionally(new NotLeading(leadership.otherLeader()));
    }
  }
}
