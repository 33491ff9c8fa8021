package dev.assay.replicastore.expression;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something with a value that may depend on the item. Placeholders are resolved: evaluating needs
 * the item alone.
 */
sealed interface Operand {

  /**
   * The value for this item, or null where an attribute that it needs is missing.
   *
   * @throws ExpressionException if an attribute that it needs is of a type that it can't take
   */
  @Nullable Value of(Item item);

  /** The type that the value will have whatever the item holds, or null if that depends. */
  default @Nullable ValueType fixedType() {
    return null;
  }

  record Constant(Value value) implements Operand {
    @Override
    public Value of(Item item) {
      return value;
    }

    @Override
    public ValueType fixedType() {
      return ValueType.of(value);
    }
  }

  record Attribute(DocumentPath path) implements Operand {
    @Override
    public @Nullable Value of(Item item) {
      return path.in(item);
    }
  }

  /** How long a string or binary is, or how many elements a set, a list or a map has. */
  record Size(Operand operand) implements Operand {
    @Override
    public @Nullable Value of(Item item) {
      Value value = operand.of(item);
      return switch (value) {
        case null -> null;
        case Value.Text(var text) -> Value.Num.of(text.length());
        case Value.Bin(var bytes) -> Value.Num.of(bytes.length);
        case Value.ListOf(var elements) -> Value.Num.of(elements.size());
        case Value.MapOf(var entries) -> Value.Num.of(entries.size());
        case Value.TextSet(var elements) -> Value.Num.of(elements.size());
        case Value.NumSet(var elements) -> Value.Num.of(elements.size());
        case Value.BinSet(var elements) -> Value.Num.of(elements.size());
        case Value.Num _, Value.Bool _, Value.Null _ -> null;
      };
    }

    @Override
    public ValueType fixedType() {
      return ValueType.N;
    }
  }

  /** The attribute, or the fallback if there is none. */
  record IfNotExists(DocumentPath path, Operand fallback) implements Operand {
    @Override
    public @Nullable Value of(Item item) {
      Value value = path.in(item);
      return value != null ? value : fallback.of(item);
    }
  }

  /** One list with the elements of both. */
  record ListAppend(Operand first, Operand second) implements Operand {
    @Override
    public @Nullable Value of(Item item) {
      List<Value> head = elements(first.of(item));
      List<Value> tail = elements(second.of(item));
      if (head == null || tail == null) {
        return null;
      }
      if (head.size() + tail.size() > ItemSize.BYTES_MAX) {
        // An element takes a byte at least. An update may name many lists again and again, so what
        // can't fit is not even made.
        throw UpdateRefusals.itemTooLarge();
      }
      List<Value> all = new ArrayList<>(head.size() + tail.size());
      all.addAll(head);
      all.addAll(tail);
      return new Value.ListOf(all);
    }

    private static @Nullable List<Value> elements(@Nullable Value value) {
      if (value == null) {
        return null;
      }
      if (value instanceof Value.ListOf(var elements)) {
        return elements;
      }
      throw UpdateRefusals.incorrectType();
    }
  }

  /** The sum or the difference of two numbers. */
  record Arithmetic(boolean plus, Operand left, Operand right) implements Operand {
    @Override
    public @Nullable Value of(Item item) {
      BigDecimal a = number(left.of(item));
      BigDecimal b = number(right.of(item));
      if (a == null || b == null) {
        return null;
      }
      return UpdateRefusals.number(plus ? a.add(b) : a.subtract(b));
    }

    private static @Nullable BigDecimal number(@Nullable Value value) {
      if (value == null) {
        return null;
      }
      if (value instanceof Value.Num(var number)) {
        return number;
      }
      throw UpdateRefusals.incorrectType();
    }
  }
}
