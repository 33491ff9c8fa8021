package dev.assay.archiver;

import java.io.IOException;

/** The archive is not what this replica's log says it should be. */
final class Difference extends IOException {
  private static final long serialVersionUID = 1L;

  private final ArchiveFinding finding;

  Difference(ArchiveFinding finding) {
    super(finding.toString());
    this.finding = finding;
  }

  ArchiveFinding finding() {
    return finding;
  }
}
