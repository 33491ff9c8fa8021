package dev.assay.requestrouter;

import dev.assay.replicastore.expression.Bindings;
import dev.assay.replicastore.expression.ExpressionException;
import dev.assay.replicastore.expression.ExpressionKind;
import dev.assay.replicastore.expression.Usage;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one request that are expressions, or belong to expressions: their texts, what
 * their placeholders stand for, and the older parameters that expressions replaced.
 *
 * <p>Used by the one thread that handles the request: {@link #readField} while reading, then {@link
 * #checkTogether}, then {@link #bindings}, then {@link #bind} for each expression, then {@link
 * #checkAllUsed}.
 */
final class ExpressionParameters {
  private static final Map<String, ExpressionKind> LEGACY =
      Map.of(
          "AttributeUpdates", ExpressionKind.UPDATE,
          "AttributesToGet", ExpressionKind.PROJECTION,
          "ConditionalOperator", ExpressionKind.CONDITION,
          "Expected", ExpressionKind.CONDITION,
          "KeyConditions", ExpressionKind.KEY_CONDITION,
          "QueryFilter", ExpressionKind.FILTER,
          "ScanFilter", ExpressionKind.FILTER);

  private final List<ExpressionKind> kinds;
  private final Map<ExpressionKind, String> texts = new EnumMap<>(ExpressionKind.class);
  private @Nullable Map<String, String> names;
  private @Nullable AttributeMap values;
  private @Nullable List<String> legacy;
  private @Nullable Usage usage;

  /**
   * @param kinds what the operation takes; in the order in which it names them in messages
   */
  ExpressionParameters(List<ExpressionKind> kinds) {
    this.kinds = kinds;
  }

  /** Reads the parameter that the request stands on, if it is one of these. */
  boolean readField(JsonRequest json, String field) {
    switch (field) {
      case "ExpressionAttributeNames" -> names = readNames(json);
      case "ExpressionAttributeValues" -> values = AttributeReader.readMap(json);
      default -> {
        return readExpression(json, field) || readLegacy(json, field);
      }
    }
    return true;
  }

  private static Map<String, String> readNames(JsonRequest json) {
    json.enterMap("java.lang.String");
    Map<String, String> names = new LinkedHashMap<>();
    while (json.nextEntry()) {
      String placeholder = json.name();
      names.put(placeholder, json.text());
    }
    return names;
  }

  private boolean readExpression(JsonRequest json, String field) {
    for (ExpressionKind kind : kinds) {
      if (kind.parameter().equals(field)) {
        texts.put(kind, json.text());
        return true;
      }
    }
    return false;
  }

  private boolean readLegacy(JsonRequest json, String field) {
    if (!LEGACY.containsKey(field)) {
      return false;
    }
    json.skip();
    if (legacy == null) {
      legacy = new ArrayList<>();
    }
    legacy.add(field);
    return true;
  }

  @Nullable String text(ExpressionKind kind) {
    return texts.get(kind);
  }

  /** As the client gave them, for what it is to send again. */
  @Nullable Map<String, String> names() {
    return names;
  }

  /** Checks which parameters stand together, before any of them is judged by itself. */
  void checkTogether() {
    if (legacy != null) {
      throw legacyRefused(legacy);
    }
    if (names != null && texts.isEmpty()) {
      throw ApiException.validation(
          "ExpressionAttributeNames can only be specified when using expressions");
    }
    if (values != null) {
      checkValuesHaveExpression();
    }
  }

  private ApiException legacyRefused(List<String> parameters) {
    if (!texts.isEmpty()) {
      List<String> given = texts.keySet().stream().map(ExpressionKind::parameter).toList();
      return ApiException.validation(
          "Can not use both expression and non-expression parameters in the same request:"
              + " Non-expression parameters: {%s} Expression parameters: {%s}"
                  .formatted(String.join(", ", parameters), String.join(", ", given)));
    }
    String first = parameters.getFirst();
    ExpressionKind replacement = LEGACY.getOrDefault(first, ExpressionKind.CONDITION);
    return ApiException.validation(
        first + " is not supported by Assay yet: use " + replacement.parameter());
  }

  private void checkValuesHaveExpression() {
    List<String> absent = new ArrayList<>();
    for (ExpressionKind kind : kinds) {
      if (kind != ExpressionKind.PROJECTION) {
        if (texts.containsKey(kind)) {
          return;
        }
        absent.add(kind.parameter());
      }
    }
    if (!absent.isEmpty()) {
      throw ApiException.validation(
          "ExpressionAttributeValues can only be specified when using expressions: "
              + String.join(" and ", absent)
              + (absent.size() > 1 ? " are null" : " is null"));
    }
  }

  /** What the placeholders stand for, once each of them is seen to be right. */
  Bindings bindings() {
    if (names == null && values == null) {
      usage = new Usage(Bindings.NONE);
      return Bindings.NONE;
    }
    if (names != null) {
      checkNames(names);
    }
    if (values != null) {
      checkValues(values);
    }
    Bindings bindings =
        new Bindings(names == null ? Map.of() : names, values == null ? Map.of() : values.values());
    usage = new Usage(bindings);
    return bindings;
  }

  private static void checkNames(Map<String, String> names) {
    if (names.isEmpty()) {
      throw ApiException.validation("ExpressionAttributeNames must not be empty");
    }
    names.forEach(
        (placeholder, name) -> {
          checkPlaceholder("ExpressionAttributeNames", placeholder, '#');
          if (name.isEmpty()) {
            throw ApiException.validation(
                "ExpressionAttributeNames contains invalid value: An attribute name must not be"
                    + " empty for key "
                    + placeholder);
          }
        });
  }

  private static void checkValues(AttributeMap values) {
    if (values.values().isEmpty()) {
      throw ApiException.validation("ExpressionAttributeValues must not be empty");
    }
    for (String placeholder : values.values().keySet()) {
      checkPlaceholder("ExpressionAttributeValues", placeholder, ':');
    }
    if (values.problem() != null) {
      throw ApiException.validation(
          "ExpressionAttributeValues contains invalid value: %s for key %s"
              .formatted(values.problem(), values.problemName()));
    }
  }

  private static void checkPlaceholder(String parameter, String placeholder, char sign) {
    boolean valid = placeholder.length() > 1 && placeholder.charAt(0) == sign;
    for (int i = 1; valid && i < placeholder.length(); i++) {
      char c = placeholder.charAt(i);
      valid =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }
    if (!valid) {
      throw ApiException.validation(
          "%s contains invalid key: Syntax error; key: \"%s\""
              .formatted(parameter, Excerpt.of(placeholder)));
    }
  }

  /** Parses an expression and resolves its placeholders; null when the request has none of it. */
  <T> @Nullable T bind(ExpressionKind kind, Function<String, T> parseAndBind) {
    String text = texts.get(kind);
    if (text == null) {
      return null;
    }
    try {
      return parseAndBind.apply(text);
    } catch (ExpressionException e) {
      throw ApiException.validation(e.describe(kind));
    }
  }

  /** Where expressions are bound, so that it is seen what they use; after {@link #bindings}. */
  Usage usage() {
    if (usage == null) {
      throw new IllegalStateException("bindings() comes first");
    }
    return usage;
  }

  /** Throws when a placeholder was given that no expression uses. */
  void checkAllUsed() {
    try {
      usage().requireAllUsed();
    } catch (ExpressionException e) {
      throw ApiException.validation(String.valueOf(e.getMessage()));
    }
  }
}
