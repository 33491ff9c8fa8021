package dev.assay.logformat.tree;

import static dev.assay.logformat.tree.State.unplaced;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatException.TooNew;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.tree.Node.Branch;
import dev.assay.logformat.tree.Node.Leaf;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NodeCodecTest {
  private static final Boundaries BOUNDARIES = new Boundaries(5);
  private static final Place PLACE = new Place(7, 8, 9, Sha256.of(new byte[] {1}));

  /** A tree with branches, whose nodes a test may damage. */
  private record Kept(State state, NodesInMemory nodes, Subtree root) {
    Kept(DigestSuite suite, int items) {
      this(State.of(suite, Keys.random(new Random(5), items, 24)), new NodesInMemory());
    }

    private Kept(State state, NodesInMemory nodes) {
      this(state, nodes, state.build(BOUNDARIES, nodes));
    }

    void readAll() throws IOException {
      State.itemsOf(state.suite(), root, nodes);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyBitOfANodeCountsButThoseOfPlaces(DigestSuite suite) throws IOException {
    Kept kept = new Kept(suite, 40);
    assertTrue(kept.root().level() > 0, "a tree with a branch");
    for (int i = 0; i < kept.nodes().size(); i++) {
      byte[] node = kept.nodes().node(i);
      boolean leaf = node[1] == 0;
      int state = leaf ? node.length : node.length - node[2] * NodeCodec.PLACE_BYTES;
      for (int at = 0; at < state; at++) {
        byte[] altered = node.clone();
        altered[at] ^= (byte) (1 << at % 8);
        kept.nodes().replace(i, altered);
        assertThrows(FormatException.class, kept::readAll);
      }
      kept.nodes().replace(i, node);
    }
    kept.readAll();
  }

  /** Another state, which is sound in itself and adds up. */
  @ParameterizedTest
  @EnumSource
  void anotherNodeWithTheSameSumsIsRefusedByItsDigest(DigestSuite suite) throws IOException {
    Kept kept = new Kept(suite, 1);
    byte[] key = kept.root().lastKey();
    TreeItem held = Objects.requireNonNull(kept.state().items().get(key));
    List<TreeItem> others =
        List.of(
            new TreeItem(key, held.digest(), held.lsn() + 1, held.bytes()),
            new TreeItem(key, suite.item(key, new byte[0]), held.lsn(), held.bytes()));
    for (TreeItem other : others) {
      BytesWriter out = NodeCodec.head(0, 1);
      NodeCodec.writeItem(out, other);
      kept.nodes().replace(0, out.toBytes());
      FormatException refusal = assertThrows(Corrupt.class, kept::readAll);
      assertTrue(refusal.toString().contains("node's digest"), refusal::toString);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNodeThatDoesNotAddUpIsRefused(DigestSuite suite) throws IOException {
    for (Kept kept : List.of(new Kept(suite, 1), new Kept(suite, 100))) {
      Subtree root = kept.root();
      byte[] bytes = kept.nodes().bytes(root);
      byte[] otherKey = Arrays.copyOf(root.lastKey(), root.lastKey().length + 1);
      List<Subtree> others =
          List.of(
              subtree(root.level(), otherKey, root, root.items(), root.bytes()),
              subtree(root.level(), root.lastKey(), root, root.items() + 1, root.bytes()),
              subtree(root.level(), root.lastKey(), root, root.items(), root.bytes() - 1),
              subtree(root.level() + 1, root.lastKey(), root, root.items(), root.bytes()));
      for (Subtree other : others) {
        assertThrows(Corrupt.class, () -> NodeCodec.read(suite, other, bytes));
      }
    }
  }

  private static Subtree subtree(int level, byte[] lastKey, Subtree of, long items, long bytes) {
    return new Subtree(level, lastKey, of.digest(), items, bytes, of.place());
  }

  @ParameterizedTest
  @EnumSource
  void placesAreReadAndAreNoPartOfTheState(DigestSuite suite) throws IOException {
    Subtree leaf = State.of(suite, Keys.sequential(1)).root(BOUNDARIES);
    Subtree placed =
        new Subtree(0, leaf.lastKey(), leaf.digest(), leaf.items(), leaf.bytes(), PLACE);
    BytesWriter out = NodeCodec.head(1, 1);
    NodeCodec.writeChild(out, placed);
    byte[] without = out.toBytes();
    NodeCodec.writePlace(out, PLACE);
    byte[] with = out.toBytes();
    Subtree branch =
        new Subtree(
            1, leaf.lastKey(), suite.digest(without), leaf.items(), leaf.bytes(), Place.NOWHERE);

    Branch read = assertInstanceOf(Branch.class, NodeCodec.read(suite, branch, with));
    assertEquals(List.of(placed), read.children());
    Branch bare = assertInstanceOf(Branch.class, NodeCodec.read(suite, branch, without));
    assertEquals(List.of(unplaced(placed)), bare.children());
    assertNotEquals(read, bare);
    assertEquals(
        new BytesWriter().bytes(without).size(), NodeCodec.withoutPlaces(suite, read, with).length);
    for (int length = without.length + 1; length < with.length; length++) {
      byte[] cut = Arrays.copyOf(with, length);
      assertThrows(Corrupt.class, () -> NodeCodec.read(suite, branch, cut));
    }
    byte[] longer = Arrays.copyOf(with, with.length + 1);
    assertThrows(Corrupt.class, () -> NodeCodec.read(suite, branch, longer));
  }

  @ParameterizedTest
  @EnumSource
  void keysThatDoNotAscendAreRefusedWhateverTheDigest(DigestSuite suite) {
    State state = State.of(suite, Keys.sequential(2));
    TreeItem first = state.items().firstEntry().getValue();
    TreeItem last = state.items().lastEntry().getValue();
    for (List<TreeItem> items : List.of(List.of(last, first), List.of(first, first))) {
      BytesWriter out = NodeCodec.head(0, 2);
      items.forEach(item -> NodeCodec.writeItem(out, item));
      byte[] bytes = out.toBytes();
      Subtree subtree =
          new Subtree(
              0, items.getLast().key(), suite.digest(bytes), 2, 2L * (8 + 6), Place.NOWHERE);
      FormatException refusal =
          assertThrows(Corrupt.class, () -> NodeCodec.read(suite, subtree, bytes));
      assertTrue(refusal.toString().contains("ascending"), refusal::toString);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNewerNodeIsTooNew(DigestSuite suite) {
    Subtree empty = Subtree.empty(suite);
    assertThrows(TooNew.class, () -> NodeCodec.read(suite, empty, new byte[] {2, 0, 0}));
  }

  @ParameterizedTest
  @EnumSource
  void theEmptyTreesNodeIsALeafWithoutItems(DigestSuite suite) throws IOException {
    Node node = NodeCodec.read(suite, Subtree.empty(suite), NodeCodec.emptyLeaf());
    assertEquals(new Leaf(List.of()), node);
  }
}
