package dev.assay.replicastore.expression;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.function.Executable;

/** Short words for values, items and bindings. */
final class Sample {
  private Sample() {}

  static Value s(String text) {
    return new Value.Text(text);
  }

  static Value n(long number) {
    return Value.Num.of(number);
  }

  static Value n(String number) {
    return new Value.Num(new BigDecimal(number));
  }

  static Value b(String text) {
    return new Value.Bin(text.getBytes(StandardCharsets.UTF_8));
  }

  static Value bool(boolean value) {
    return new Value.Bool(value);
  }

  static Value nil() {
    return new Value.Null();
  }

  static Value list(Value... elements) {
    return new Value.ListOf(List.of(elements));
  }

  static Value map(Object... namesAndValues) {
    return new Value.MapOf(entries(namesAndValues));
  }

  static Value ss(String... elements) {
    return new Value.TextSet(new LinkedHashSet<>(Arrays.asList(elements)));
  }

  static Value ns(String... elements) {
    LinkedHashSet<BigDecimal> numbers = new LinkedHashSet<>();
    for (String element : elements) {
      numbers.add(new BigDecimal(element));
    }
    return new Value.NumSet(numbers);
  }

  static Value bs(String... elements) {
    LinkedHashSet<Value.Bin> binaries = new LinkedHashSet<>();
    for (String element : elements) {
      binaries.add(new Value.Bin(element.getBytes(StandardCharsets.UTF_8)));
    }
    return new Value.BinSet(binaries);
  }

  static Item item(Object... namesAndValues) {
    return new Item(entries(namesAndValues));
  }

  /** A name that starts with {@code #} stands for a name, one with {@code :} for a value. */
  static Bindings bindings(Object... placeholdersAndMeanings) {
    Map<String, String> names = new LinkedHashMap<>();
    Map<String, Value> values = new LinkedHashMap<>();
    for (int i = 0; i < placeholdersAndMeanings.length; i += 2) {
      String placeholder = (String) placeholdersAndMeanings[i];
      if (placeholder.startsWith("#")) {
        names.put(placeholder, (String) placeholdersAndMeanings[i + 1]);
      } else {
        values.put(placeholder, (Value) placeholdersAndMeanings[i + 1]);
      }
    }
    return new Bindings(names, values);
  }

  /** The message that the executable is refused with, for a parameter of this kind. */
  static String refusal(ExpressionKind kind, Executable executable) {
    return Assertions.assertThrows(ExpressionException.class, executable).describe(kind);
  }

  private static Map<String, Value> entries(Object... namesAndValues) {
    Map<String, Value> entries = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      entries.put((String) namesAndValues[i], (Value) namesAndValues[i + 1]);
    }
    return entries;
  }
}
