package dev.assay.logformat.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.assay.logformat.GoldenVectors;
import dev.assay.logformat.GoldenVectors.Vector;
import dev.assay.logformat.Sha256;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the digest tree to its golden vectors, which another implementation computed. They are the
 * contract: every later version makes the same trees, and none of them is ever changed.
 */
class TreeGoldenVectorsTest {
  private static final Boundaries BOUNDARIES = new Boundaries(0x0123456789ABCDEFL);

  private final NodesInMemory nodes = new NodesInMemory();

  static List<Vector> vectors() throws IOException {
    return GoldenVectors.read("trees.txt");
  }

  @Test
  void vectorsOfEveryKindAreThere() throws IOException {
    assertEquals(
        List.of("boundary", "item", "node", "proof", "tree"),
        List.copyOf(
            vectors().stream()
                .map(vector -> vector.text("format"))
                .collect(Collectors.toCollection(TreeSet::new))));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void whatIsMadeIsTheSameByteForByte(Vector vector) throws IOException {
    switch (vector.text("format")) {
      case "item" -> assertItem(vector);
      case "boundary" -> assertBoundary(vector);
      case "tree" -> assertTree(vector);
      case "node" -> assertNode(vector);
      case "proof" -> assertProof(vector);
      default -> throw new IllegalArgumentException(vector.text("format"));
    }
  }

  private static void assertItem(Vector vector) {
    Digest digest = suite(vector).item(vector.bytes("key"), vector.bytes("item"));
    assertEquals(vector.text("digest"), digest.toString());
  }

  private static void assertBoundary(Vector vector) {
    Boundaries boundaries = new Boundaries(HexFormat.fromHexDigitsToLong(vector.text("seed")));
    int level = number(vector, "level");
    int length = number(vector, "length");
    String ends =
        IntStream.range(0, number(vector, "keys"))
            .filter(i -> boundaries.endsNode(level, length == 256 ? longKey(i) : key(i, length)))
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(", "));
    assertEquals(vector.text("ends"), ends);
  }

  private void assertTree(Vector vector) {
    Subtree root = build(suite(vector), vector.text("set"));
    assertEquals(vector.text("digest"), root.digest().toString());
    assertEquals(number(vector, "level"), root.level());
    assertEquals(number(vector, "items"), root.items());
    assertEquals(number(vector, "bytes"), root.bytes());
    assertArrayEquals(vector.bytes("last"), root.lastKey());
    assertEquals(number(vector, "nodes"), nodes.kept());
  }

  private void assertNode(Vector vector) throws IOException {
    DigestSuite suite = suite(vector);
    Subtree root = build(suite, vector.text("set"));
    assertEquals(vector.text("digest"), root.digest().toString());
    byte[] bytes = root.isEmpty() ? NodeCodec.emptyLeaf() : nodes.bytes(root);
    Node node = NodeCodec.read(suite, root, bytes);
    assertArrayEquals(vector.bytes("hex"), NodeCodec.withoutPlaces(suite, node, bytes));
    NodeCodec.read(suite, root, vector.bytes("hex"));
  }

  private void assertProof(Vector vector) throws IOException {
    DigestSuite suite = DigestSuite.SHA_256;
    Subtree root = build(suite, vector.text("set"));
    byte[] key = vector.bytes("key");
    assertArrayEquals(vector.bytes("hex"), KeyProof.prove(suite, root, nodes, key));
    TreeItem held = KeyProof.verify(suite, root, key, vector.bytes("hex"));
    assertEquals(
        vector.text("held"),
        held == null
            ? "nothing"
            : "LSN " + held.lsn() + ", " + held.bytes() + " bytes, " + held.digest());
  }

  private Subtree build(DigestSuite suite, String set) {
    State state = new State(suite);
    switch (set) {
      case "empty" -> {}
      case "one" -> scattered(state, 1);
      case "forty" -> scattered(state, 40);
      case "scattered" -> scattered(state, 300);
      case "long-keys" -> {
        for (int i = 0; i < 200; i++) {
          put(state, longKey(i), "item", i);
        }
      }
      default -> throw new IllegalArgumentException(set);
    }
    return state.build(BOUNDARIES, nodes);
  }

  private static void scattered(State state, int count) {
    for (int i = 0; i < count; i++) {
      put(state, key(i, 4 + i % 29), ("item " + i + " ").repeat(i % 5), 7L * i);
    }
  }

  private static void put(State state, byte[] key, String item, long lsn) {
    byte[] bytes = item.getBytes(UTF_8);
    state.put(new TreeItem(key, state.suite().item(key, bytes), lsn, bytes.length));
  }

  private static byte[] key(int i, int length) {
    return Arrays.copyOf(Sha256.of(("key " + i).getBytes(UTF_8)).toBytes(), length);
  }

  private static byte[] longKey(int i) {
    byte[] longKey = new byte[256];
    for (int at = 0; at < longKey.length; at += Sha256.BYTES) {
      System.arraycopy(key(i, Sha256.BYTES), 0, longKey, at, Sha256.BYTES);
    }
    return longKey;
  }

  private static DigestSuite suite(Vector vector) {
    return vector.text("suite").equals("sha-256") ? DigestSuite.SHA_256 : DigestSuite.XXH3_128;
  }

  private static int number(Vector vector, String field) {
    return Integer.parseInt(vector.text(field));
  }
}
