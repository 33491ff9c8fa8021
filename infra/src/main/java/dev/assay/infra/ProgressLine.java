package dev.assay.infra;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * How far something is, for people who wait: a line that is drawn over on a terminal, and a plain
 * line now and then elsewhere. Says when it will be done once there is something to judge by. For
 * one thread.
 */
final class ProgressLine implements AutoCloseable {
  private static final int WIDTH = 30;
  private static final long PLAIN_EVERY_NANOS = 10_000_000_000L;
  private static final long JUDGED_AFTER_NANOS = 1_000_000_000L;

  private final PrintWriter err;
  private final boolean terminal = System.console() != null && System.console().isTerminal();
  private final long startedNanos = System.nanoTime();
  private long shownNanos = startedNanos;
  private boolean drawn;

  ProgressLine(PrintWriter err) {
    this.err = err;
  }

  /**
   * @param total 0 while it is not known
   */
  void show(String what, long done, long total) {
    long now = System.nanoTime();
    if (terminal) {
      err.print("\r" + line(what, done, total, now - startedNanos) + "\u001b[K");
      err.flush();
      drawn = true;
    } else if (now - shownNanos >= PLAIN_EVERY_NANOS) {
      err.println(line(what, done, total, now - startedNanos));
      err.flush();
      shownNanos = now;
    }
  }

  static String line(String what, long done, long total, long elapsedNanos) {
    if (total <= 0) {
      return what + ": looking what there is";
    }
    double share = Math.min(1, (double) done / total);
    int full = (int) (share * WIDTH);
    String eta =
        done == 0 || elapsedNanos < JUDGED_AFTER_NANOS
            ? ""
            : ", " + duration((long) (elapsedNanos * (1 / share - 1))) + " left";
    return String.format(
        Locale.ROOT,
        "%s [%s%s] %3.0f%%, %.1f of %.1f MiB%s",
        what,
        "=".repeat(full),
        " ".repeat(WIDTH - full),
        share * 100,
        done / 1048576.0,
        total / 1048576.0,
        eta);
  }

  private static String duration(long nanos) {
    long seconds = nanos / 1_000_000_000;
    return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
  }

  @Override
  public void close() {
    if (drawn) {
      err.print("\r\u001b[K");
      err.flush();
      drawn = false;
    }
  }
}
