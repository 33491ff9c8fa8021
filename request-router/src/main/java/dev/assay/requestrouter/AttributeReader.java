package dev.assay.requestrouter;

import dev.assay.logformat.Value;
import dev.assay.replicastore.expression.Nesting;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads attribute values, with the checks that DynamoDB makes on any of them.
 *
 * <p>A value of the wrong JSON type ends the request at once; a value that DynamoDB refuses for
 * what it says is remembered, the first one first, and {@link AttributeMap} carries it. One reader
 * reads one map.
 */
final class AttributeReader {
  private static final int NAME_BYTES_MAX = 65_535;
  private static final Value REFUSED = new Value.Null();

  private final JsonRequest json;
  private @Nullable String problem;

  private AttributeReader(JsonRequest json) {
    this.json = json;
  }

  /** Reads the map of attribute values that the request stands on. */
  static AttributeMap readMap(JsonRequest json) {
    AttributeReader reader = new AttributeReader(json);
    json.enterMap("com.amazonaws.dynamodb.v20120810.AttributeValue");
    Map<String, Value> values = new LinkedHashMap<>();
    String problemName = null;
    while (json.nextEntry()) {
      String name = json.name();
      reader.checkName(name);
      values.put(name, reader.value(1));
      if (reader.problem != null && problemName == null) {
        problemName = name;
      }
    }
    return new AttributeMap(values, reader.problem, problemName);
  }

  private void checkName(String name) {
    if (name.isEmpty()) {
      refuse("One or more parameter values were invalid: An attribute name must not be empty");
    } else if (name.length() > NAME_BYTES_MAX / 3 && Utf8.length(name) > NAME_BYTES_MAX) {
      refuse("One or more parameter values were invalid: An attribute name is too long");
    }
  }

  private void refuse(String reason) {
    if (problem == null) {
      problem = reason;
    }
  }

  /**
   * @param level 1 for an attribute, and one more for each list or map around the value
   */
  private Value value(int level) {
    if (level > Nesting.LEVELS_MAX) {
      refuse(Nesting.refusal());
    }
    if (json.isNull()) {
      return empty();
    }
    json.enterMember("AttributeValue");
    Value value = null;
    boolean several = false;
    while (json.nextField()) {
      String type = json.name();
      Value read = typed(type, level);
      if (read != null) {
        several |= value != null;
        value = read;
      }
    }
    if (several) {
      refuse(
          "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the"
              + " supported datatypes");
    }
    return value == null ? empty() : value;
  }

  private Value empty() {
    refuse("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
    return REFUSED;
  }

  /** Null for a type that DynamoDB does not know: it overlooks it. */
  private @Nullable Value typed(String type, int level) {
    return switch (type) {
      case "S" -> new Value.Text(json.text());
      case "N" -> number(json.text());
      case "B" -> new Value.Bin(json.bytes());
      case "BOOL" -> new Value.Bool(json.bool());
      case "NULL" -> nullValue();
      case "SS" -> textSet();
      case "NS" -> numberSet();
      case "BS" -> binarySet();
      case "L" -> list(level);
      case "M" -> map(level);
      default -> {
        json.skip();
        yield null;
      }
    };
  }

  private Value number(String text) {
    try {
      return new Value.Num(Numbers.parse(text));
    } catch (Numbers.Refused e) {
      refuse(e.reason());
      return REFUSED;
    }
  }

  private Value nullValue() {
    if (!json.bool()) {
      refuse(
          "One or more parameter values were invalid: Null attribute value types must have the"
              + " value of true");
    }
    return new Value.Null();
  }

  private Value textSet() {
    List<String> texts = json.texts();
    if (texts.isEmpty()) {
      refuse("One or more parameter values were invalid: An string set  may not be empty");
      return REFUSED;
    }
    SequencedSet<String> set = new LinkedHashSet<>(texts);
    if (set.size() < texts.size()) {
      refuse(
          "One or more parameter values were invalid: Input collection "
              + Excerpt.of(texts.toString())
              + " contains duplicates.");
    }
    return new Value.TextSet(set);
  }

  private Value numberSet() {
    List<String> texts = json.texts();
    if (texts.isEmpty()) {
      refuse("One or more parameter values were invalid: An number set  may not be empty");
      return REFUSED;
    }
    SequencedSet<BigDecimal> set = new LinkedHashSet<>();
    for (String text : texts) {
      try {
        if (!set.add(Numbers.parse(text))) {
          refuse("Input collection contains duplicates");
        }
      } catch (Numbers.Refused e) {
        refuse(e.reason());
        return REFUSED;
      }
    }
    return new Value.NumSet(set);
  }

  private Value binarySet() {
    json.enterList();
    List<Value.Bin> elements = new ArrayList<>();
    while (json.nextElement()) {
      elements.add(new Value.Bin(json.bytes()));
    }
    if (elements.isEmpty()) {
      refuse("One or more parameter values were invalid: Binary sets should not be empty");
      return REFUSED;
    }
    SequencedSet<Value.Bin> set = new LinkedHashSet<>(elements);
    if (set.size() < elements.size()) {
      String shown =
          elements.stream()
              .map(element -> Base64.getEncoder().encodeToString(element.bytes()))
              .collect(Collectors.joining(", ", "[", "]"));
      refuse(
          "One or more parameter values were invalid: Input collection "
              + Excerpt.of(shown)
              + "of type BS contains duplicates.");
    }
    return new Value.BinSet(set);
  }

  private Value list(int level) {
    json.enterList();
    List<Value> elements = new ArrayList<>();
    while (json.nextElement()) {
      elements.add(value(level + 1));
    }
    return new Value.ListOf(elements);
  }

  private Value map(int level) {
    json.enterMap("com.amazonaws.dynamodb.v20120810.AttributeValue");
    Map<String, Value> entries = new LinkedHashMap<>();
    while (json.nextEntry()) {
      String name = json.name();
      checkName(name);
      entries.put(name, value(level + 1));
    }
    return new Value.MapOf(entries);
  }
}
