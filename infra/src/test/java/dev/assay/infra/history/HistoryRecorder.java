package dev.assay.infra.history;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Collects a history while clients run. Any thread may call.
 *
 * <p>An invocation that is never finished, because its client was stopped, stays in the history
 * with an unknown outcome: forgetting it would make its effect look like a value out of nowhere.
 */
public final class HistoryRecorder {
  private final LongSupplier nanoClock;
  private final long originNs;
  private final List<Operation> finished = new ArrayList<>();
  private final Set<Invocation> open = new HashSet<>();

  /**
   * @param nanoClock as {@link System#nanoTime}
   */
  public HistoryRecorder(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.originNs = nanoClock.getAsLong();
  }

  /** An operation that a client is about to ask for. Equal to itself only. */
  public static final class Invocation {
    private final int client;
    private final String key;
    private final Action action;
    private final long invokedNs;

    private Invocation(int client, String key, Action action, long invokedNs) {
      this.client = client;
      this.key = key;
      this.action = action;
      this.invokedNs = invokedNs;
    }

    private Operation ended(Outcome outcome, long atNs) {
      long returnedNs = outcome instanceof Outcome.Unknown ? Operation.NEVER : atNs;
      return new Operation(client, key, action, outcome, invokedNs, returnedNs);
    }
  }

  /** Call just before asking. */
  public Invocation invoke(int client, String key, Action action) {
    Invocation invocation = new Invocation(client, key, action, now());
    synchronized (this) {
      open.add(invocation);
    }
    return invocation;
  }

  /** Call just after the answer. */
  public void finish(Invocation invocation, Outcome outcome) {
    long returnedNs = now();
    synchronized (this) {
      if (!open.remove(invocation)) {
        throw new IllegalStateException("finished twice: " + invocation.action.text());
      }
      finished.add(invocation.ended(outcome, returnedNs));
    }
  }

  /** Everything so far. */
  public synchronized History history() {
    List<Operation> operations = new ArrayList<>(finished);
    for (Invocation invocation : open) {
      operations.add(invocation.ended(new Outcome.Unknown(), Operation.NEVER));
    }
    return new History(operations);
  }

  private long now() {
    return nanoClock.getAsLong() - originNs;
  }
}
