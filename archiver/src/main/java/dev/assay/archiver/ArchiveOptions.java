package dev.assay.archiver;

import java.time.Duration;

/**
 * How an agent behaves.
 *
 * @param cutAge the leader logs a cut when the open tail holds something older than this
 * @param patience how long a replica that does not lead leaves a segment to the leader
 * @param retryMin the pause after a store failed, doubled with each failure in a row
 * @param retryMax no pause is longer
 * @param tailBytesMax an unarchived tail of a partition above this is an alarm state
 */
public record ArchiveOptions(
    Duration cutAge, Duration patience, Duration retryMin, Duration retryMax, long tailBytesMax) {
  public static final ArchiveOptions DEFAULTS =
      new ArchiveOptions(
          Duration.ofSeconds(60),
          Duration.ofSeconds(15),
          Duration.ofMillis(500),
          Duration.ofSeconds(30),
          4L << 30);

  public ArchiveOptions withCutAge(Duration value) {
    return new ArchiveOptions(value, patience, retryMin, retryMax, tailBytesMax);
  }

  public ArchiveOptions withPatience(Duration value) {
    return new ArchiveOptions(cutAge, value, retryMin, retryMax, tailBytesMax);
  }

  public ArchiveOptions withTailBytesMax(long value) {
    return new ArchiveOptions(cutAge, patience, retryMin, retryMax, value);
  }
}
