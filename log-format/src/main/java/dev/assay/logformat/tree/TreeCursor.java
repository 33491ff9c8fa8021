package dev.assay.logformat.tree;

import dev.assay.logformat.tree.Node.Branch;
import dev.assay.logformat.tree.Node.Leaf;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks a tree in the order of its keys, and opens only the subtrees that it is told to. It stands
 * at an item, before a subtree that is not opened, or at the end. For one thread at a time.
 */
public final class TreeCursor {
  private final DigestSuite suite;
  private final NodeSource source;
  private final Deque<Iterator<Subtree>> branches = new ArrayDeque<>();
  private Iterator<TreeItem> leaf = List.<TreeItem>of().iterator();
  private @Nullable Subtree subtree;
  private @Nullable TreeItem item;

  public TreeCursor(DigestSuite suite, Subtree root, NodeSource source) {
    this.suite = suite;
    this.source = source;
    this.subtree = root.isEmpty() ? null : root;
  }

  /** The subtree that it stands before; null when it stands at an item or at the end. */
  public @Nullable Subtree subtree() {
    return subtree;
  }

  /** The item that it stands at; null when it stands before a subtree or at the end. */
  public @Nullable TreeItem item() {
    return item;
  }

  public boolean atEnd() {
    return subtree == null && item == null;
  }

  /** Goes past the item or the subtree. */
  public void skip() {
    subtree = null;
    item = null;
    if (leaf.hasNext()) {
      item = leaf.next();
      return;
    }
    while (!branches.isEmpty()) {
      Iterator<Subtree> children = branches.peek();
      if (children.hasNext()) {
        subtree = children.next();
        return;
      }
      branches.pop();
    }
  }

  /**
   * Goes to the first child or item under the subtree.
   *
   * @throws IllegalStateException when it does not stand before one
   */
  public void open() throws IOException {
    Subtree opened = subtree;
    if (opened == null) {
      throw new IllegalStateException("the cursor does not stand before a subtree");
    }
    switch (NodeCodec.read(suite, opened, source.bytes(opened))) {
      case Leaf items -> leaf = items.items().iterator();
      case Branch branch -> branches.push(branch.children().iterator());
    }
    skip();
  }

  /** The next item, opening what there is before it; null at the end. */
  public @Nullable TreeItem descend() throws IOException {
    while (subtree != null) {
      open();
    }
    return item;
  }
}
