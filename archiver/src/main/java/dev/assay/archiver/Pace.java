package dev.assay.archiver;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast one segment is worked on. With a short tail there is time: after each portion of frames,
 * which takes about a millisecond, there is a pause, so that who serves on the same processors
 * feels little. With a long tail there is none.
 *
 * <p>The pauses of one reading of a full segment come to less than a second. A thread that is
 * interrupted pauses no more. For one thread at a time.
 */
final class Pace {
  static final int PORTION_BYTES = 1 << 18;
  private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(10);

  private final boolean pauses;
  private long bytes;

  Pace(boolean pauses) {
    this.pauses = pauses;
  }

  /** So many bytes of frames were read or written. */
  void worked(long framesBytes) {
    bytes += framesBytes;
    if (bytes >= PORTION_BYTES) {
      bytes = 0;
      if (pauses) {
        LockSupport.parkNanos(this, PAUSE_NS);
      }
    }
  }
}
