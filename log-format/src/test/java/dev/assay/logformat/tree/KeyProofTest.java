package dev.assay.logformat.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.assay.logformat.BytesReader;
import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.FormatException.TooNew;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyProofTest {
  private static final DigestSuite SUITE = DigestSuite.SHA_256;
  private static final Boundaries BOUNDARIES = new Boundaries(3);

  private final State state = State.of(SUITE, Keys.random(new Random(3), 100, 24));
  private final NodesInMemory nodes = new NodesInMemory();
  private final Subtree root = state.build(BOUNDARIES, nodes);
  private final byte[] key = state.items().firstKey();

  @Test
  void theEmptyTreeHoldsNothing() throws IOException {
    Subtree empty = Subtree.empty(SUITE);
    byte[] proof = KeyProof.prove(SUITE, empty, nodes, key);
    assertEquals(3, proof.length);
    assertNull(KeyProof.verify(SUITE, empty, key, proof));
    assertThrows(FormatException.class, () -> KeyProof.verify(SUITE, root, key, proof));
  }

  @Test
  void theEmptyTreeTakesNoNodes() throws IOException {
    byte[] proof = KeyProof.prove(SUITE, root, nodes, key);
    Subtree empty = Subtree.empty(SUITE);
    assertThrows(FormatException.class, () -> KeyProof.verify(SUITE, empty, key, proof));
    byte[] withEmptyLeaf = proof(List.of(new byte[] {1, 0, 0}));
    assertThrows(FormatException.class, () -> KeyProof.verify(SUITE, empty, key, withEmptyLeaf));
  }

  @Test
  void everyBitOfAProofCounts() throws IOException {
    byte[] proof = KeyProof.prove(SUITE, root, nodes, key);
    for (int bit = 0; bit < 8 * proof.length; bit++) {
      byte[] altered = proof.clone();
      altered[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(FormatException.class, () -> KeyProof.verify(SUITE, root, key, altered));
    }
  }

  @Test
  void nodesThatAreAddedTakenOutOrSwappedAreRefused() throws IOException {
    List<byte[]> path = nodesOf(KeyProof.prove(SUITE, root, nodes, key));
    for (int i = 0; i < path.size(); i++) {
      List<byte[]> without = new ArrayList<>(path);
      byte[] node = without.remove(i);
      assertRefused(without);
      List<byte[]> twice = new ArrayList<>(path);
      twice.add(i, node);
      assertRefused(twice);
      List<byte[]> atTheEnd = new ArrayList<>(path);
      atTheEnd.add(node);
      assertRefused(atTheEnd);
      if (i > 0) {
        List<byte[]> swapped = new ArrayList<>(path);
        swapped.set(i, path.get(i - 1));
        swapped.set(i - 1, node);
        assertRefused(swapped);
      }
    }
  }

  private void assertRefused(List<byte[]> path) {
    assertThrows(FormatException.class, () -> KeyProof.verify(SUITE, root, key, proof(path)));
  }

  @Test
  void aProofIsOfNodesWithoutPlaces() throws IOException {
    List<byte[]> path = nodesOf(KeyProof.prove(SUITE, root, nodes, key));
    path.set(0, nodes.bytes(root));
    assertRefused(path);
  }

  @Test
  void bytesAfterTheProofAreRefused() throws IOException {
    byte[] proof = KeyProof.prove(SUITE, root, nodes, key);
    byte[] longer = Arrays.copyOf(proof, proof.length + 1);
    assertThrows(FormatException.class, () -> KeyProof.verify(SUITE, root, key, longer));
  }

  @Test
  void versionsAndSuitesOfLaterAreTooNew() throws IOException {
    byte[] version = KeyProof.prove(SUITE, root, nodes, key);
    version[0] = 2;
    assertThrows(TooNew.class, () -> KeyProof.verify(SUITE, root, key, version));
    byte[] suite = KeyProof.prove(SUITE, root, nodes, key);
    suite[1] = 3;
    assertThrows(TooNew.class, () -> KeyProof.verify(SUITE, root, key, suite));
  }

  @Test
  void theFastSuiteGivesNoProofs() {
    DigestSuite fast = DigestSuite.XXH3_128;
    Subtree other = State.of(fast, List.of(key)).build(BOUNDARIES, nodes);
    assertThrows(IllegalArgumentException.class, () -> KeyProof.prove(fast, other, nodes, key));
    assertThrows(
        IllegalArgumentException.class,
        () -> KeyProof.verify(fast, other, key, new byte[] {1, 1, 0}));
  }

  @Test
  void aProofIsNotMadeOfDamagedNodes() {
    for (int i = 0; i < nodes.size(); i++) {
      byte[] damaged = nodes.node(i);
      damaged[damaged.length / 3] ^= 4;
      nodes.replace(i, damaged);
    }
    assertThrows(FormatException.class, () -> KeyProof.prove(SUITE, root, nodes, key));
  }

  private static List<byte[]> nodesOf(byte[] proof) throws FormatException {
    BytesReader in = new BytesReader(proof, 2, proof.length);
    List<byte[]> nodes = new ArrayList<>();
    for (int i = in.count(1, "count"); i > 0; i--) {
      nodes.add(in.sized("node"));
    }
    return nodes;
  }

  private static byte[] proof(List<byte[]> nodes) {
    BytesWriter out = new BytesWriter().u8(1).u8(2).varint(nodes.size());
    nodes.forEach(out::sized);
    return out.toBytes();
  }
}
