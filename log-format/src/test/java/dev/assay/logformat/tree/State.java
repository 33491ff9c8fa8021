package dev.assay.logformat.tree;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Items in a plain map, which trees are held to. */
final class State {
  private final DigestSuite suite;
  private final NavigableMap<byte[], TreeItem> items = newMap();

  State(DigestSuite suite) {
    this.suite = suite;
  }

  /** A map whose keys ascend as those of a tree do. */
  static <T> NavigableMap<byte[], T> newMap() {
    return new TreeMap<>(Arrays::compareUnsigned);
  }

  static State of(DigestSuite suite, List<byte[]> keys) {
    State state = new State(suite);
    for (byte[] key : keys) {
      state.put(state.item(key, 0));
    }
    return state;
  }

  State copy() {
    State copy = new State(suite);
    copy.items.putAll(items);
    return copy;
  }

  DigestSuite suite() {
    return suite;
  }

  NavigableMap<byte[], TreeItem> items() {
    return items;
  }

  TreeItem item(byte[] key, long lsn) {
    byte[] item = ("item " + lsn).getBytes(UTF_8);
    return new TreeItem(key, suite.item(key, item), lsn, item.length);
  }

  void put(TreeItem item) {
    items.put(item.key(), item);
  }

  /** Builds the tree anew. */
  Subtree build(Boundaries boundaries, NodeSink sink) {
    try {
      TreeBuilder builder = new TreeBuilder(suite, boundaries, sink);
      for (TreeItem item : items.values()) {
        builder.add(item);
      }
      return builder.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Builds the tree anew, and forgets its nodes. */
  Subtree root(Boundaries boundaries) {
    return unplaced(build(boundaries, node -> Place.NOWHERE));
  }

  /** Changes the tree and these items alike. */
  Subtree update(
      Boundaries boundaries,
      Subtree old,
      NodesInMemory nodes,
      NavigableMap<byte[], Optional<TreeItem>> changes)
      throws IOException {
    Subtree root =
        TreeUpdate.apply(
            suite, old, nodes, new Edits(changes), new TreeBuilder(suite, boundaries, nodes));
    changes.forEach(
        (key, item) -> {
          items.remove(key);
          item.ifPresent(this::put);
        });
    return root;
  }

  /** Gives the changes, and holds what the tree says that it held to what these items are. */
  private final class Edits implements TreeEdits {
    private final List<Map.Entry<byte[], Optional<TreeItem>>> changes;
    private int next;

    Edits(NavigableMap<byte[], Optional<TreeItem>> changes) {
      this.changes = List.copyOf(changes.entrySet());
    }

    @Override
    public byte @Nullable [] key() {
      return next < changes.size() ? changes.get(next).getKey() : null;
    }

    @Override
    public @Nullable TreeItem edit(@Nullable TreeItem held) {
      Map.Entry<byte[], Optional<TreeItem>> change = changes.get(next++);
      TreeItem expected = items.get(change.getKey());
      if (expected == null ? held != null : !expected.equals(held)) {
        throw new AssertionError("held: expected " + expected + ", actual " + held);
      }
      return change.getValue().orElse(null);
    }
  }

  /** Every item of a tree, in its order. */
  static List<TreeItem> itemsOf(DigestSuite suite, Subtree root, NodeSource source)
      throws IOException {
    List<TreeItem> items = new ArrayList<>();
    TreeCursor cursor = new TreeCursor(suite, root, source);
    for (TreeItem item = cursor.descend(); item != null; item = cursor.descend()) {
      items.add(item);
      cursor.skip();
    }
    return items;
  }

  /** The subtree as it would be anywhere. */
  static Subtree unplaced(Subtree subtree) {
    return new Subtree(
        subtree.level(),
        subtree.lastKey(),
        subtree.digest(),
        subtree.items(),
        subtree.bytes(),
        Place.NOWHERE);
  }
}
