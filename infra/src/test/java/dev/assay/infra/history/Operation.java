package dev.assay.infra.history;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One operation as its client saw it. Immutable.
 *
 * @param invokedNs just before it was asked for, counted from the history's start
 * @param returnedNs just after the answer; {@link #NEVER} exactly when the outcome is unknown
 */
public record Operation(
    int client, String key, Action action, Outcome outcome, long invokedNs, long returnedNs) {
  public static final long NEVER = Long.MAX_VALUE;

  public Operation {
    if (outcome instanceof Outcome.Unknown != (returnedNs == NEVER)) {
      throw new IllegalArgumentException("an operation returns unless its outcome is unknown");
    }
    if (returnedNs < invokedNs) {
      throw new IllegalArgumentException("an operation returns after it was invoked");
    }
    if (outcome instanceof Outcome.ConditionFailed && !(action instanceof Action.If)) {
      throw new IllegalArgumentException("only a condition can fail, and this has none: " + action);
    }
  }

  /** The same operation of a client that has not heard the answer. */
  Operation unanswered() {
    return new Operation(client, key, action, new Outcome.Unknown(), invokedNs, NEVER);
  }

  /** Whether the answer could have been given when the key held {@code state}. */
  boolean explainedBy(KeyState state) {
    return switch (outcome) {
      case Outcome.Done(KeyState seen) -> action.conditionHolds(state) && agrees(seen, state);
      case Outcome.ConditionFailed(KeyState seen) ->
          !action.conditionHolds(state) && agrees(seen, state);
      case Outcome.Unknown() -> true;
      case Outcome.NotDone() -> true;
    };
  }

  /** What the key holds after this operation took effect on {@code state}. */
  KeyState after(KeyState state) {
    return outcome instanceof Outcome.NotDone ? state : action.after(state);
  }

  /** Whether it changes nothing in any state that explains its answer. */
  boolean neverChanges() {
    return switch (outcome) {
      case Outcome.Done(KeyState seen) -> {
        KeyState only =
            seen == null && action instanceof Action.If guarded ? guarded.expected() : seen;
        yield action instanceof Action.Read || (only != null && action.after(only).equals(only));
      }
      case Outcome.ConditionFailed _, Outcome.NotDone _ -> true;
      case Outcome.Unknown() -> false;
    };
  }

  private static boolean agrees(@Nullable KeyState seen, KeyState state) {
    return seen == null || seen.equals(state);
  }

  /** As in a report: {@code client 3, 1.200 to 1.950 ms: read, saw 7}. */
  String text() {
    String answer =
        switch (outcome) {
          case Outcome.Done(KeyState seen) -> seen == null ? "done" : "saw " + seen;
          case Outcome.ConditionFailed(KeyState seen) ->
              "condition failed" + (seen == null ? "" : ", saw " + seen);
          case Outcome.Unknown() -> "outcome unknown";
          case Outcome.NotDone() -> "not done";
        };
    String until = returnedNs == NEVER ? "..." : milliseconds(returnedNs);
    return "client %d, %s to %s ms: %s, %s"
        .formatted(client, milliseconds(invokedNs), until, action.text(), answer);
  }

  private static String milliseconds(long ns) {
    return String.format(Locale.ROOT, "%.3f", ns / 1e6);
  }
}
