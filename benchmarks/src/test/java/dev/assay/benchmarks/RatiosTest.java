package dev.assay.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RatiosTest {
  private static double[] ones(int count) {
    double[] ones = new double[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Test
  void ratiosAreTakenWithinPairs() {
    Ratios ratios = Ratios.of(new double[] {10, 30, 60}, new double[] {10, 20, 20});
    assertEquals(1.5, ratios.median());
    assertEquals(1, ratios.lowest());
    assertEquals(3, ratios.highest());
  }

  @Test
  void medianOfAnEvenNumberIsTheMeanOfTheMiddleOnes() {
    assertEquals(2.5, Ratios.of(new double[] {4, 1, 3, 2}, ones(4)).median());
  }

  @Test
  void equalRatiosHaveAnIntervalWithoutWidth() {
    Ratios.Interval interval = Ratios.of(ones(9), ones(9)).medianInterval(1);
    assertEquals(new Ratios.Interval(1, 1), interval);
  }

  @Test
  void sameSeedGivesTheSameInterval() {
    double[] values = new Random(5).doubles(9, 0.8, 1.6).toArray();
    Ratios ratios = Ratios.of(values, ones(9));
    assertEquals(ratios.medianInterval(7), ratios.medianInterval(7));
  }

  /** For nine values, by counting, it reaches from the second or third lowest to its mirror. */
  @Test
  void intervalLeavesOutTheOutermost() {
    double[] values = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    Ratios.Interval interval = Ratios.of(values, ones(9)).medianInterval(1);
    assertTrue(interval.low() >= 2 && interval.low() <= 3, interval::toString);
    assertTrue(interval.high() >= 7 && interval.high() <= 8, interval::toString);
  }

  @Test
  void intervalHoldsTheTrueMedianAboutAsOftenAsItSays() {
    Random random = new Random(11);
    int held = 0;
    for (int i = 0; i < 60; i++) {
      double[] values = random.doubles(9, 0, 2).toArray();
      Ratios.Interval interval = Ratios.of(values, ones(9)).medianInterval(i);
      held += interval.low() <= 1 && 1 <= interval.high() ? 1 : 0;
    }
    assertTrue(held >= 50, held + " of 60");
  }

  @Test
  void unequalNumbersAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Ratios.of(ones(2), ones(3)));
    assertThrows(IllegalArgumentException.class, () -> Ratios.of(ones(0), ones(0)));
  }
}
