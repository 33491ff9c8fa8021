package dev.assay.logformat.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.tree.Node.Branch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TreeBuilderTest {
  private static final Boundaries BOUNDARIES = new Boundaries(13);

  private final NodesInMemory nodes = new NodesInMemory();

  @ParameterizedTest
  @EnumSource
  void nothingMakesTheEmptyTree(DigestSuite suite) throws IOException {
    assertEquals(Subtree.empty(suite), new TreeBuilder(suite, BOUNDARIES, nodes).finish());
    assertTrue(Subtree.empty(suite).isEmpty());
    assertEquals(suite.digest(new byte[] {1, 0, 0}), Subtree.empty(suite).digest());
    assertEquals(0, nodes.kept());
  }

  @Test
  void keysThatDoNotAscendAreRefused() throws IOException {
    State state = State.of(DigestSuite.XXH3_128, Keys.sequential(2));
    TreeItem first = state.items().firstEntry().getValue();
    TreeItem last = state.items().lastEntry().getValue();
    TreeBuilder builder = new TreeBuilder(DigestSuite.XXH3_128, BOUNDARIES, nodes);
    builder.add(last);
    assertThrows(IllegalArgumentException.class, () -> builder.add(last));
    assertThrows(IllegalArgumentException.class, () -> builder.add(first));
  }

  /** However many levels its key ends nodes on. */
  @Test
  void oneItemIsALeaf() {
    Random random = new Random(13);
    for (int level = 0; level < 5; level++) {
      byte[] key = Keys.tall(random, BOUNDARIES, level);
      assertEquals(
          0, State.of(DigestSuite.XXH3_128, List.of(key)).build(BOUNDARIES, nodes).level());
    }
  }

  /** The root is the lowest node that is alone on its level, and every node is kept once. */
  @Test
  void nodesEndWhereBoundariesSayAndNowhereElse() throws IOException {
    Random random = new Random(14);
    State state = State.of(DigestSuite.SHA_256, Keys.mixed(random, BOUNDARIES, 400));
    Subtree root = state.build(BOUNDARIES, nodes);
    List<Subtree> level = List.of(root);
    int seen = 1;
    while (level.getFirst().level() > 0) {
      List<Subtree> below = new ArrayList<>();
      for (Subtree subtree : level) {
        List<Subtree> children = childrenOf(subtree);
        assertEnds(subtree, children.stream().map(Subtree::lastKey).toList(), root);
        below.addAll(children);
      }
      assertTrue(below.size() > 1, "a node alone below the root");
      seen += below.size();
      level = below;
    }
    for (Subtree leaf : level) {
      List<byte[]> keys =
          State.itemsOf(DigestSuite.SHA_256, leaf, nodes).stream().map(TreeItem::key).toList();
      assertEnds(leaf, keys, root);
    }
    assertEquals(seen, nodes.size());
    assertEquals(state.items().size(), root.items());
  }

  private List<Subtree> childrenOf(Subtree subtree) throws IOException {
    Node node = NodeCodec.read(DigestSuite.SHA_256, subtree, nodes.bytes(subtree));
    return assertInstanceOf(Branch.class, node).children();
  }

  private static void assertEnds(Subtree subtree, List<byte[]> keys, Subtree root) {
    for (byte[] key : keys.subList(0, keys.size() - 1)) {
      assertFalse(BOUNDARIES.endsNode(subtree.level(), key));
    }
    boolean last = State.newMap().comparator().compare(keys.getLast(), root.lastKey()) == 0;
    assertTrue(last || BOUNDARIES.endsNode(subtree.level(), keys.getLast()));
  }
}
