package dev.assay.logformat;

/** What an index of the log holds. Consensus's own entries take an index too. */
public enum FrameKind {
  /** A batch. */
  DATA(1),
  /** Who the members of the group are. */
  CONFIGURATION(2),
  /** Consensus's own notes, such as its commit index. */
  METADATA(3);

  private final int number;

  FrameKind(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
