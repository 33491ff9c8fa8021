package dev.assay.logformat.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TreeCursorTest {
  private static final DigestSuite SUITE = DigestSuite.XXH3_128;
  private static final Boundaries BOUNDARIES = new Boundaries(9);

  private final NodesInMemory nodes = new NodesInMemory();
  private final State state = State.of(SUITE, Keys.random(new Random(9), 200, 24));
  private final Subtree root = state.build(BOUNDARIES, nodes);

  @Test
  void inTheEmptyTreeItIsAtTheEnd() throws IOException {
    TreeCursor cursor = new TreeCursor(SUITE, Subtree.empty(SUITE), nodes);
    assertTrue(cursor.atEnd());
    assertNull(cursor.subtree());
    assertNull(cursor.descend());
    assertThrows(IllegalStateException.class, cursor::open);
    cursor.skip();
    assertTrue(cursor.atEnd());
    assertEquals(0, nodes.read());
  }

  @Test
  void itReadsNothingUntilItIsToldTo() {
    TreeCursor cursor = new TreeCursor(SUITE, root, nodes);
    assertEquals(root, cursor.subtree());
    assertNull(cursor.item());
    cursor.skip();
    assertTrue(cursor.atEnd());
    assertEquals(0, nodes.read());
  }

  @Test
  void whatIsSkippedIsLeftOutAndTheRestIsInOrder() throws IOException {
    TreeCursor cursor = new TreeCursor(SUITE, root, nodes);
    cursor.open();
    Subtree first = cursor.subtree();
    assertNotNull(first);
    cursor.skip();
    List<TreeItem> rest = List.copyOf(state.items().tailMap(first.lastKey(), false).values());
    for (TreeItem item : rest) {
      assertEquals(item, cursor.descend());
      assertEquals(item, cursor.descend(), "stays until it is told to go on");
      cursor.skip();
    }
    assertNull(cursor.descend());
    assertTrue(cursor.atEnd());
    assertEquals(state.items().size() - first.items(), rest.size());
  }

  @Test
  void anItemIsNotOpened() throws IOException {
    TreeCursor cursor = new TreeCursor(SUITE, root, nodes);
    assertNotNull(cursor.descend());
    assertNull(cursor.subtree());
    assertFalse(cursor.atEnd());
    assertThrows(IllegalStateException.class, cursor::open);
  }

  @Test
  void aNodeThatCannotBeReadIsNoEnd() {
    NodeSource lost =
        subtree -> {
          throw new IOException("lost");
        };
    TreeCursor cursor = new TreeCursor(SUITE, root, lost);
    assertThrows(IOException.class, cursor::descend);
    assertEquals(root, cursor.subtree());
    assertFalse(cursor.atEnd());
  }
}
