package dev.assay.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Prints as Markdown what was measured in pairs of rounds: medians, and the median of the pairs'
 * ratios with its bootstrap interval and beside it what was aimed at.
 */
final class PairTable {
  private static final long SEED = 1;

  private final String unit;
  private final String a;
  private final String b;
  private final List<String> rows = new ArrayList<>();

  /** What a ratio is to reach. */
  sealed interface Aim {
    record AtLeast(double bound) implements Aim {}

    record AtMost(double bound) implements Aim {}

    /** It only explains the others. */
    record Nothing() implements Aim {}
  }

  /**
   * @param a what is measured
   * @param b what it is compared with
   */
  PairTable(String unit, String a, String b) {
    this.unit = unit;
    this.a = a;
    this.b = b;
  }

  /** Adds a row; the two are as long as each other, in the order of the pairs. */
  void add(String what, double[] measured, double[] beside, Aim aim) {
    Ratios ratios = Ratios.of(measured, beside);
    Ratios.Interval interval = ratios.medianInterval(SEED);
    double median = ratios.median();
    rows.add(
        String.format(
            Locale.ROOT,
            "| %s | %.0f | %.0f | %.2f | %.2f to %.2f | %.2f to %.2f | %s |%n",
            what,
            Ratios.median(measured.clone()),
            Ratios.median(beside.clone()),
            median,
            interval.low(),
            interval.high(),
            ratios.lowest(),
            ratios.highest(),
            verdict(median, aim)));
  }

  private static String verdict(double median, Aim aim) {
    return switch (aim) {
      case Aim.AtLeast(double bound) ->
          String.format(Locale.ROOT, "at least %.2f", bound) + (median >= bound ? "" : " (MISSED)");
      case Aim.AtMost(double bound) ->
          String.format(Locale.ROOT, "at most %.2f", bound) + (median <= bound ? "" : " (MISSED)");
      case Aim.Nothing() -> "";
    };
  }

  @Override
  public String toString() {
    return "| %s | %s | %s | ratio | its 95 %% interval | its range | aim |\n".formatted(unit, a, b)
        + "|---|---:|---:|---:|---|---|---|\n"
        + String.join("", rows);
  }
}
