package dev.assay.infra;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;

/**
 * Holds an answer against a published schema: the few words of JSON Schema that ours use, and no
 * others.
 */
final class SchemaCheck {
  private static final Path SCHEMAS = Path.of("docs", "schemas");
  private static final Set<String> SAY_NOTHING = Set.of("$schema", "title", "description");

  private final List<String> problems = new ArrayList<>();

  private SchemaCheck() {}

  static void requireValid(String schema, JsonNode answer) throws IOException {
    Path file = SCHEMAS.resolve(schema);
    if (!Files.exists(file)) {
      file = Path.of("..").resolve(file); // Tests start in their module.
    }
    SchemaCheck check = new SchemaCheck();
    check.check("answer", new ObjectMapper().readTree(Files.readString(file)), answer);
    Assertions.assertEquals(List.of(), check.problems, schema);
  }

  private void check(String where, JsonNode schema, JsonNode value) {
    for (Map.Entry<String, JsonNode> rule : schema.properties()) {
      if (!SAY_NOTHING.contains(rule.getKey())) {
        check(where, rule.getKey(), rule.getValue(), schema, value);
      }
    }
  }

  private void check(String where, String rule, JsonNode wanted, JsonNode schema, JsonNode value) {
    switch (rule) {
      case "type" -> require(isOfType(wanted, value), where, rule, wanted, value);
      case "enum" -> require(contains(wanted, value), where, rule, wanted, value);
      case "minimum" -> require(value.asDouble() >= wanted.asDouble(), where, rule, wanted, value);
      case "pattern" ->
          require(
              !value.isTextual() || Pattern.compile(wanted.asText()).matcher(value.asText()).find(),
              where,
              rule,
              wanted,
              value);
      case "required" ->
          wanted.forEach(
              name ->
                  require(!value.isObject() || value.has(name.asText()), where, rule, name, value));
      case "additionalProperties" -> {
        Assertions.assertFalse(wanted.asBoolean(), "only false is known");
        value
            .fieldNames()
            .forEachRemaining(
                name -> require(schema.get("properties").has(name), where, rule, wanted, value));
      }
      case "properties" ->
          wanted
              .properties()
              .forEach(
                  property -> {
                    JsonNode member = value.get(property.getKey());
                    if (member != null) {
                      check(where + "." + property.getKey(), property.getValue(), member);
                    }
                  });
      case "items" -> {
        for (int i = 0; i < value.size(); i++) {
          check(where + "[" + i + "]", wanted, value.get(i));
        }
      }
      default -> Assertions.fail("this check does not know the word " + rule);
    }
  }

  private void require(boolean holds, String where, String rule, JsonNode wanted, JsonNode value) {
    if (!holds) {
      problems.add(where + ": " + rule + " " + wanted + ", not " + value);
    }
  }

  private static boolean contains(JsonNode wanted, JsonNode value) {
    for (JsonNode each : wanted) {
      if (each.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOfType(JsonNode wanted, JsonNode value) {
    if (wanted.isArray()) {
      for (JsonNode each : wanted) {
        if (isOfType(each, value)) {
          return true;
        }
      }
      return false;
    }
    return switch (wanted.asText()) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      default -> throw new AssertionError("no type of JSON Schema: " + wanted);
    };
  }
}
