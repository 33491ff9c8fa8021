package dev.assay.replicastore.expression;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import java.math.BigDecimal;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/** What an update does at one path, with its placeholders resolved. */
sealed interface Change {

  /** SET: the operand's value comes here. */
  record Assign(Operand operand) implements Change {}

  /** REMOVE: nothing is here afterwards. */
  record Remove() implements Change {}

  /** ADD: a number to a number, or elements to a set of their type; to nothing, the operand. */
  record Add(Value operand) implements Change {
    /**
     * @throws ExpressionException if the operand can't be added to what is there
     */
    Value to(@Nullable Value existing) {
      return switch (existing) {
        case null -> operand;
        case Value.Num(var number) when operand instanceof Value.Num(var more) ->
            UpdateRefusals.number(number.add(more));
        case Value.TextSet(var elements) when operand instanceof Value.TextSet(var more) ->
            new Value.TextSet(union(elements, more));
        case Value.NumSet(var elements) when operand instanceof Value.NumSet(var more) ->
            new Value.NumSet(union(elements, more));
        case Value.BinSet(var elements) when operand instanceof Value.BinSet(var more) ->
            new Value.BinSet(union(elements, more));
        case Value _ -> throw UpdateRefusals.incorrectType();
      };
    }

    private static <T> SequencedSet<T> union(SequencedSet<T> elements, SequencedSet<T> more) {
      SequencedSet<T> union = new LinkedHashSet<>(elements);
      union.addAll(more);
      return union;
    }
  }

  /** DELETE: the operand's elements leave the set, and an empty set leaves the item. */
  record Subtract(Value operand) implements Change {
    /**
     * @return null if nothing is left
     * @throws ExpressionException if what is there is no set of the operand's type
     */
    @Nullable Value from(@Nullable Value existing) {
      return switch (existing) {
        case null -> null;
        case Value.TextSet(var elements) when operand instanceof Value.TextSet(var fewer) -> {
          SequencedSet<String> rest = difference(elements, fewer);
          yield rest.isEmpty() ? null : new Value.TextSet(rest);
        }
        case Value.NumSet(var elements) when operand instanceof Value.NumSet(var fewer) -> {
          SequencedSet<BigDecimal> rest = difference(elements, fewer);
          yield rest.isEmpty() ? null : new Value.NumSet(rest);
        }
        case Value.BinSet(var elements) when operand instanceof Value.BinSet(var fewer) -> {
          SequencedSet<Value.Bin> rest = difference(elements, fewer);
          yield rest.isEmpty() ? null : new Value.BinSet(rest);
        }
        case Value _ -> throw UpdateRefusals.incorrectType();
      };
    }

    private static <T> SequencedSet<T> difference(SequencedSet<T> elements, SequencedSet<T> fewer) {
      SequencedSet<T> difference = new LinkedHashSet<>(elements);
      difference.removeAll(fewer);
      return difference;
    }
  }

  /**
   * What will be at the path, read from the item before the update: null for nothing.
   *
   * @throws ExpressionException if an operand is of a type that does not fit
   */
  default @Nullable Value outcome(Item before, DocumentPath path) {
    return switch (this) {
      case Assign(var operand) -> operand.of(before);
      case Remove _ -> null;
      case Add add -> add.to(path.in(before));
      case Subtract subtract -> subtract.from(path.in(before));
    };
  }
}
