package dev.assay.infra.history;

import org.jspecify.annotations.Nullable;

/** What a client learned about its operation. Immutable. */
public sealed interface Outcome {

  /**
   * It was done.
   *
   * @param seen what the key held at that moment, before a write changed it; null if not told
   */
  record Done(@Nullable KeyState seen) implements Outcome {}

  /**
   * Its condition was false and nothing changed.
   *
   * @param seen what the key held at that moment; null if not told
   */
  record ConditionFailed(@Nullable KeyState seen) implements Outcome {}

  /** It may have been done, may yet be done at any later time, or never. */
  record Unknown() implements Outcome {}

  /** It is certain that nothing was done, and never will be. */
  record NotDone() implements Outcome {}
}
