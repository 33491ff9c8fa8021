package dev.assay.infra.history;

import org.jspecify.annotations.Nullable;

/** What a key holds: nothing, or a number. Immutable. */
public record KeyState(@Nullable Long number) {
  public static final KeyState ABSENT = new KeyState(null);

  public static KeyState of(long number) {
    return new KeyState(number);
  }

  @Override
  public String toString() {
    return number == null ? "nothing" : number.toString();
  }
}
