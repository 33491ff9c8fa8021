package dev.assay.logformat.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TreeComparisonTest {
  private static final DigestSuite SUITE = DigestSuite.SHA_256;
  private static final Boundaries BOUNDARIES = new Boundaries(11);

  private final State state = State.of(SUITE, Keys.random(new Random(11), 200, 24));
  private final NodesInMemory nodes = new NodesInMemory();
  private final Subtree root = state.build(BOUNDARIES, nodes);
  private final Subtree empty = Subtree.empty(SUITE);

  @Test
  void equalRootsAreNotOpened() throws IOException {
    assertEquals(List.of(), differences(root, nodes, root, nodes));
    assertEquals(List.of(), differences(empty, nodes, empty, nodes));
    assertEquals(0, nodes.read());
  }

  @Test
  void placesAreNoDifference() throws IOException {
    NodesInMemory others = new NodesInMemory();
    others.keep(new byte[100]);
    Subtree other = state.build(BOUNDARIES, others);
    assertEquals(List.of(), differences(root, nodes, other, others));
    assertEquals(0, nodes.read() + others.read());
  }

  @Test
  void everythingIsMissingFromTheEmptyTree() throws IOException {
    assertEquals(state.items().size(), differences(root, nodes, empty, nodes).size());
    assertEquals(nodes.size(), nodes.read());
    List<String> extra = differences(empty, nodes, root, nodes);
    assertTrue(extra.getFirst().startsWith("null, "), extra::getFirst);
    assertEquals(state.items().size(), extra.size());
  }

  @Test
  void anotherLsnOrLengthIsADifference() throws IOException {
    TreeItem held = state.items().lastEntry().getValue();
    for (TreeItem item :
        List.of(
            new TreeItem(held.key(), held.digest(), held.lsn() + 1, held.bytes()),
            new TreeItem(held.key(), held.digest(), held.lsn(), held.bytes() + 1))) {
      State other = state.copy();
      other.put(item);
      NodesInMemory others = new NodesInMemory();
      Subtree otherRoot = other.build(BOUNDARIES, others);
      assertEquals(
          List.of(text(held) + ", " + text(item)), differences(root, nodes, otherRoot, others));
    }
  }

  /** Their digests differ everywhere, and still no item does. */
  @Test
  void treesOfAnotherSeedHoldTheSameItems() throws IOException {
    NodesInMemory others = new NodesInMemory();
    Subtree other = state.build(new Boundaries(12), others);
    assertEquals(List.of(), differences(root, nodes, other, others));
    assertEquals(nodes.size(), nodes.read());
  }

  @Test
  void comparisonGoesOnFromWhereTheCursorsStand() throws IOException {
    TreeCursor left = new TreeCursor(SUITE, root, nodes);
    TreeCursor right = new TreeCursor(SUITE, root, nodes);
    TreeItem first = left.descend();
    assertEquals(first, right.descend());
    right.skip();
    List<String> differences = new ArrayList<>();
    TreeComparison.compare(
        left, right, (one, other) -> differences.add(text(one) + ", " + text(other)));
    assertEquals(List.of(text(first) + ", null"), differences);
  }

  /** Could not check is never passed. */
  @Test
  void damageOnEitherSideEndsTheComparison() {
    State changed = state.copy();
    changed.put(changed.item(state.items().firstKey(), 99));
    NodesInMemory others = new NodesInMemory();
    Subtree other = changed.build(BOUNDARIES, others);
    byte[] leaf = others.node(0);
    leaf[leaf.length - 1] ^= 1;
    others.replace(0, leaf);
    assertThrows(FormatException.class, () -> differences(root, nodes, other, others));
    assertThrows(FormatException.class, () -> differences(other, others, root, nodes));
  }

  @Test
  void whatTheTakerThrowsComesOut() {
    IOException full = new IOException("the report is full");
    TreeComparison.Differences taker =
        (one, other) -> {
          throw full;
        };
    IOException thrown =
        assertThrows(
            IOException.class,
            () ->
                TreeComparison.compare(
                    new TreeCursor(SUITE, root, nodes),
                    new TreeCursor(SUITE, empty, nodes),
                    taker));
    assertSame(full, thrown);
  }

  private static List<String> differences(
      Subtree left, NodeSource leftNodes, Subtree right, NodeSource rightNodes) throws IOException {
    List<String> differences = new ArrayList<>();
    TreeComparison.compare(
        new TreeCursor(SUITE, left, leftNodes),
        new TreeCursor(SUITE, right, rightNodes),
        (one, other) -> differences.add(text(one) + ", " + text(other)));
    return differences;
  }

  private static String text(@Nullable TreeItem item) {
    return item == null
        ? "null"
        : HexFormat.of().formatHex(item.key()) + " " + item.lsn() + " " + item.bytes();
  }
}
