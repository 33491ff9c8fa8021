package dev.assay.referencebuilder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.function.Executable;

/** What tests expect of findings. */
final class Findings {
  private Findings() {}

  /** The finding that a call ends with: exactly this one, whatever its detail. */
  static Unprovable found(
      Unprovable.Kind kind, String object, long firstLsn, long lastLsn, Executable call) {
    Unprovable found = assertThrows(Unprovable.class, call);
    assertEquals(
        kind + " " + object + " " + firstLsn + " " + lastLsn,
        found.kind() + " " + found.object() + " " + found.firstLsn() + " " + found.lastLsn(),
        found::detail);
    return found;
  }

  /** The finding that a call ends with: exactly this one. */
  static void found(
      Unprovable.Kind kind,
      String object,
      long firstLsn,
      long lastLsn,
      String detail,
      Executable call) {
    assertEquals(detail, found(kind, object, firstLsn, lastLsn, call).detail());
  }
}
