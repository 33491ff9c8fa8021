package dev.assay.logformat.tree;

import java.io.IOException;

/** Gives the nodes of a tree. */
@FunctionalInterface
public interface NodeSource {
  /** The bytes of the subtree's topmost node; {@link NodeCodec#read} says whether they are its. */
  byte[] bytes(Subtree subtree) throws IOException;
}
