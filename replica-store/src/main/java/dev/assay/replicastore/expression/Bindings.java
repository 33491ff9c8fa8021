package dev.assay.replicastore.expression;

import dev.assay.logformat.Value;
import java.util.Map;

/**
 * What an expression's placeholders stand for: {@code #name} to a name, {@code :value} to a value.
 */
public record Bindings(Map<String, String> names, Map<String, Value> values) {
  public static final Bindings NONE = new Bindings(Map.of(), Map.of());

  public Bindings {
    names = Map.copyOf(names);
    values = Map.copyOf(values);
  }
}
