package dev.assay.infra;

import dev.assay.infra.YamlFile.Empty;
import dev.assay.infra.YamlFile.Fields;
import dev.assay.infra.YamlFile.Items;
import dev.assay.infra.YamlFile.Text;
import dev.assay.infra.YamlFile.Value;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values that one file gives to a table of keys. Nested maps and dotted names mean the same.
 *
 * <p>First {@link #find} for checks between keys, which tolerates what is missing or refused; then
 * {@link #check}; after that {@link #get} has everything. Used by one thread.
 */
final class ConfigReader {
  private final ConfigProblems problems;
  private final Map<String, ConfigKey<?>> keys = new LinkedHashMap<>();
  private final Map<String, Value> given = new HashMap<>();
  private final Map<ConfigKey<?>, Object> values = new HashMap<>();

  private ConfigReader(ConfigProblems problems, List<ConfigKey<?>> table) {
    this.problems = problems;
    table.forEach(key -> keys.put(key.name(), key));
  }

  static ConfigReader read(Path file, List<ConfigKey<?>> table) {
    ConfigReader reader = new ConfigReader(new ConfigProblems(file), table);
    Fields root = YamlFile.read(file, reader.problems);
    reader.flatten("", root);
    if (reader.problems.isEmpty() || !root.fields().isEmpty()) {
      table.forEach(reader::parse);
    }
    return reader;
  }

  private void flatten(String prefix, Fields map) {
    map.fields()
        .forEach(
            (name, value) -> {
              String path = prefix + name;
              if (keys.containsKey(path)) {
                if (given.putIfAbsent(path, value) != null) {
                  problems.add(value.line(), path + " is here for the second time");
                }
              } else if (value instanceof Fields inner) {
                flatten(path + ".", inner);
              } else {
                problems.add(
                    value.line(),
                    "\"%s\" is no key; did you mean %s?"
                        .formatted(path, nearest(path, keys.keySet())));
              }
            });
  }

  private <T> void parse(ConfigKey<T> key) {
    Value value = given.get(key.name());
    if (value == null) {
      if (key.isRequired()) {
        problems.add(0, "%s is missing; it takes %s".formatted(key.name(), key.type().allowed()));
      } else if (key.fallback() != null) {
        values.put(key, key.fallback());
      }
      return;
    }
    T parsed = key.type().parse(value);
    if (parsed == null) {
      refuse(key, value);
    } else {
      values.put(key, parsed);
    }
  }

  private void refuse(ConfigKey<?> key, Value value) {
    problems.add(
        value.line(),
        "%s is %s; it takes %s".formatted(key.name(), inWords(value), key.type().allowed()));
  }

  static String inWords(Value value) {
    return switch (value) {
      case Text text -> "\"" + text.text() + "\"";
      case Empty _ -> "empty";
      case Items _ -> "a list";
      case Fields _ -> "a map";
    };
  }

  ConfigProblems problems() {
    return problems;
  }

  /** Adds a problem at the key's line, or at none when it is not set. */
  void problem(ConfigKey<?> key, String text) {
    Value value = given.get(key.name());
    problems.add(value == null ? 0 : value.line(), text);
  }

  /** What the file says or the key's default; null when that is unknown or refused. */
  // Values are put under the key that made them.
  @SuppressWarnings("unchecked")
  <T> @Nullable T find(ConfigKey<T> key) {
    return (T) values.get(key);
  }

  /**
   * @throws CommandFailure with every problem, when there is one
   */
  void check() {
    problems.throwIfAny();
  }

  /** Of a key that must be set or has a default; after {@link #check}. */
  <T> T get(ConfigKey<T> key) {
    T value = find(key);
    if (value == null) {
      throw new IllegalStateException(key.name() + " has neither a value nor a default");
    }
    return value;
  }

  <T> T get(ConfigKey<T> key, T otherwise) {
    T value = find(key);
    return value == null ? otherwise : value;
  }

  /** The known name that takes the fewest edits, or that ends in the same word. */
  static String nearest(String wrong, Collection<String> known) {
    String best = "";
    int least = Integer.MAX_VALUE;
    for (String name : known) {
      int whole = distance(wrong, name);
      int last = distance(lastWord(wrong), lastWord(name)) + 1;
      int edits = Math.min(whole, last);
      if (edits < least) {
        best = name;
        least = edits;
      }
    }
    return best;
  }

  private static String lastWord(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** Levenshtein, without regard to case. */
  private static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
