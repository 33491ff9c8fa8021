package dev.assay.benchmarks;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The rounds of two sides under one load. Immutable. */
record Comparison(String what, int connections, List<Load.Round> a, List<Load.Round> b) {
  Comparison {
    a = List.copyOf(a);
    b = List.copyOf(b);
  }

  /** The middle value; the mean of the two middle ones of an even number. */
  static double median(List<Load.Round> rounds, ToDoubleFunction<Load.Round> value) {
    double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** What neither the client nor the servers took of the machine; NaN when not known. */
  double othersShare() {
    return Stream.concat(a.stream(), b.stream())
        .mapToDouble(Load.Round::othersShare)
        .average()
        .orElse(Double.NaN);
  }

  long errors() {
    return a.stream().mapToLong(Load.Round::errors).sum()
        + b.stream().mapToLong(Load.Round::errors).sum();
  }
}
