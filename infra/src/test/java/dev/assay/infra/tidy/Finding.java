package dev.assay.infra.tidy;

import java.util.List;
import java.util.stream.Collectors;

/** One place that breaks one rule. Immutable. */
record Finding(String rule, String place, String what) {

  @Override
  public String toString() {
    return place + ": " + what + " [" + rule + "]";
  }

  static String report(List<Finding> findings) {
    return findings.stream()
        .map(Finding::toString)
        .collect(Collectors.joining("\n", findings.size() + " finding(s)\n", "\n"));
  }
}
