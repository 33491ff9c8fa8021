package dev.assay.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ComparisonTableTest {

  /** A round of one second in which every answer took the same time. */
  private static Load.Round round(int answers, long ns, long errors) {
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(ns, answers);
    return new Load.Round(answers, errors, 1_000_000_000, histogram, 0, -1, 0);
  }

  @Test
  void medianIsTheMiddleOfTheRounds() {
    List<Load.Round> odd = List.of(round(9, 1, 0), round(1, 1, 0), round(3, 1, 0));
    List<Load.Round> even = List.of(round(9, 1, 0), round(1, 1, 0), round(3, 1, 0), round(4, 1, 0));
    assertEquals(3, Comparison.median(odd, Load.Round::perSecond));
    assertEquals(3.5, Comparison.median(even, Load.Round::perSecond));
  }

  @Test
  void ratiosOverOneAreForTheFirstSideWhateverTheMeasure() {
    String table =
        ComparisonTable.of(
            "A",
            "B",
            List.of(
                new Comparison(
                    "write",
                    32,
                    List.of(round(3000, 500_000, 0)),
                    List.of(round(2000, 1_000_000, 0)))));
    assertTrue(table.contains("| throughput, 1/s | 3000 | 2000 | 1.50 |"), table);
    assertTrue(table.contains("| p99, us | 500 | 1000 | 2.00 |"), table);
  }

  @Test
  void lossesAndErrorsAreSaid() {
    String table =
        ComparisonTable.of(
            "A",
            "B",
            List.of(
                new Comparison("read", 1, List.of(round(1000, 9, 2)), List.of(round(2000, 9, 1)))));
    assertTrue(table.contains("| throughput, 1/s | 1000 | 2000 | 0.50 (a loss) |"), table);
    assertTrue(table.contains("3 requests failed"), table);
  }

  @Test
  void measureThatIsNotKnownIsLeftEmpty() {
    String table =
        ComparisonTable.of(
            "A",
            "B",
            List.of(new Comparison("read", 1, List.of(round(1, 9, 0)), List.of(round(1, 9, 0)))));
    assertTrue(table.contains("| server CPU, us each |  |  |  |"), table);
  }
}
