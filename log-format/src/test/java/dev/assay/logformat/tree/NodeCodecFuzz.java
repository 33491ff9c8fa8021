package dev.assay.logformat.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.tree.Node.Branch;
import dev.assay.logformat.tree.Node.Leaf;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Gives the readers of nodes and proofs random bytes and valid bytes with changes. Checks: nothing
 * but a {@link FormatException} is thrown, what is accepted is written to the same bytes again, and
 * what is allocated stays in proportion to the bytes. Repeat a run with {@code -Dassay.fuzz.seed=}.
 */
@Timeout(600)
class NodeCodecFuzz {
  private static final int ROUNDS = 5_000;

  /** The worst are arrays and records of the shortest entries. */
  private static final int ALLOCATED_PER_BYTE_MAX = 32;

  private static final int ALLOCATED_MAX = 1 << 16;

  private final com.sun.management.ThreadMXBean threads =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final long seed;
  private final Random random;
  private final NodesInMemory nodes = new NodesInMemory();

  NodeCodecFuzz(TestInfo test) {
    seed = Long.getLong("assay.fuzz.seed", new Random().nextLong());
    random = new Random(seed);
    System.out.println("NodeCodecFuzz " + test.getDisplayName() + ": -Dassay.fuzz.seed=" + seed);
  }

  /** Reads, and says whether the bytes were accepted. */
  private interface Reader {
    void read(byte[] bytes) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void nodesAreReadOrRefused(DigestSuite suite) throws IOException {
    Subtree root = tree(suite);
    Branch branch = (Branch) NodeCodec.read(suite, root, nodes.bytes(root));
    Subtree low = branch.children().getFirst();
    int accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Subtree subtree = random.nextBoolean() ? root : low;
      byte[] valid = nodes.bytes(subtree);
      byte[] bytes = round % 10 == 0 ? randomBytes() : changed(valid);
      Subtree claimed = random.nextInt(4) == 0 ? subtree : claiming(suite, subtree, bytes, valid);
      if (accepts(bytes, altered -> readAndWrite(suite, claimed, altered))) {
        accepted++;
      }
    }
    // Some changes leave valid bytes; were there none, the changes would not reach deep.
    assertTrue(accepted > ROUNDS / 10, "accepted: " + accepted);
  }

