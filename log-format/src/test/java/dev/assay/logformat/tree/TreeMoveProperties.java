package dev.assay.logformat.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class TreeMoveProperties {
  private static final DigestSuite SUITE = DigestSuite.XXH3_128;

  private final NodesInMemory nodes = new NodesInMemory();

  @Property(tries = 200)
  void whatMovesIsLeftNowhereAndTheStateStays(
      @ForAll long seed, @ForAll @IntRange(max = 300) int count, @ForAll @IntRange(max = 9) int of)
      throws IOException {
    Random random = new Random(seed);
    Boundaries boundaries = new Boundaries(seed);
    State state = State.of(SUITE, Keys.mixed(random, boundaries, count));
    Subtree root = state.build(boundaries, nodes);
    Set<Place> moving = new HashSet<>();
    for (Place place : places(root)) {
      if (random.nextInt(10) < of) {
        moving.add(place);
      }
    }
    int written = nodes.size();
    List<Place> replaced = new ArrayList<>();
    Subtree moved =
        TreeMove.apply(
            SUITE,
            root,
            nodes,
            moving::contains,
            (subtree, node) -> {
              replaced.add(subtree.place());
              return nodes.keep(node);
            });
    assertTrue(moved.sameState(root));
    Set<Place> places = places(moved);
    assertTrue(places.stream().noneMatch(moving::contains));
    assertTrue(places.stream().noneMatch(replaced::contains));
    assertEquals(nodes.size() - written, replaced.size());
    assertTrue(replaced.containsAll(moving));
    if (moving.isEmpty()) {
      assertSame(root, moved);
    }
  }

  private Set<Place> places(Subtree root) throws IOException {
    Set<Place> places = new HashSet<>();
    if (!root.isEmpty()) {
      places.add(root.place());
      if (NodeCodec.read(SUITE, root, nodes.bytes(root)) instanceof Node.Branch branch) {
        for (Subtree child : branch.children()) {
          places.addAll(places(child));
        }
      }
    }
    return places;
  }
}
