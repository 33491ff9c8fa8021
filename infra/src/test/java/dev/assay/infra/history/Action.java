package dev.assay.infra.history;

/** What a client asks for on one key, and what that does to what the key holds. Immutable. */
public sealed interface Action {

  record Read() implements Action {}

  record Put(long number) implements Action {}

  record Delete() implements Action {}

  /** Adds to the number; a key that holds nothing counts as 0. */
  record Add(long delta) implements Action {}

  /** Does {@code write} if the key holds {@code expected}, and nothing otherwise. */
  record If(KeyState expected, Action write) implements Action {
    public If {
      if (write instanceof If || write instanceof Read) {
        throw new IllegalArgumentException("a condition guards a plain write, not " + write);
      }
    }
  }

  /** Whether the action's condition holds; true for an action without one. */
  default boolean conditionHolds(KeyState state) {
    return !(this instanceof If guarded) || guarded.expected.equals(state);
  }

  /** What the key holds after the action met {@code state}. */
  default KeyState after(KeyState state) {
    return switch (this) {
      case Read() -> state;
      case Put(long number) -> KeyState.of(number);
      case Delete() -> KeyState.ABSENT;
      case Add(long delta) -> KeyState.of((state.number() == null ? 0 : state.number()) + delta);
      case If(KeyState expected, Action write) ->
          expected.equals(state) ? write.after(state) : state;
    };
  }

  /** As in a report: {@code put 7 if 6}. */
  default String text() {
    return switch (this) {
      case Read() -> "read";
      case Put(long number) -> "put " + number;
      case Delete() -> "delete";
      case Add(long delta) -> "add " + delta;
      case If(KeyState expected, Action write) -> write.text() + " if it holds " + expected;
    };
  }
}
