package dev.assay.logformat.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.assay.logformat.FormatException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class KeyProofProperties {
  private static final DigestSuite SUITE = DigestSuite.SHA_256;

  /** A tree, and keys to prove something of: those that it holds and others about them. */
  private static final class Proven {
    final Random random;
    final State state = new State(SUITE);
    final NodesInMemory nodes = new NodesInMemory();
    final Subtree root;
    final List<byte[]> keys;

    Proven(long seed, int itemsMax) {
      random = new Random(seed);
      Boundaries boundaries = new Boundaries(seed);
      keys = Keys.mixed(random, boundaries, 1 + random.nextInt(2 * itemsMax));
      for (byte[] key : keys) {
        if (random.nextBoolean()) {
          state.put(state.item(key, random.nextInt(100)));
        }
      }
      root = state.build(boundaries, nodes);
      keys.add(new byte[0]);
      keys.add(new byte[] {-1, -1, -1});
      keys.addAll(state.items().keySet().stream().limit(20).map(Proven::after).toList());
    }

    /** The very next key. */
    static byte[] after(byte[] key) {
      return Arrays.copyOf(key, key.length + 1);
    }

    byte[] anyKey() {
      return keys.get(random.nextInt(keys.size()));
    }

    byte[] prove(byte[] key) throws IOException {
      return KeyProof.prove(SUITE, root, nodes, key);
    }

    /** Refused, or a proof of what is true. */
    void assertProvesNothingElse(byte[] key, byte[] proof) {
      try {
        assertEquals(state.items().get(key), KeyProof.verify(SUITE, root, key, proof));
      } catch (FormatException e) {
        // As it should be.
      }
    }
  }

  @Property(tries = 30)
  void everyKeyIsProvenToBeHeldOrNot(@ForAll long seed) throws IOException {
    Proven proven = new Proven(seed, 80);
    for (byte[] key : proven.keys) {
      TreeItem item = KeyProof.verify(SUITE, proven.root, key, proven.prove(key));
      assertEquals(proven.state.items().get(key), item);
    }
  }

  @Property(tries = 30)
  void anAlteredProofIsRefusedOrProvesTheSame(@ForAll long seed) throws IOException {
    Proven proven = new Proven(seed, 40);
    byte[] key = proven.anyKey();
    byte[] proof = proven.prove(key);
    for (int i = 0; i < 200; i++) {
      byte[] altered = proof.clone();
      altered[proven.random.nextInt(proof.length)] ^= (byte) (1 << proven.random.nextInt(8));
      assertThrows(FormatException.class, () -> KeyProof.verify(SUITE, proven.root, key, altered));
    }
    for (int i = 0; i < 20; i++) {
      byte[] cut = Arrays.copyOf(proof, proven.random.nextInt(proof.length));
      assertThrows(FormatException.class, () -> KeyProof.verify(SUITE, proven.root, key, cut));
    }
  }

  @Property(tries = 30)
  void anotherKeysProofProvesNothingElse(@ForAll long seed) throws IOException {
    Proven proven = new Proven(seed, 60);
    for (int i = 0; i < 20; i++) {
      proven.assertProvesNothingElse(proven.anyKey(), proven.prove(proven.anyKey()));
    }
  }

  @Property(tries = 30)
  void anotherRootsProofIsRefused(@ForAll long seed) throws IOException {
    Proven proven = new Proven(seed, 40);
    byte[] key = proven.anyKey();
    byte[] proof = proven.prove(key);
    State changed = proven.state.copy();
    changed.put(changed.item(proven.anyKey(), 1000));
    Subtree other = changed.root(new Boundaries(seed));
    assertThrows(FormatException.class, () -> KeyProof.verify(SUITE, other, key, proof));
  }

  @Property(tries = 30)
  void aProofOfNothingAboveTheLastKeyProvesNothingBelow(@ForAll long seed) throws IOException {
    Proven proven = new Proven(seed, 60);
    if (proven.root.level() == 0) {
      return;
    }
    byte[] key = proven.state.items().firstKey();
    byte[] above = proven.prove(Proven.after(proven.root.lastKey()));
    assertThrows(FormatException.class, () -> KeyProof.verify(SUITE, proven.root, key, above));
  }
}
