package dev.assay.logformat.tree;

import dev.assay.logformat.BytesReader;
import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatVersion;
import dev.assay.logformat.tree.Node.Branch;
import dev.assay.logformat.tree.Node.Leaf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Proves what a tree holds at one key, an item or nothing, to somebody who knows the root alone.
 *
 * <pre>
 *   proof     version (1): 01
 *             suite (1)
 *             count, node (sized bytes)...    from the root down, without their places
 * </pre>
 *
 * <p>The nodes are those under which the key would be. Below the root there is none when the key is
 * above the root's last.
 *
 * <p>Checks: each node's digest, which the one above names, up to the root. Does not check: the
 * root, which the verifier trusts for another reason, such as a signature; nor that whoever built
 * the tree put each key where it belongs. Only a suite that holds against people gives proofs. Any
 * thread may call.
 */
public final class KeyProof {
  public static final int VERSION = 1;

  private KeyProof() {}

  /**
   * The proof for one key.
   *
   * @throws IllegalArgumentException when the suite finds faults only
   */
  public static byte[] prove(DigestSuite suite, Subtree root, NodeSource source, byte[] key)
      throws IOException {
    requireProofs(suite);
    List<byte[]> nodes = new ArrayList<>();
    for (Subtree next = root; next != null && !next.isEmpty(); ) {
      byte[] bytes = source.bytes(next);
      Node node = NodeCodec.read(suite, next, bytes);
      nodes.add(NodeCodec.withoutPlaces(suite, node, bytes));
      next = childOf(node, key);
    }
    BytesWriter out = new BytesWriter().u8(VERSION).u8(suite.code()).varint(nodes.size());
    nodes.forEach(out::sized);
    return out.toBytes();
  }

  /**
   * What the tree with that root holds at the key; null when it is proven to hold nothing.
   *
   * @throws FormatException when the proof does not prove it
   */
  public static @Nullable TreeItem verify(DigestSuite suite, Subtree root, byte[] key, byte[] proof)
      throws FormatException {
    requireProofs(suite);
    BytesReader in = new BytesReader(proof);
    FormatVersion.check("proof", VERSION, VERSION, in.u8("proof's version"));
    DigestSuite actual = DigestSuite.of(in.u8("proof's suite"));
    if (actual != suite) {
      throw new Corrupt("proof's suite", suite, actual);
    }
    int count = in.count(1, "proof's count");
    Subtree next = root.isEmpty() ? null : root;
    TreeItem found = null;
    for (int i = 0; i < count; i++) {
      if (next == null) {
        throw new Corrupt("proof's nodes", i, count);
      }
      byte[] bytes = in.sized("proof's node");
      Node node = NodeCodec.read(suite, next, bytes);
      requireNoPlaces(suite, node, bytes);
      found = itemOf(node, key);
      next = childOf(node, key);
    }
    in.end("proof");
    if (next != null) {
      throw new Corrupt("proof's nodes", "more than " + count, count);
    }
    return found;
  }

  /** Places are under no digest: with them, one proof would have many forms. */
  private static void requireNoPlaces(DigestSuite suite, Node node, byte[] bytes)
      throws FormatException {
    int length = NodeCodec.withoutPlaces(suite, node, bytes).length;
    if (length != bytes.length) {
      throw new Corrupt("length of the proof's node", length, bytes.length);
    }
  }

  private static @Nullable Subtree childOf(Node node, byte[] key) {
    return switch (node) {
      case Leaf leaf -> null;
      case Branch branch ->
          branch.children().stream()
              .filter(child -> Arrays.compareUnsigned(key, child.lastKey()) <= 0)
              .findFirst()
              .orElse(null);
    };
  }

  private static @Nullable TreeItem itemOf(Node node, byte[] key) {
    return switch (node) {
      case Leaf leaf ->
          leaf.items().stream()
              .filter(item -> Arrays.equals(key, item.key()))
              .findFirst()
              .orElse(null);
      case Branch branch -> null;
    };
  }

  private static void requireProofs(DigestSuite suite) {
    if (suite != DigestSuite.SHA_256) {
      throw new IllegalArgumentException(suite + " finds faults, and proves nothing");
    }
  }
}
