package dev.assay.infra.history;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes histories down by hand, in milliseconds, for tests. One thread. */
final class Histories {
  private static final long MS = 1_000_000;

  private final List<Operation> operations = new ArrayList<>();
  private final String key;

  Histories(String key) {
    this.key = key;
  }

  static Histories onOneKey() {
    return new Histories("k");
  }

  /** A read that saw a number, or nothing when null. */
  Histories read(int client, long fromMs, long toMs, @Nullable Long saw) {
    return done(client, fromMs, toMs, new Action.Read(), new KeyState(saw));
  }

  /** A write that was done and did not tell what it replaced. */
  Histories write(int client, long fromMs, long toMs, Action action) {
    return done(client, fromMs, toMs, action, null);
  }

  Histories done(int client, long fromMs, long toMs, Action action, @Nullable KeyState seen) {
    return add(client, fromMs, toMs, action, new Outcome.Done(seen));
  }

  Histories conditionFailed(
      int client, long fromMs, long toMs, Action action, @Nullable KeyState seen) {
    return add(client, fromMs, toMs, action, new Outcome.ConditionFailed(seen));
  }

  Histories notDone(int client, long fromMs, long toMs, Action action) {
    return add(client, fromMs, toMs, action, new Outcome.NotDone());
  }

  Histories unknown(int client, long fromMs, Action action) {
    operations.add(
        new Operation(client, key, action, new Outcome.Unknown(), fromMs * MS, Operation.NEVER));
    return this;
  }

  Histories and(Histories other) {
    operations.addAll(other.operations);
    return this;
  }

  History build() {
    return new History(operations);
  }

  private Histories add(int client, long fromMs, long toMs, Action action, Outcome outcome) {
    operations.add(new Operation(client, key, action, outcome, fromMs * MS, toMs * MS));
    return this;
  }
}
