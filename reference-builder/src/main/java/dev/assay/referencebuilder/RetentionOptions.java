package dev.assay.referencebuilder;

import java.time.Duration;

/**
 * Which references are kept.
 *
 * @param newest so many positions, whatever their age
 * @param age of the older ones, the last of each day is kept for so long
 * @param grace for how long a pack that no kept reference needs stays: longer than any fold takes
 */
public record RetentionOptions(int newest, Duration age, Duration grace) {
  public static final RetentionOptions DEFAULTS =
      new RetentionOptions(8, Duration.ofDays(35), Duration.ofDays(1));

  public RetentionOptions {
    if (newest < 1) {
      throw new IllegalArgumentException("the newest reference is always kept");
    }
  }
}
