package dev.assay.referencebuilder;

import java.util.List;

/**
 * What a check of one reference came to.
 *
 * @param findings what is wrong, the first ones; each names the object and the positions
 * @param leftOut how many more there are
 * @param nodes of the tree that were read
 * @param items of the tree that were seen: those under a node that can't be read are not
 */
public record ReferenceReport(List<Unprovable> findings, long leftOut, long nodes, long items) {
  public ReferenceReport {
    findings = List.copyOf(findings);
  }

  /** Whether everything was read, and is as it should be. */
  public boolean clean() {
    return findings.isEmpty();
  }
}
