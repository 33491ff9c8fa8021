package dev.assay.logformat.tree;

import dev.assay.logformat.tree.Node.Branch;
import dev.assay.logformat.tree.Node.Leaf;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes a new tree from an old one and what has changed. Nodes under which nothing changes are
 * taken over as they are, unread; every node that is read is replaced. The result is the tree that
 * {@link TreeBuilder} makes of the same items. For one thread at a time.
 */
public final class TreeUpdate {
  private final DigestSuite suite;
  private final NodeSource source;
  private final TreeEdits edits;
  private final TreeBuilder builder;
  private @Nullable Subtree taken;

  private TreeUpdate(DigestSuite suite, NodeSource source, TreeEdits edits, TreeBuilder builder) {
    this.suite = suite;
    this.source = source;
    this.edits = edits;
    this.builder = builder;
  }

  /**
   * The root of the new tree.
   *
   * @param old the root of the old one, of the same table
   * @param source of the old one's nodes
   * @param builder new, for the new one
   */
  public static Subtree apply(
      DigestSuite suite, Subtree old, NodeSource source, TreeEdits edits, TreeBuilder builder)
      throws IOException {
    TreeUpdate update = new TreeUpdate(suite, source, edits, builder);
    if (!old.isEmpty()) {
      update.walk(old);
    }
    while (edits.key() != null) {
      update.add(edits.edit(null));
    }
    return update.lowered(builder.finish());
  }

  private void walk(Subtree subtree) throws IOException {
    byte[] next = edits.key();
    boolean unchanged = next == null || Arrays.compareUnsigned(next, subtree.lastKey()) > 0;
    if (unchanged && builder.canTake(subtree)) {
      builder.take(subtree);
      taken = subtree;
      return;
    }
    switch (NodeCodec.read(suite, subtree, source.bytes(subtree))) {
      case Leaf leaf -> {
        for (TreeItem item : leaf.items()) {
          merge(item);
        }
      }
      case Branch branch -> {
        for (Subtree child : branch.children()) {
          walk(child);
        }
      }
    }
  }

  private void merge(TreeItem held) throws IOException {
    for (byte[] key = edits.key(); key != null; key = edits.key()) {
      int order = Arrays.compareUnsigned(key, held.key());
      if (order > 0) {
        break;
      }
      if (order == 0) {
        add(edits.edit(held));
        return;
      }
      add(edits.edit(null));
    }
    builder.add(held);
  }

  private void add(@Nullable TreeItem item) throws IOException {
    if (item != null) {
      builder.add(item);
    }
  }

  /** A subtree that was taken and is alone may have single children: the root is below them. */
  private Subtree lowered(Subtree root) throws IOException {
    Subtree lowest = root;
    while (root.equals(taken) && lowest.level() > 0) {
      Node node = NodeCodec.read(suite, lowest, source.bytes(lowest));
      if (!(node instanceof Branch branch) || branch.children().size() > 1) {
        return lowest;
      }
      lowest = branch.children().getFirst();
    }
    return lowest;
  }
}
