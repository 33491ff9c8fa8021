package dev.assay.replicastore.expression;

import dev.assay.logformat.Value;
import java.util.Collection;

/**
 * How deep documents may be. An attribute is level one and what it holds is one level further in.
 *
 * <p>An update can put a copy of an attribute inside that attribute, so without this limit a client
 * could deepen an item for ever. Any thread may call this; no depth of a value overflows the stack.
 */
public final class Nesting {
  public static final int LEVELS_MAX = 32;

  private Nesting() {}

  /** Whether the value keeps to the limit as an attribute of an item. */
  public static boolean allows(Value value) {
    return allows(value, LEVELS_MAX);
  }

  /** Whether the value has at most this many levels. */
  static boolean allows(Value value, int levels) {
    return switch (value) {
      case Value.ListOf(var elements) -> levels > 0 && allAllowed(elements, levels - 1);
      case Value.MapOf(var entries) -> levels > 0 && allAllowed(entries.values(), levels - 1);
      case Value.Text _, Value.Num _, Value.Bin _, Value.Bool _, Value.Null _ -> levels > 0;
      case Value.TextSet _, Value.NumSet _, Value.BinSet _ -> levels > 0;
    };
  }

  /** DynamoDB's answer to a value that {@link #allows} does not allow. */
  public static String refusal() {
    return "Nesting Levels have exceeded supported limits: "
        + "Attributes in the item have nested levels beyond supported limit";
  }

  private static boolean allAllowed(Collection<Value> values, int levels) {
    for (Value value : values) {
      if (!allows(value, levels)) {
        return false;
      }
    }
    return true;
  }
}
