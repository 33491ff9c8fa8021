package dev.assay.logformat.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

class TreeComparisonProperties {

  /** What a tree holds at a key, and what another does: null for nothing. */
  record Difference(@Nullable TreeItem left, @Nullable TreeItem right) {}

  @Property(tries = 200)
  void exactlyTheDifferencesAreNamed(@ForAll long seed, @ForAll DigestSuite suite)
      throws IOException {
    Random random = new Random(seed);
    Boundaries boundaries = new Boundaries(seed);
    List<byte[]> keys = Keys.mixed(random, boundaries, random.nextInt(150));
    int shared = random.nextInt(5);
    State left = new State(suite);
    State right = new State(suite);
    for (byte[] key : keys) {
      boolean same = random.nextInt(10) < 2 * shared;
      if (same || random.nextBoolean()) {
        left.put(left.item(key, 1));
      }
      if (same || random.nextBoolean()) {
        right.put(right.item(key, same || random.nextBoolean() ? 1 : 2));
      }
    }
    assertComparison(boundaries, left, right);
  }

  @Property(tries = 40)
  void treesOfVeryDifferentSizeAreComparedEitherWay(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    Boundaries boundaries = new Boundaries(seed);
    List<byte[]> keys = Keys.mixed(random, boundaries, 300);
    State large = State.of(DigestSuite.XXH3_128, keys);
    State small = new State(DigestSuite.XXH3_128);
    for (int i = random.nextInt(4); i > 0; i--) {
      byte[] key = keys.get(random.nextInt(keys.size()));
      small.put(small.item(key, random.nextInt(2)));
    }
    assertComparison(boundaries, large, small);
    assertComparison(boundaries, small, large);
  }

  @Property(tries = 40)
  void treesWithoutACommonKeyDifferInAll(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    Boundaries boundaries = new Boundaries(seed);
    State left = new State(DigestSuite.SHA_256);
    State right = new State(DigestSuite.SHA_256);
    for (byte[] key : Keys.mixed(random, boundaries, 200)) {
      State side = random.nextBoolean() ? left : right;
      side.put(side.item(key, 0));
    }
    assertComparison(boundaries, left, right);
  }

  @Property(tries = 15)
  void whatIsReadGrowsWithTheDifferencesAndTheDepth(@ForAll long seed, @ForAll boolean high)
      throws IOException {
    Random random = new Random(seed);
    Boundaries boundaries = new Boundaries(seed);
    State left = State.of(DigestSuite.XXH3_128, Keys.random(random, 2000, high ? 230 : 24));
    NodesInMemory leftNodes = new NodesInMemory();
    Subtree leftRoot = left.build(boundaries, leftNodes);
    for (int changes : new int[] {0, 1, 1, 1, 3, 10, 50}) {
      State right = left.copy();
      NodesInMemory rightNodes = new NodesInMemory();
      Subtree built = right.build(boundaries, rightNodes);
      Subtree rightRoot =
          right.update(boundaries, built, rightNodes, TreeProperties.edits(random, right, changes));
      leftNodes.countFromHere();
      rightNodes.countFromHere();
      List<Difference> actual = compare(left, leftRoot, leftNodes, rightRoot, rightNodes);
      assertEquals(naive(left, right), actual);
      int levels = 1 + Math.max(leftRoot.level(), rightRoot.level());
      int bound = 3 * actual.size() * levels;
      int read = Math.max(leftNodes.read(), rightNodes.read());
      assertTrue(read <= bound, () -> read + " read of one tree, at most " + bound);
    }
  }

  private static void assertComparison(Boundaries boundaries, State left, State right)
      throws IOException {
    NodesInMemory leftNodes = new NodesInMemory();
    NodesInMemory rightNodes = new NodesInMemory();
    assertEquals(
        naive(left, right),
        compare(
            left,
            left.build(boundaries, leftNodes),
            leftNodes,
            right.build(boundaries, rightNodes),
            rightNodes));
    int nodes = leftNodes.size() + rightNodes.size();
    int read = leftNodes.read() + rightNodes.read();
    assertTrue(read <= nodes, () -> read + " read of " + nodes);
  }

  private static List<Difference> compare(
      State left, Subtree leftRoot, NodeSource leftNodes, Subtree rightRoot, NodeSource rightNodes)
      throws IOException {
    List<Difference> differences = new ArrayList<>();
    TreeComparison.compare(
        new TreeCursor(left.suite(), leftRoot, leftNodes),
        new TreeCursor(left.suite(), rightRoot, rightNodes),
        (one, other) -> differences.add(new Difference(one, other)));
    return differences;
  }

  /** Compares item by item, in the order of the keys. */
  private static List<Difference> naive(State left, State right) {
    NavigableMap<byte[], Boolean> keys = State.newMap();
    left.items().keySet().forEach(key -> keys.put(key, true));
    right.items().keySet().forEach(key -> keys.put(key, true));
    List<Difference> differences = new ArrayList<>();
    for (byte[] key : keys.keySet()) {
      TreeItem one = left.items().get(key);
      TreeItem other = right.items().get(key);
      if (one == null || !one.equals(other)) {
        differences.add(new Difference(one, other));
      }
    }
    return differences;
  }
}
