package dev.assay.infra;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link AdminRoute} is asked.
 *
 * @param parameters of the query, decoded; one without {@code =} has the value ""
 * @param body of a POST; empty for a GET
 */
record AdminRequest(Map<String, String> parameters, byte[] body) {

  @Nullable String parameter(String name) {
    return parameters.get(name);
  }

  String required(String name) throws AdminError {
    String value = parameters.get(name);
    if (value == null || value.isEmpty()) {
      throw AdminError.badRequest("the parameter " + name + " is missing");
    }
    return value;
  }

  /** Each name at most once, so that nobody has to know which of two values counts. */
  static Map<String, String> parseQuery(String query) throws AdminError {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String part : query.split("&", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      int equals = part.indexOf('=');
      String name = decode(equals < 0 ? part : part.substring(0, equals));
      String value = equals < 0 ? "" : decode(part.substring(equals + 1));
      if (parameters.putIfAbsent(name, value) != null) {
        throw AdminError.badRequest("the parameter " + name + " is given twice");
      }
    }
    return parameters;
  }

  private static String decode(String text) throws AdminError {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw AdminError.badRequest("the query is not percent-encoded as it must be");
    }
  }
}
