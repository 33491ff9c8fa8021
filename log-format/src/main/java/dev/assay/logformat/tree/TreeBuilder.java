package dev.assay.logformat.tree;

import dev.assay.logformat.BytesWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a tree from items in the order of their keys, in memory for one open node a level.
 *
 * <p>A whole subtree of another tree of the same table may be added in place of its items, where
 * {@link #canTake} says that it would come out as it is. For one thread at a time.
 */
public final class TreeBuilder {
  private final DigestSuite suite;
  private final Boundaries boundaries;
  private final NodeSink sink;
  private final List<Level> levels = new ArrayList<>();
  private byte @Nullable [] lastKey;

  public TreeBuilder(DigestSuite suite, Boundaries boundaries, NodeSink sink) {
    this.suite = suite;
    this.boundaries = boundaries;
    this.sink = sink;
  }

  /**
   * @throws IllegalArgumentException when its key is not above the last one
   */
  public void add(TreeItem item) throws IOException {
    ascend(item.key());
    Level leaves = level(0);
    open(leaves, 0);
    NodeCodec.writeItem(leaves.entries, item);
    leaves.count(item.key(), 1, item.key().length + (long) item.bytes());
    leaves.ended = boundaries.endsNode(0, item.key());
  }

  /** Whether a subtree that goes on from here is the same in the tree that is being built. */
  boolean canTake(Subtree subtree) throws IOException {
    for (int level = 0; level <= subtree.level(); level++) {
      Level each = level(level);
      if (each.ended) {
        close(each, level);
      }
      if (each.entryCount > 0) {
        return false;
      }
    }
    return boundaries.endsNodes(subtree.level(), subtree.lastKey());
  }

  /** Adds all items under the subtree, which {@link #canTake} has allowed. */
  void take(Subtree subtree) throws IOException {
    ascend(subtree.lastKey());
    for (int level = 0; level < subtree.level(); level++) {
      level(level).several = true;
    }
    emit(subtree);
  }

  private void ascend(byte[] key) {
    byte[] last = lastKey;
    if (last != null && Arrays.compareUnsigned(last, key) >= 0) {
      throw new IllegalArgumentException("keys are added in ascending order");
    }
    lastKey = key;
  }

  /**
   * The root of what was added; nothing can be added afterwards.
   *
   * <p>If it is a subtree that was taken, it may have a single child, which then is the root: who
   * takes subtrees has to look.
   */
  public Subtree finish() throws IOException {
    for (int level = 0; level < levels.size(); level++) {
      Level each = levels.get(level);
      if (each.entryCount > 0) {
        close(each, level);
      }
      Subtree only = each.lastNode;
      if (only != null && !each.several) {
        return only;
      }
    }
    return Subtree.empty(suite);
  }

  /** How much it holds: the bytes of all open nodes. */
  int openBytes() {
    int bytes = 0;
    for (Level level : levels) {
      bytes += level.entries.size() + level.places.size();
    }
    return bytes;
  }

  private Level level(int level) {
    while (levels.size() <= level) {
      levels.add(new Level());
    }
    return levels.get(level);
  }

  /** Ends the node before, if it has ended: only now is it known that it is not the last. */
  private void open(Level level, int number) throws IOException {
    if (level.ended) {
      close(level, number);
    }
  }

  private void close(Level level, int number) throws IOException {
    BytesWriter out = NodeCodec.head(number, level.entryCount).bytes(level.entries);
    int stateBytes = out.size();
    byte[] node = out.bytes(level.places).toBytes();
    Subtree subtree =
        new Subtree(
            number,
            level.lastKey,
            suite.digest(node, stateBytes),
            level.items,
            level.bytes,
            sink.keep(node));
    level.clear();
    emit(subtree);
  }

  /** Counts the finished node on its level, and adds it to the open one above. */
  private void emit(Subtree subtree) throws IOException {
    Level own = level(subtree.level());
    own.several |= own.lastNode != null;
    own.lastNode = subtree;
    Level above = level(subtree.level() + 1);
    open(above, subtree.level() + 1);
    NodeCodec.writeChild(above.entries, subtree);
    NodeCodec.writePlace(above.places, subtree.place());
    above.count(subtree.lastKey(), subtree.items(), subtree.bytes());
    above.ended = boundaries.endsNode(subtree.level() + 1, subtree.lastKey());
  }

  /** The open node of one level, and what is known of those before it. */
  private static final class Level {
    final BytesWriter entries = new BytesWriter(Boundaries.TARGET_BYTES);
    final BytesWriter places = new BytesWriter();
    int entryCount;
    byte[] lastKey = new byte[0];
    long items;
    long bytes;

    /** Whether the next entry begins another node. */
    boolean ended;

    /** The last node that was finished. */
    @Nullable Subtree lastNode;

    /** Whether there are more nodes than that one. */
    boolean several;

    void count(byte[] key, long moreItems, long moreBytes) {
      entryCount++;
      lastKey = key;
      items += moreItems;
      bytes += moreBytes;
    }

    void clear() {
      entries.clear();
      places.clear();
      entryCount = 0;
      items = 0;
      bytes = 0;
      ended = false;
    }
  }
}
