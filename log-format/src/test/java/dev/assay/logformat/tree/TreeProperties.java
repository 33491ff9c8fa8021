package dev.assay.logformat.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class TreeProperties {
  private static final int KEYS_MAX = 120;

  @Property(tries = 200)
  void everyPathOfChangesLeadsToTheSameTree(@ForAll long seed, @ForAll DigestSuite suite)
      throws IOException {
    Random random = new Random(seed);
    Boundaries boundaries = new Boundaries(seed);
    List<byte[]> keys = Keys.mixed(random, boundaries, 1 + random.nextInt(KEYS_MAX));
    State state = new State(suite);
    NodesInMemory nodes = new NodesInMemory();
    Subtree root = Subtree.empty(suite);
    for (int batch = 0; batch < 12; batch++) {
      NavigableMap<byte[], Optional<TreeItem>> changes = changes(random, state, keys, batch);
      root = state.update(boundaries, root, nodes, changes);
      assertEquals(state.root(boundaries), State.unplaced(root));
      assertEquals(List.copyOf(state.items().values()), State.itemsOf(suite, root, nodes));
    }
  }

  /** Few changes, many, all items gone, all but one gone, or everything below a key gone. */
  private static NavigableMap<byte[], Optional<TreeItem>> changes(
      Random random, State state, List<byte[]> keys, int lsn) {
    NavigableMap<byte[], Optional<TreeItem>> changes = State.newMap();
    int kind = random.nextInt(12);
    int some = random.nextInt(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      byte[] key = keys.get(i);
      Optional<TreeItem> deleted = Optional.empty();
      switch (kind) {
        case 0 -> changes.put(key, deleted);
        case 1 -> changes.put(key, i == some ? Optional.of(state.item(key, lsn)) : deleted);
        case 2 -> changes.put(key, i < some ? deleted : Optional.of(state.item(key, lsn)));
        case 3 -> changes.put(key, i > some ? deleted : Optional.of(state.item(key, lsn)));
        default -> {
          if (random.nextInt(kind < 8 ? 30 : 3) == 0) {
            boolean put = random.nextInt(3) > 0;
            changes.put(key, put ? Optional.of(state.item(key, lsn)) : deleted);
          }
        }
      }
    }
    return changes;
  }

  @Property(tries = 40)
  void everyOrderOfInsertingLeadsToTheSameTree(@ForAll long seed, @ForAll DigestSuite suite)
      throws IOException {
    Random random = new Random(seed);
    Boundaries boundaries = new Boundaries(seed);
    List<byte[]> keys = Keys.mixed(random, boundaries, 40);
    Subtree expected = State.of(suite, keys).root(boundaries);
    Collections.shuffle(keys, random);
    State state = new State(suite);
    NodesInMemory nodes = new NodesInMemory();
    Subtree root = Subtree.empty(suite);
    for (byte[] key : keys) {
      NavigableMap<byte[], Optional<TreeItem>> one = State.newMap();
      one.put(key, Optional.of(state.item(key, 0)));
      root = state.update(boundaries, root, nodes, one);
    }
    assertEquals(expected, State.unplaced(root));
  }

  @Property(tries = 150)
  void treesWithBranchesOfASingleChildGrowAndShrink(@ForAll long seed, @ForAll DigestSuite suite)
      throws IOException {
    Random random = new Random(seed);
    Boundaries boundaries = new Boundaries(seed);
    List<byte[]> keys = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      keys.add(Keys.tall(random, boundaries, 1 + random.nextInt(3)));
    }
    State state = new State(suite);
    NodesInMemory nodes = new NodesInMemory();
    Subtree root = Subtree.empty(suite);
    for (int lsn = 0; lsn < 12; lsn++) {
      byte[] key = keys.get(random.nextInt(keys.size()));
      NavigableMap<byte[], Optional<TreeItem>> one = State.newMap();
      one.put(key, random.nextInt(3) == 0 ? Optional.empty() : Optional.of(state.item(key, lsn)));
      root = state.update(boundaries, root, nodes, one);
      assertEquals(state.root(boundaries), State.unplaced(root));
    }
  }

  @Property(tries = 150)
  void everyChangeOfAnItemChangesTheRoot(@ForAll long seed, @ForAll DigestSuite suite) {
    Random random = new Random(seed);
    Boundaries boundaries = new Boundaries(seed);
    List<byte[]> keys = Keys.mixed(random, boundaries, 1 + random.nextInt(60));
    State state = State.of(suite, keys);
    byte[] key = keys.get(random.nextInt(keys.size()));
    byte[] item = new byte[1 + random.nextInt(50)];
    random.nextBytes(item);
    TreeItem held = new TreeItem(key, suite.item(key, item), 77, item.length);
    state.put(held);
    Digest root = state.root(boundaries).digest();

    item[random.nextInt(item.length)] ^= (byte) (1 << random.nextInt(8));
    State other = state.copy();
    other.put(new TreeItem(key, suite.item(key, item), 77, item.length));
    assertNotEquals(root, other.root(boundaries).digest());

    other.put(new TreeItem(key, held.digest(), 77 ^ 1L << random.nextInt(63), held.bytes()));
    assertNotEquals(root, other.root(boundaries).digest());

    other.put(new TreeItem(key, held.digest(), 77, held.bytes() ^ 1 << random.nextInt(31)));
    assertNotEquals(root, other.root(boundaries).digest());

    other.put(held);
    assertEquals(root, other.root(boundaries).digest());
    other.items().remove(key);
    assertNotEquals(root, other.root(boundaries).digest());

    byte[] otherKey = Arrays.copyOf(key, key.length + 1);
    if (key.length > 0 && random.nextBoolean()) {
      otherKey = key.clone();
      otherKey[random.nextInt(key.length)] ^= (byte) (1 << random.nextInt(8));
    }
    if (!state.items().containsKey(otherKey)) {
      other.put(new TreeItem(otherKey, held.digest(), 77, held.bytes()));
      assertNotEquals(root, other.root(boundaries).digest());
    }
  }

  /**
   * A key can make two nodes of one, or one of two, on each level; and the right edge is read,
   * since nothing says whether its nodes end there.
   */
  @Property(tries = 15)
  void whatIsReadAndWrittenGrowsWithTheChangesAndTheDepth(@ForAll long seed, @ForAll boolean high)
      throws IOException {
    Random random = new Random(seed);
    Boundaries boundaries = new Boundaries(seed);
    State state = State.of(DigestSuite.XXH3_128, Keys.random(random, 2000, high ? 230 : 24));
    NodesInMemory nodes = new NodesInMemory();
    Subtree root = state.build(boundaries, nodes);
    for (int changes : new int[] {0, 1, 1, 1, 3, 10, 50}) {
      NavigableMap<byte[], Optional<TreeItem>> edits = edits(random, state, changes);
      nodes.countFromHere();
      Subtree next = state.update(boundaries, root, nodes, edits);
      int levels = 1 + Math.max(root.level(), next.level());
      int bound = (2 * changes + 1) * levels;
      assertTrue(nodes.read() <= bound, () -> nodes.read() + " read, at most " + bound);
      assertTrue(nodes.kept() <= bound, () -> nodes.kept() + " kept, at most " + bound);
      assertEquals(state.root(boundaries), State.unplaced(next));
      root = next;
    }
  }

  /** That many changes: a third each of new, other and no items. */
  static NavigableMap<byte[], Optional<TreeItem>> edits(Random random, State state, int changes) {
    List<byte[]> held = new ArrayList<>(state.items().keySet());
    NavigableMap<byte[], Optional<TreeItem>> edits = State.newMap();
    while (edits.size() < changes) {
      byte[] key = held.get(random.nextInt(held.size()));
      switch (random.nextInt(3)) {
        case 0 -> edits.put(key, Optional.empty());
        case 1 -> edits.put(key, Optional.of(state.item(key, 1 + random.nextInt(1000))));
        default -> {
          byte[] added = key.clone();
          random.nextBytes(added);
          edits.put(added, Optional.of(state.item(added, 1 + random.nextInt(1000))));
        }
      }
    }
    return edits;
  }
}
