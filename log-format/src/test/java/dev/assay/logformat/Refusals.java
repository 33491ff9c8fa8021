package dev.assay.logformat;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;

/** What refusals say. */
final class Refusals {
  private Refusals() {}

  static void assertIsAbout(String what, FormatException refusal) {
    String message = Objects.requireNonNull(refusal.getMessage());
    assertTrue(message.startsWith(what + ":"), message);
  }
}
