package dev.assay.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Prints comparisons as Markdown: medians over the rounds, and how many times better A is. A ratio
 * under 1 is a loss of A, and the table says so.
 */
final class ComparisonTable {
  private ComparisonTable() {}

  /** A measure, and what a good value is. */
  private record Measure(String name, ToDoubleFunction<Load.Round> of, Good good) {}

  private enum Good {
    MORE,
    LESS,
    /** It is the client's, and only tells what the measuring costs. */
    NEITHER
  }

  private static final List<Measure> MEASURES =
      List.of(
          new Measure("throughput, 1/s", Load.Round::perSecond, Good.MORE),
          new Measure("p50, us", round -> round.microseconds(50), Good.LESS),
          new Measure("p99, us", round -> round.microseconds(99), Good.LESS),
          new Measure("p99.9, us", round -> round.microseconds(99.9), Good.LESS),
          new Measure("server CPU, us each", Load.Round::serverCpuMicrosecondsPerAnswer, Good.LESS),
          new Measure(
              "client CPU, us each", Load.Round::clientCpuMicrosecondsPerAnswer, Good.NEITHER));

  static String of(String nameA, String nameB, List<Comparison> comparisons) {
    StringBuilder text = new StringBuilder();
    text.append("| load | measure | %s | %s | %s is better by |\n".formatted(nameA, nameB, nameA));
    text.append("|---|---|---:|---:|---:|\n");
    for (Comparison comparison : comparisons) {
      for (Measure measure : MEASURES) {
        text.append(row(comparison, measure));
      }
    }
    text.append('\n');
    for (Comparison comparison : comparisons) {
      text.append(remarks(comparison, nameA, nameB));
    }
    return text.toString();
  }

  private static String row(Comparison comparison, Measure measure) {
    double a = Comparison.median(comparison.a(), measure.of);
    double b = Comparison.median(comparison.b(), measure.of);
    double ratio =
        switch (measure.good) {
          case MORE -> a / b;
          case LESS -> b / a;
          case NEITHER -> Double.NaN;
        };
    String verdict = Double.isNaN(ratio) ? "" : number(ratio, 2) + (ratio < 1 ? " (a loss)" : "");
    return "| %s, %d conn. | %s | %s | %s | %s |\n"
        .formatted(
            comparison.what(),
            comparison.connections(),
            measure.name,
            number(a, 0),
            number(b, 0),
            verdict);
  }

  /** How far the rounds lie apart, because a median alone hides it, and what went wrong. */
  private static String remarks(Comparison comparison, String nameA, String nameB) {
    List<String> remarks = new ArrayList<>();
    remarks.add(nameA + " " + range(comparison.a()));
    remarks.add(nameB + " " + range(comparison.b()));
    double others = comparison.othersShare();
    if (!Double.isNaN(others)) {
      remarks.add("other processes took " + number(others * 100, 0) + " % of the machine");
    }
    if (comparison.errors() > 0) {
      remarks.add(comparison.errors() + " requests failed and are not in the figures");
    }
    return "- %s, %d conn.: %d rounds each; throughput %s.\n"
        .formatted(
            comparison.what(),
            comparison.connections(),
            comparison.a().size(),
            String.join("; ", remarks));
  }

  private static String range(List<Load.Round> rounds) {
    double[] sorted = rounds.stream().mapToDouble(Load.Round::perSecond).sorted().toArray();
    return number(sorted[0], 0) + " to " + number(sorted[sorted.length - 1], 0);
  }

  private static String number(double value, int decimals) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
