package dev.assay.logformat.tree;

import java.io.IOException;

/** Takes the nodes of a new tree, children before parents. */
@FunctionalInterface
public interface NodeSink {
  /**
   * Keeps a node, and says where.
   *
   * @param node nobody writes to it
   */
  Place keep(byte[] node) throws IOException;
}
