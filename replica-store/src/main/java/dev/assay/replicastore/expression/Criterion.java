package dev.assay.replicastore.expression;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import java.util.List;
import java.util.OptionalInt;

/**
 * A condition with its placeholders resolved: true or false of an item, and never an error.
 *
 * <p>A missing attribute equals nothing, not even another missing one; so {@code <>} is true of it
 * and every other comparison is false. Values of two types are never equal and have no order.
 */
sealed interface Criterion {

  boolean holds(Item item);

  record AllOf(List<Criterion> parts) implements Criterion {
    public AllOf {
      parts = List.copyOf(parts);
    }

    @Override
    public boolean holds(Item item) {
      for (Criterion part : parts) {
        if (!part.holds(item)) {
          return false;
        }
      }
      return true;
    }
  }

  record AnyOf(List<Criterion> parts) implements Criterion {
    public AnyOf {
      parts = List.copyOf(parts);
    }

    @Override
    public boolean holds(Item item) {
      for (Criterion part : parts) {
        if (part.holds(item)) {
          return true;
        }
      }
      return false;
    }
  }

  record Not(Criterion part) implements Criterion {
    @Override
    public boolean holds(Item item) {
      return !part.holds(item);
    }
  }

  record Compare(Comparator comparator, Operand left, Operand right) implements Criterion {
    @Override
    public boolean holds(Item item) {
      Value a = left.of(item);
      Value b = right.of(item);
      return switch (comparator) {
        case EQUAL -> a != null && a.equals(b);
        case NOT_EQUAL -> a == null || !a.equals(b);
        case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> {
          if (a == null || b == null) {
            yield false;
          }
          OptionalInt order = ValueOrder.compare(a, b);
          yield order.isPresent() && comparator.accepts(order.getAsInt());
        }
      };
    }
  }

  /** Both bounds are within the range. */
  record Between(Operand operand, Operand low, Operand high) implements Criterion {
    @Override
    public boolean holds(Item item) {
      return new Compare(Comparator.GREATER_OR_EQUAL, operand, low).holds(item)
          && new Compare(Comparator.LESS_OR_EQUAL, operand, high).holds(item);
    }
  }

  record OneOf(Operand operand, List<Operand> candidates) implements Criterion {
    public OneOf {
      candidates = List.copyOf(candidates);
    }

    @Override
    public boolean holds(Item item) {
      Value value = operand.of(item);
      if (value == null) {
        return false;
      }
      for (Operand candidate : candidates) {
        if (value.equals(candidate.of(item))) {
          return true;
        }
      }
      return false;
    }
  }

  record Exists(DocumentPath path) implements Criterion {
    @Override
    public boolean holds(Item item) {
      return path.in(item) != null;
    }
  }

  record NotExists(DocumentPath path) implements Criterion {
    @Override
    public boolean holds(Item item) {
      return path.in(item) == null;
    }
  }

  record HasType(Operand operand, ValueType type) implements Criterion {
    @Override
    public boolean holds(Item item) {
      Value value = operand.of(item);
      return value != null && ValueType.of(value) == type;
    }
  }

  /** Of strings, and of binary. */
  record BeginsWith(Operand operand, Operand prefix) implements Criterion {
    @Override
    public boolean holds(Item item) {
      Value value = operand.of(item);
      Value start = prefix.of(item);
      if (value instanceof Value.Text(var text) && start instanceof Value.Text(var head)) {
        return text.startsWith(head);
      }
      return value instanceof Value.Bin(var bytes)
          && start instanceof Value.Bin(var head)
          && Substring.startsWith(bytes, 0, head);
    }
  }

  /** A part of a string or of binary, a member of a set, or an element of a list. */
  record Contains(Operand operand, Operand part) implements Criterion {
    @Override
    public boolean holds(Item item) {
      Value whole = operand.of(item);
      Value wanted = part.of(item);
      return whole != null && wanted != null && contains(whole, wanted);
    }

    private static boolean contains(Value whole, Value wanted) {
      return switch (whole) {
        case Value.Text(var text) ->
            wanted instanceof Value.Text(var part) && Substring.contains(text, part);
        case Value.Bin(var bytes) ->
            wanted instanceof Value.Bin(var part) && Substring.contains(bytes, part);
        case Value.TextSet(var elements) ->
            wanted instanceof Value.Text(var text) && elements.contains(text);
        case Value.NumSet(var elements) ->
            wanted instanceof Value.Num(var number) && elements.contains(number);
        case Value.BinSet(var elements) -> wanted instanceof Value.Bin && elements.contains(wanted);
        case Value.ListOf(var elements) -> elements.contains(wanted);
        case Value.Num _, Value.Bool _, Value.Null _, Value.MapOf _ -> false;
      };
    }
  }
}