  @ParameterizedTest
  @EnumSource(names = "SHA_256")
  void proofsAreReadOrRefused(DigestSuite suite) throws IOException {
    Subtree root = tree(suite);
    List<TreeItem> items = State.itemsOf(suite, root, nodes);
    int accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
      TreeItem item = items.get(random.nextInt(items.size()));
      byte[] valid = KeyProof.prove(suite, root, nodes, item.key());
      byte[] bytes = round % 10 == 0 ? randomBytes() : changed(valid);
      boolean proves =
          accepts(
              bytes,
              altered -> {
                if (!item.equals(KeyProof.verify(suite, root, item.key(), altered))) {
                  fail("proves what is not true: " + describe(altered));
                }
              });
      accepted += proves ? 1 : 0;
    }
    assertTrue(accepted > ROUNDS / 10, "accepted: " + accepted);
  }

  /** Many nodes of few bytes each claim as much as they can. */
  @ParameterizedTest
  @EnumSource
  void countsClaimNoMoreThanIsThere(DigestSuite suite) {
    for (int level = 0; level < 2; level++) {
      byte[] claims = Arrays.copyOf(NodeCodec.head(level, 10_000).toBytes(), 400_000);
      Subtree subtree =
          new Subtree(level, new byte[0], suite.digest(claims), 10_000, 0, Place.NOWHERE);
      accepts(claims, bytes -> NodeCodec.read(suite, subtree, bytes));
      byte[] tooMany = NodeCodec.head(level, Integer.MAX_VALUE).toBytes();
      accepts(tooMany, bytes -> NodeCodec.read(suite, subtree, bytes));
    }
  }

  private Subtree tree(DigestSuite suite) {
    Subtree root = Subtree.empty(suite);
    for (int items = 40; root.level() != 1; items++) {
      State state = State.of(suite, Keys.random(random, items, 8 + random.nextInt(20)));
      root = state.build(new Boundaries(random.nextLong()), nodes);
    }
    return root;
  }

  /** A subtree that names the bytes by their own digest, so that what is behind is reached. */
  private static Subtree claiming(DigestSuite suite, Subtree subtree, byte[] bytes, byte[] valid) {
    int places = subtree.level() == 0 ? 0 : valid[2] * NodeCodec.PLACE_BYTES;
    byte[] state = Arrays.copyOf(bytes, Math.max(0, bytes.length - places));
    return new Subtree(
        subtree.level(),
        subtree.lastKey(),
        suite.digest(state),
        subtree.items(),
        subtree.bytes(),
        subtree.place());
  }

  private static void readAndWrite(DigestSuite suite, Subtree subtree, byte[] bytes)
      throws IOException {
    BytesWriter out =
        switch (NodeCodec.read(suite, subtree, bytes)) {
          case Leaf leaf -> {
            BytesWriter leafOut = NodeCodec.head(0, leaf.items().size());
            leaf.items().forEach(item -> NodeCodec.writeItem(leafOut, item));
            yield leafOut;
          }
          case Branch branch -> {
            BytesWriter branchOut = NodeCodec.head(subtree.level(), branch.children().size());
            branch.children().forEach(child -> NodeCodec.writeChild(branchOut, child));
            if (branchOut.size() < bytes.length) {
              branch.children().forEach(child -> NodeCodec.writePlace(branchOut, child.place()));
            }
            yield branchOut;
          }
        };
    assertArrayEquals(bytes, out.toBytes());
  }

  /** Whether the reader accepted the bytes. */
  private boolean accepts(byte[] bytes, Reader reader) {
    long limit = ALLOCATED_MAX + (long) ALLOCATED_PER_BYTE_MAX * bytes.length;
    boolean accepted = false;
    long allocated = Long.MAX_VALUE;
    // The first time that code is reached, the JVM's linking of it is counted too.
    for (int tries = 0; tries < 4 && allocated > limit; tries++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      accepted = acceptsOnce(bytes, reader);
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    }
    if (allocated > limit) {
      fail(allocated + " bytes allocated: " + describe(bytes));
    }
    return accepted;
  }

  private boolean acceptsOnce(byte[] bytes, Reader reader) {
    try {
      reader.read(bytes);
      return true;
    } catch (FormatException e) {
      return false;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      return fail(describe(bytes), e);
    }
  }

  private String describe(byte[] bytes) {
    String hex = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 2000));
    return "seed " + seed + ", " + bytes.length + " bytes: " + hex;
  }

  private byte[] randomBytes() {
    byte[] bytes = new byte[random.nextInt(200)];
    random.nextBytes(bytes);
    if (bytes.length > 3 && random.nextBoolean()) {
      bytes[0] = 1;
      bytes[1] = (byte) random.nextInt(2);
      bytes[2] = (byte) random.nextInt(4);
    }
    return bytes;
  }

  private byte[] changed(byte[] valid) {
    byte[] bytes = valid;
    for (int changes = random.nextInt(4); changes > 0; changes--) {
      bytes = bytes.length == 0 ? randomBytes() : change(bytes);
    }
    return bytes;
  }

  private byte[] change(byte[] bytes) {
    int at = random.nextInt(bytes.length);
    int end = at + random.nextInt(Math.min(9, bytes.length - at) + 1);
    byte[] changed = bytes.clone();
    switch (random.nextInt(6)) {
      case 0, 1 -> changed[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> changed[at] = (byte) random.nextInt(256);
      case 3 -> Arrays.fill(changed, at, end, (byte) -random.nextInt(2));
      case 4 -> changed = Arrays.copyOf(bytes, at);
      default -> {
        changed = Arrays.copyOf(bytes, bytes.length + end - at);
        System.arraycopy(bytes, at, changed, end, bytes.length - at);
      }
    }
    return changed;
  }
}
