package dev.assay.logformat.tree;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What is to change in a tree: keys in ascending order, and what becomes of each. */
public interface TreeEdits {
  /** The next key that changes; null when there is none left. */
  byte @Nullable [] key() throws IOException;

  /**
   * What the tree is to hold at that key from now on, null for nothing; the next key comes up.
   *
   * @param held what it holds there; null if nothing
   */
  @Nullable TreeItem edit(@Nullable TreeItem held) throws IOException;
}
