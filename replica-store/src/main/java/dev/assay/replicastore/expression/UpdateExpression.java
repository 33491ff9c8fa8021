package dev.assay.replicastore.expression;

import dev.assay.logformat.Item;
import java.util.List;
import java.util.Set;

/** A parsed update. Immutable: any thread may use it, with any bindings. */
public final class UpdateExpression {
  private final UpdateParser.Parsed parsed;

  private UpdateExpression(UpdateParser.Parsed parsed) {
    this.parsed = parsed;
  }

  /**
   * @throws ExpressionException if the text is no update
   */
  public static UpdateExpression parse(String text) {
    return new UpdateExpression(UpdateParser.parse(text));
  }

  /**
   * The update with its placeholders resolved. DynamoDB looks for undefined names in the whole text
   * first, then for undefined values, then for paths that overlap, and at operands last.
   *
   * @throws ExpressionException if the bindings do not fit, or paths overlap or conflict
   */
  public Bound bind(Usage usage) {
    parsed.aliases().forEach(usage::name);
    parsed.placeholders().forEach(usage::value);
    Binder binder = new Binder(usage);
    List<DocumentPath> targets =
        parsed.actions().stream().map(action -> binder.path(action.path())).toList();
    PathTree tree = PathTree.of(targets);
    parsed.actions().forEach(action -> requireOperandType(action, usage));
    List<Change> changes =
        parsed.actions().stream().map(action -> change(action, binder, usage)).toList();
    return new Bound(targets, new Modification(tree, targets, changes));
  }

  private static void requireOperandType(Syntax.Action action, Usage usage) {
    switch (action) {
      case Syntax.Action.Add(_, Syntax.ValueOf(var placeholder)) -> {
        ValueType type = ValueType.of(usage.value(placeholder));
        if (!type.isSet() && type != ValueType.N) {
          throw incorrectType("ADD", type);
        }
      }
      case Syntax.Action.Delete(_, Syntax.ValueOf(var placeholder)) -> {
        ValueType type = ValueType.of(usage.value(placeholder));
        if (!type.isSet()) {
          throw incorrectType("DELETE", type);
        }
      }
      case Syntax.Action.Set _, Syntax.Action.Remove _ -> {}
    }
  }

  private static ExpressionException incorrectType(String section, ValueType type) {
    return ExpressionException.invalid(
        "Incorrect operand type for operator or function; operator: "
            + section
            + ", operand type: "
            + type.word()
            + ", typeSet: ALLOWED_FOR_"
            + section
            + "_OPERAND");
  }

  private static Change change(Syntax.Action action, Binder binder, Usage usage) {
    return switch (action) {
      case Syntax.Action.Set(_, Syntax.Term term) -> new Change.Assign(binder.operand(term));
      case Syntax.Action.Set(_, Syntax.Arithmetic arithmetic) ->
          new Change.Assign(binder.arithmetic(arithmetic));
      case Syntax.Action.Remove _ -> new Change.Remove();
      case Syntax.Action.Add(_, Syntax.ValueOf(var placeholder)) ->
          new Change.Add(usage.value(placeholder));
      case Syntax.Action.Delete(_, Syntax.ValueOf(var placeholder)) ->
          new Change.Subtract(usage.value(placeholder));
    };
  }

  /** As {@link Bound#apply}, once. */
  public Item apply(Item before, Bindings bindings) {
    return bind(new Usage(bindings)).apply(before);
  }

  /** As {@link Bound#changedOnly}, once. */
  public Item changedOnly(Item item, Bindings bindings) {
    return bind(new Usage(bindings)).changedOnly(item);
  }

  /** As {@link Bound#topLevelNames}, once. */
  public Set<String> topLevelNames(Bindings bindings) {
    return bind(new Usage(bindings)).topLevelNames();
  }

  /** An update that needs nothing but an item. Immutable. */
  public static final class Bound {
    private final List<DocumentPath> targets;
    private final Modification modification;

    Bound(List<DocumentPath> targets, Modification modification) {
      this.targets = targets;
      this.modification = modification;
    }

    /**
     * The item after the update. Every operand is read from the item before it.
     *
     * @param before the key attributes alone if there is no item yet and the update {@linkplain
     *     #createsItem makes one}
     * @throws ExpressionException if the update can't be carried out on this item, or would make it
     *     too large or too deep
     */
    public Item apply(Item before) {
      return modification.apply(before);
    }

    /**
     * What the item has at the paths that the update names: of the item before it for {@code
     * UPDATED_OLD}, after it for {@code UPDATED_NEW}. Empty if the item has nothing there.
     */
    public Item changedOnly(Item item) {
      return modification.tree().project(item);
    }

    /** The attributes that the update changes, inside or as a whole. */
    public Set<String> topLevelNames() {
      return modification.tree().topLevelNames();
    }

    /** The paths that the update changes, in the order of its text. */
    public List<DocumentPath> targets() {
      return targets;
    }

    /**
     * Whether the update makes an item where there is none. DynamoDB lets an update that only
     * removes things from no item pass, and does nothing.
     */
    public boolean createsItem() {
      return modification.createsItem();
    }
  }
}
