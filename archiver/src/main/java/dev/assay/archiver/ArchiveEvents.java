package dev.assay.archiver;

/** What agents tell of their work, for metrics and for whoever keeps findings. Any thread. */
public interface ArchiveEvents {
  /** This agent wrote a segment's object of that size. */
  void uploaded(long objectBytes);

  /**
   * A segment is archived, read back, and equal to the log; written by this agent or by another.
   */
  void archived(boolean own);

  /** A create met an object that is there already. */
  void conflict();

  /** The store failed, and is asked again later. */
  void retried();

  /** A segment or manifest was read back and did not fit; told each time it is read. */
  void misread();

  /** Something is wrong; told once for each place and kind. */
  void found(ArchiveFinding finding);
}
