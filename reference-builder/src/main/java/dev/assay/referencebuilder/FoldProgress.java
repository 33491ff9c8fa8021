package dev.assay.referencebuilder;

/** What a fold tells while it runs, from its own thread. */
public interface FoldProgress {
  /** Tells nobody. */
  FoldProgress NONE =
      new FoldProgress() {
        @Override
        public void folded(long lsn, long framesBytes) {}

        @Override
        public void kept(long lsn) {}

        @Override
        public void lineage(LineageBreak found) {}
      };

  /**
   * A segment's changes are taken in.
   *
   * @param framesBytes of that segment
   */
  void folded(long lsn, long framesBytes);

  /** There is a reference of that position now. */
  void kept(long lsn);

  /** A finding, told once for each mutation. */
  void lineage(LineageBreak found);
}
