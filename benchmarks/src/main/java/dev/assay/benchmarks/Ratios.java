package dev.assay.benchmarks;

import java.util.Arrays;
import java.util.Random;

/**
 * How a measured value compares with another that was taken beside it, round by round. The rounds
 * of a pair share what the machine did meanwhile, so ratios are taken within pairs.
 */
final class Ratios {
  private static final int RESAMPLES = 10_000;

  private final double[] values;

  /** The bounds of an interval. */
  record Interval(double low, double high) {}

  private Ratios(double[] values) {
    this.values = values;
  }

  /** Of each value to the one beside it; as many of one as of the other, and at least one. */
  static Ratios of(double[] measured, double[] beside) {
    if (measured.length != beside.length || measured.length == 0) {
      throw new IllegalArgumentException(
          "not pairs: %d and %d values".formatted(measured.length, beside.length));
    }
    double[] values = new double[measured.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = measured[i] / beside[i];
    }
    return new Ratios(values);
  }

  double median() {
    return median(values.clone());
  }

  double lowest() {
    return Arrays.stream(values).min().orElseThrow();
  }

  double highest() {
    return Arrays.stream(values).max().orElseThrow();
  }

  /**
   * Where the median lies with 95 % confidence: the middle 95 % of the medians of samples that are
   * drawn from these ratios, with repetition (the percentile bootstrap). The same seed gives the
   * same interval.
   */
  Interval medianInterval(long seed) {
    Random random = new Random(seed);
    double[] medians = new double[RESAMPLES];
    double[] sample = new double[values.length];
    for (int i = 0; i < RESAMPLES; i++) {
      for (int j = 0; j < sample.length; j++) {
        sample[j] = values[random.nextInt(values.length)];
      }
      medians[i] = median(sample);
    }
    Arrays.sort(medians);
    int outside = RESAMPLES / 40;
    return new Interval(medians[outside], medians[RESAMPLES - 1 - outside]);
  }

  /** Sorts them. The mean of the two middle ones of an even number. */
  static double median(double[] some) {
    Arrays.sort(some);
    int middle = some.length / 2;
    return some.length % 2 == 1 ? some[middle] : (some[middle - 1] + some[middle]) / 2;
  }
}
