package dev.assay.replicastore.expression;

import dev.assay.logformat.Item;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A parsed condition or filter. Immutable: any thread may use it, with any bindings, as often as it
 * likes.
 */
public final class Condition {
  private final Syntax.Clause clause;

  private Condition(Syntax.Clause clause) {
    this.clause = clause;
  }

  /**
   * @throws ExpressionException if the text is no condition
   */
  public static Condition parse(String text) {
    return new Condition(ConditionParser.parse(text));
  }

  Syntax.Clause clause() {
    return clause;
  }

  /**
   * The condition with its placeholders resolved: bind once to test many items.
   *
   * @throws ExpressionException if the bindings do not fit
   */
  public Bound bind(Usage usage) {
    Binder binder = new Binder(usage);
    Criterion criterion = binder.criterion(clause);
    return new Bound(criterion, binder.paths());
  }

  /**
   * @param item null if there is none: no attribute exists then
   * @throws ExpressionException if the bindings do not fit
   */
  public boolean test(@Nullable Item item, Bindings bindings) {
    return bind(new Usage(bindings)).test(item);
  }

  /** A condition that needs nothing but an item. Immutable. */
  public static final class Bound {
    private final Criterion criterion;
    private final List<DocumentPath> paths;

    Bound(Criterion criterion, List<DocumentPath> paths) {
      this.criterion = criterion;
      this.paths = paths;
    }

    public boolean test(@Nullable Item item) {
      return criterion.holds(item == null ? Item.EMPTY : item);
    }

    /** Every path that the condition reads, in the order of its text. */
    public List<DocumentPath> paths() {
      return paths;
    }
  }
}
