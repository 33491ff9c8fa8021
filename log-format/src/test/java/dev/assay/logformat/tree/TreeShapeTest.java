package dev.assay.logformat.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.BytesReader;
import dev.assay.logformat.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Holds the sizes of nodes to what chance says of them: entries until one ends a node are as many
 * as tosses of a coin until it shows heads, so sizes fall off as an exponential distribution does,
 * of which e^-4 = 1.8% lie above four times the mean, and e^-8 = 0.03% above eight times.
 */
class TreeShapeTest {
  private static final long SEED = 0x5EED_0F_7AB1EL;
  private static final Boundaries BOUNDARIES = new Boundaries(SEED);
  private static final double MEAN_OFF_MAX = 0.15;
  private static final double ABOVE_4_MAX = 0.024;
  private static final double ABOVE_8_MAX = 0.0012;

  /** Levels above what the mean says; chance may keep a few nodes apart a while. */
  private static final int LEVELS_MORE_MAX = 4;

  @Test
  void nodesOfSequentialKeysHaveTheirSize() throws IOException {
    assertShape(Keys.sequential(100_000), Boundaries.TARGET_BYTES);
  }

  @Test
  void nodesOfRandomKeysHaveTheirSize() throws IOException {
    assertShape(Keys.random(new Random(1), 100_000, 24), Boundaries.TARGET_BYTES);
  }

  @Test
  void nodesOfTinyKeysHaveTheirSize() throws IOException {
    List<byte[]> keys = new ArrayList<>();
    for (int i = 0; i < 1 << 16; i++) {
      keys.add(new byte[] {(byte) (i >> 8), (byte) i});
    }
    assertShape(keys, Boundaries.TARGET_BYTES);
  }

  @Test
  void nodesOfVeryLongKeysHaveFourEntries() throws IOException {
    assertShape(Keys.random(new Random(2), 20_000, 3000), 4 * (3000 + 32));
  }

  @Test
  void keysThatWouldNeverEndNodesOfAnotherSeedDoNoHarm() throws IOException {
    assertShape(ground(false), Boundaries.TARGET_BYTES);
  }

  @Test
  void keysThatWouldAlwaysEndNodesOfAnotherSeedDoNoHarm() throws IOException {
    assertShape(ground(true), Boundaries.TARGET_BYTES);
  }

  /** Keys that somebody chose who has guessed another seed. */
  private static List<byte[]> ground(boolean ending) {
    Boundaries others = new Boundaries(SEED + 1);
    List<byte[]> keys = new ArrayList<>();
    for (long i = 0; keys.size() < 50_000; i++) {
      byte[] key = ByteBuffer.allocate(16).putLong(i).putLong(~i).array();
      if (others.endsNode(0, key) == ending && others.endsNode(1, key) == ending) {
        keys.add(key);
      }
    }
    return keys;
  }

  @Test
  void smallSetsAreLowTrees() throws IOException {
    for (int size = 0; size < 20; size++) {
      State state = State.of(DigestSuite.XXH3_128, Keys.sequential(size));
      NodesInMemory nodes = new NodesInMemory();
      Subtree root = state.build(BOUNDARIES, nodes);
      assertTrue(root.level() <= 2, root::toString);
      assertEquals(size, root.items());
    }
    assertEquals(0, State.of(DigestSuite.SHA_256, Keys.sequential(1)).root(BOUNDARIES).level());
  }

  /** By construction: what is open is counted after every item. */
  @Test
  void whatIsOpenGrowsWithTheDepthAlone() throws IOException {
    TreeBuilder builder = new TreeBuilder(DigestSuite.XXH3_128, BOUNDARIES, node -> Place.NOWHERE);
    Digest digest = DigestSuite.XXH3_128.item(new byte[0], new byte[0]);
    int openMax = 0;
    for (int i = 0; i < 1_000_000; i++) {
      byte[] key = ByteBuffer.allocate(Long.BYTES).putLong(i).array();
      builder.add(new TreeItem(key, digest, i, 100));
      openMax = Math.max(openMax, builder.openBytes());
    }
    Subtree root = builder.finish();
    assertEquals(1_000_000, root.items());
    int most = openMax;
    assertTrue(most <= 4 * Boundaries.TARGET_BYTES * (root.level() + 1), () -> most + " bytes");
  }

  private static void assertShape(List<byte[]> keys, int meanBytes) throws IOException {
    List<List<Integer>> sizes = new ArrayList<>();
    int[] entriesAbove = {0, 0};
    TreeBuilder builder =
        new TreeBuilder(
            DigestSuite.XXH3_128,
            BOUNDARIES,
            node -> {
              int level = node[1];
              while (sizes.size() <= level) {
                sizes.add(new ArrayList<>());
              }
              sizes.get(level).add(node.length);
              if (level > 0) {
                entriesAbove[0] += entries(node);
                entriesAbove[1]++;
              }
              return Place.NOWHERE;
            });
    Digest digest = DigestSuite.XXH3_128.item(new byte[0], new byte[0]);
    for (byte[] key : keys) {
      builder.add(new TreeItem(key, digest, 0, 1));
    }
    Subtree root = builder.finish();
    assertSizes("leaves", sizes.getFirst(), meanBytes);
    assertSizes("nodes", sizes.stream().flatMap(List::stream).toList(), meanBytes);

    double entriesMean = entriesAbove[0] / (double) entriesAbove[1];
    assertTrue(entriesMean > 3.5, () -> entriesMean + " children a branch");
    double levels = Math.log(sizes.getFirst().size()) / Math.log(entriesMean);
    assertTrue(root.level() <= levels + LEVELS_MORE_MAX, () -> root.level() + " of " + levels);
  }

  private static int entries(byte[] node) throws FormatException {
    return new BytesReader(node, 2, node.length).varint("count");
  }

  private static void assertSizes(String what, List<Integer> sizes, int mean) {
    double[] ratios = sizes.stream().mapToDouble(size -> size / (double) mean).toArray();
    double actualMean = Arrays.stream(ratios).average().orElseThrow();
    double above4 =
        Arrays.stream(ratios).filter(ratio -> ratio > 4).count() / (double) ratios.length;
    double above8 =
        Arrays.stream(ratios).filter(ratio -> ratio > 8).count() / (double) ratios.length;
    assertEquals(1, actualMean, MEAN_OFF_MAX, what);
    assertTrue(above4 <= ABOVE_4_MAX, () -> above4 + " of the " + what + " above 4 times");
    assertTrue(above8 <= ABOVE_8_MAX, () -> above8 + " of the " + what + " above 8 times");
  }
}
