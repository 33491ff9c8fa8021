package dev.assay.logformat.tree;

import java.util.List;

/** One node of a tree, read. */
public sealed interface Node {

  /** The lowest level. */
  record Leaf(List<TreeItem> items) implements Node {
    public Leaf {
      items = List.copyOf(items);
    }
  }

  /** A level above; its children are all of the level below. */
  record Branch(List<Subtree> children) implements Node {
    public Branch {
      children = List.copyOf(children);
    }
  }
}
