package dev.assay.logformat;

import java.time.Instant;

/**
 * A hybrid logical time in one long: 48 bits of milliseconds since 1970, then a 16-bit counter for
 * what happens within one of them. It orders the batches of a partition even when clocks jump back;
 * a counter that overflows carries into the milliseconds, so times still grow. Any thread may call.
 */
public final class HybridTime {
  private static final int COUNTER_BITS = 16;

  private HybridTime() {}

  /** The lower 16 bits of {@code counter} count; the milliseconds are good until the year 6429. */
  public static long of(long epochMs, int counter) {
    return (epochMs << COUNTER_BITS) | (counter & 0xFFFF);
  }

  public static long epochMs(long hybridTime) {
    return hybridTime >>> COUNTER_BITS;
  }

  public static Instant instant(long hybridTime) {
    return Instant.ofEpochMilli(epochMs(hybridTime));
  }

  /**
   * The time of an event at {@code nowMs} that comes after {@code last}, whatever the clock says.
   */
  public static long next(long last, long nowMs) {
    long now = of(nowMs, 0);
    return now > last ? now : last + 1;
  }
}
