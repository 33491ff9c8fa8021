package dev.assay.benchmarks;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PairTableTest {
  private static String row(double measured, double beside, PairTable.Aim aim) {
    PairTable table = new PairTable("MB/s", "agent", "plain");
    table.add("random", new double[] {measured}, new double[] {beside}, aim);
    return table.toString();
  }

  @Test
  void rowHasMediansRatioIntervalAndRange() {
    String table = row(80, 100, new PairTable.Aim.Nothing());
    assertTrue(table.startsWith("| MB/s | agent | plain | ratio | its 95 % interval |"), table);
    assertTrue(
        table.contains("| random | 80 | 100 | 0.80 | 0.80 to 0.80 | 0.80 to 0.80 |  |"), table);
  }

  @Test
  void missedAimIsSaid() {
    assertTrue(row(60, 100, new PairTable.Aim.AtLeast(0.7)).contains("at least 0.70 (MISSED)"));
    assertTrue(row(130, 100, new PairTable.Aim.AtMost(1.25)).contains("at most 1.25 (MISSED)"));
  }

  @Test
  void reachedAimIsNotCalledMissed() {
    assertFalse(row(70, 100, new PairTable.Aim.AtLeast(0.7)).contains("MISSED"));
    assertFalse(row(125, 100, new PairTable.Aim.AtMost(1.25)).contains("MISSED"));
  }

  @Test
  void medianRatioIsOfThePairsAndNotOfTheMedians() {
    PairTable table = new PairTable("us", "on", "off");
    table.add(
        "p99", new double[] {10, 40, 90}, new double[] {10, 20, 100}, new PairTable.Aim.Nothing());
    assertTrue(table.toString().contains("| p99 | 40 | 20 | 1.00 |"), table::toString);
  }
}
