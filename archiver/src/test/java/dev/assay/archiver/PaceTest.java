package dev.assay.archiver;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PaceTest {
  @Test
  void whoIsInterruptedGoesOnWithoutPauses() {
    Pace pace = new Pace(true);
    Thread.currentThread().interrupt();
    for (int i = 0; i < 1_000_000; i++) {
      pace.worked(Pace.PORTION_BYTES);
    }
    assertTrue(Thread.interrupted());
  }
}
