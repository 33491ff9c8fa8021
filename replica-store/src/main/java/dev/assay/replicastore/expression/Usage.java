package dev.assay.replicastore.expression;

import dev.assay.logformat.Value;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The placeholders of one request: what they stand for, and which of them its expressions use.
 *
 * <p>Every expression of the request is bound with the same usage; then {@link #requireAllUsed}
 * refuses names and values that none of them mentions. For one request and one thread.
 */
public final class Usage {
  private final Bindings bindings;
  private final Set<String> namesUsed = new HashSet<>();
  private final Set<String> valuesUsed = new HashSet<>();

  /**
   * @throws ExpressionException if a value is nested more deeply than an attribute may be
   */
  public Usage(Bindings bindings) {
    for (Value value : bindings.values().values()) {
      if (!Nesting.allows(value)) {
        throw ExpressionException.refused(Nesting.refusal());
      }
    }
    this.bindings = bindings;
  }

  String name(String placeholder) {
    String name = bindings.names().get(placeholder);
    if (name == null) {
      throw ExpressionException.invalid(
          "An expression attribute name used in the document path is not defined; attribute name: "
              + placeholder);
    }
    namesUsed.add(placeholder);
    return name;
  }

  Value value(String placeholder) {
    Value value = bindings.values().get(placeholder);
    if (value == null) {
      throw ExpressionException.invalid(
          "An expression attribute value used in expression is not defined; attribute value: "
              + placeholder);
    }
    valuesUsed.add(placeholder);
    return value;
  }

  /** Refuses what was given and never used. Call after the request's last expression is bound. */
  public void requireAllUsed() {
    requireUsed("ExpressionAttributeNames", bindings.names(), namesUsed);
    requireUsed("ExpressionAttributeValues", bindings.values(), valuesUsed);
  }

  private static void requireUsed(String parameter, Map<String, ?> given, Set<String> used) {
    if (used.size() == given.size()) {
      return;
    }
    Set<String> unused = new TreeSet<>(given.keySet());
    unused.removeAll(used);
    throw ExpressionException.refused(
        "Value provided in "
            + parameter
            + " unused in expressions: keys: {"
            + String.join(", ", unused)
            + "}");
  }
}
