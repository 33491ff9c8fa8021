package dev.assay.replicastore.consensus;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * When the last messages to one follower were made, by call id, which count up. An answer whose
 * message is no longer known here proves nothing. Any thread may call.
 */
final class SentMessages {
  private static final int KEPT = 1024;

  private final LongSupplier nanoClock;
  private final AtomicLongArray callIds = new AtomicLongArray(KEPT);
  private final AtomicLongArray madeNanos = new AtomicLongArray(KEPT);

  SentMessages(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    for (int i = 0; i < KEPT; i++) {
      callIds.set(i, -1);
    }
  }

  /** Called before the message is made, and so before it is sent. */
  void make(long callId) {
    int slot = slot(callId);
    callIds.set(slot, -1);
    madeNanos.set(slot, nanoClock.getAsLong());
    callIds.set(slot, callId);
  }

  /** What becomes of an answer, if its message is known. */
  interface Answered {
    void at(long madeNanos);
  }

  void answered(long callId, Answered then) {
    int slot = slot(callId);
    long made = madeNanos.get(slot);
    if (callIds.get(slot) == callId) {
      then.at(made);
    }
  }

  private static int slot(long callId) {
    return (int) (callId & (KEPT - 1));
  }
}
