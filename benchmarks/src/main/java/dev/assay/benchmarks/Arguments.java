package dev.assay.benchmarks;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** A program's {@code --name value} arguments. Immutable. */
final class Arguments {
  private final Map<String, String> values;

  private Arguments(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Reads them.
   *
   * @param defaults every argument that there is; an empty value must be given
   * @throws IllegalArgumentException naming the argument that is unknown or missing
   */
  static Arguments of(Map<String, String> defaults, String... arguments) {
    Map<String, String> values = new LinkedHashMap<>(defaults);
    for (int i = 0; i < arguments.length; i += 2) {
      String name = arguments[i].replaceFirst("^--", "");
      if (!defaults.containsKey(name) || i + 1 == arguments.length) {
        throw new IllegalArgumentException(
            arguments[i] + ": the arguments are --NAME VALUE for each of " + defaults.keySet());
      }
      values.put(name, arguments[i + 1]);
    }
    Set<String> missing = new LinkedHashSet<>();
    values.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            missing.add("--" + name);
          }
        });
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException("missing: " + missing);
    }
    return new Arguments(values);
  }

  String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no such argument: " + name);
    }
    return value;
  }

  int number(String name) {
    return Integer.parseInt(text(name));
  }
}
