package dev.assay.logformat.tree;

import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.tree.Node.Branch;
import dev.assay.logformat.tree.Node.Leaf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Moves nodes of a tree to other places. Those above them are written again, since they hold the
 * places; the state, and so every digest, stays as it is. Reads every node above the leaves, and
 * the leaves that move. For one thread at a time.
 */
public final class TreeMove {
  /** Takes what moves, children before parents. */
  @FunctionalInterface
  public interface Mover {
    /**
     * Keeps a node elsewhere, and says where.
     *
     * @param subtree what it is the topmost node of, still with its old place
     * @param node its new bytes
     */
    Place move(Subtree subtree, byte[] node) throws IOException;
  }

  private final DigestSuite suite;
  private final NodeSource source;
  private final Predicate<Place> moves;
  private final Mover mover;

  private TreeMove(DigestSuite suite, NodeSource source, Predicate<Place> moves, Mover mover) {
    this.suite = suite;
    this.source = source;
    this.moves = moves;
    this.mover = mover;
  }

  /**
   * The root of the same tree, of which nothing is left at places that move.
   *
   * @param moves whether what is there is to go elsewhere
   */
  public static Subtree apply(
      DigestSuite suite, Subtree root, NodeSource source, Predicate<Place> moves, Mover mover)
      throws IOException {
    return root.isEmpty() ? root : new TreeMove(suite, source, moves, mover).move(root);
  }

  private Subtree move(Subtree subtree) throws IOException {
    if (subtree.level() == 0 && !moves.test(subtree.place())) {
      return subtree;
    }
    byte[] bytes = source.bytes(subtree);
    return switch (NodeCodec.read(suite, subtree, bytes)) {
      case Leaf leaf -> placed(subtree, mover.move(subtree, bytes));
      case Branch branch -> {
        List<Subtree> children = new ArrayList<>();
        for (Subtree child : branch.children()) {
          children.add(move(child));
        }
        yield children.equals(branch.children()) && !moves.test(subtree.place())
            ? subtree
            : placed(subtree, mover.move(subtree, withPlaces(branch, bytes, children)));
      }
    };
  }

  private byte[] withPlaces(Branch branch, byte[] bytes, List<Subtree> children)
      throws IOException {
    BytesWriter out = new BytesWriter(bytes.length);
    out.bytes(NodeCodec.withoutPlaces(suite, branch, bytes));
    children.forEach(child -> NodeCodec.writePlace(out, child.place()));
    return out.toBytes();
  }

  private static Subtree placed(Subtree subtree, Place place) {
    return new Subtree(
        subtree.level(),
        subtree.lastKey(),
        subtree.digest(),
        subtree.items(),
        subtree.bytes(),
        place);
  }
}
