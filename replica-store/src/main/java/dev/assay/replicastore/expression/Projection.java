package dev.assay.replicastore.expression;

import dev.assay.logformat.Item;
import java.util.ArrayList;
import java.util.List;

/** A parsed projection. Immutable: any thread may use it, with any bindings. */
public final class Projection {
  private final List<Syntax.Path> paths;

  private Projection(List<Syntax.Path> paths) {
    this.paths = List.copyOf(paths);
  }

  /**
   * @throws ExpressionException if the text is no projection
   */
  public static Projection parse(String text) {
    ExpressionReader reader = new ExpressionReader(text, false);
    List<Syntax.Path> paths = new ArrayList<>();
    do {
      paths.add(reader.path());
    } while (reader.accept(Token.Kind.COMMA));
    reader.finish();
    return new Projection(paths);
  }

  /**
   * The projection with its placeholders resolved: bind once to project many items.
   *
   * @throws ExpressionException if the bindings do not fit, or paths overlap or conflict
   */
  public Bound bind(Usage usage) {
    Binder binder = new Binder(usage);
    List<DocumentPath> bound = paths.stream().map(binder::path).toList();
    return new Bound(bound, PathTree.of(bound));
  }

  /** As {@link Bound#apply}, for one item. */
  public Item apply(Item item, Bindings bindings) {
    return bind(new Usage(bindings)).apply(item);
  }

  /** A projection that needs nothing but an item. Immutable. */
  public static final class Bound {
    private final List<DocumentPath> paths;
    private final PathTree tree;

    Bound(List<DocumentPath> paths, PathTree tree) {
      this.paths = paths;
      this.tree = tree;
    }

    /** What the item has at the paths; what it lacks is left out, and list elements close up. */
    public Item apply(Item item) {
      return tree.project(item);
    }

    /** The paths in the order of the text. */
    public List<DocumentPath> paths() {
      return paths;
    }
  }
}
