package dev.assay.referencebuilder;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Changes in the order of their keys, those of one key in the order of the log. */
interface SortedChanges {
  /** The next change; null after the last. */
  @Nullable Change peek();

  /** Goes on to the one after. */
  void advance() throws IOException;
}
