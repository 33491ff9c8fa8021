package dev.assay.logformat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class HybridTimeTest {
  private static final long NOW_MS = 1_700_000_000_123L;

  @Test
  void timeFollowsTheClock() {
    long time = HybridTime.next(HybridTime.of(NOW_MS - 1, 5), NOW_MS);
    assertEquals(HybridTime.of(NOW_MS, 0), time);
    assertEquals(NOW_MS, HybridTime.epochMs(time));
    assertEquals(Instant.ofEpochMilli(NOW_MS), HybridTime.instant(time));
  }

  @Test
  void timeGrowsWithinAMillisecondAndWhenTheClockGoesBack() {
    long first = HybridTime.of(NOW_MS, 0);
    assertEquals(HybridTime.of(NOW_MS, 1), HybridTime.next(first, NOW_MS));
    assertEquals(HybridTime.of(NOW_MS, 1), HybridTime.next(first, NOW_MS - 60_000));
  }

  @Test
  void aFullCounterCarriesIntoTheMilliseconds() {
    long full = HybridTime.of(NOW_MS, 0xFFFF);
    long next = HybridTime.next(full, NOW_MS);
    assertTrue(next > full);
    assertEquals(HybridTime.of(NOW_MS + 1, 0), next);
    assertEquals(HybridTime.of(NOW_MS + 1, 1), HybridTime.next(next, NOW_MS + 1));
  }

  @Test
  void onlyTheLowerBitsOfACounterCount() {
    assertEquals(HybridTime.of(NOW_MS, 3), HybridTime.of(NOW_MS, 0x1_0003));
  }
}
