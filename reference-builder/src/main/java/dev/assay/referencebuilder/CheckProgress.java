package dev.assay.referencebuilder;

/** What a check of a reference tells while it runs, from its own thread. */
public interface CheckProgress {
  /** Tells nobody. */
  CheckProgress NONE =
      new CheckProgress() {
        @Override
        public void packRead(String object, long bytes) {}

        @Override
        public void itemsListed(long items) {}

        @Override
        public void bodiesRead(long items) {}
      };

  /** A pack was looked at, whatever came of it. */
  void packRead(String object, long bytes);

  /** More items of the tree were seen. */
  void itemsListed(long items);

  /** More items were looked for in the archive; only of a deep check. */
  void bodiesRead(long items);
}
