package dev.assay.requestrouter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Reads the body of one request as a stream, strictly: one object, UTF-8, no duplicate names, no
 * deeper than any valid request, and text that UTF-8 can hold.
 *
 * <p>Every value of a wrong type is DynamoDB's SerializationException with DynamoDB's message. Used
 * by the one thread that handles the request.
 */
final class JsonRequest implements AutoCloseable {
  /** Two levels of JSON for each of 32 levels of a value, and more than any operation adds. */
  private static final int NESTING_MAX = 150;

  private static final int NAME_LENGTH_MAX = 200_000;
  private static final int NUMBER_LENGTH_MAX = 1_000;
  private static final double INTEGER_MAX = 1L << 62;

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(NESTING_MAX)
                  .maxNameLength(NAME_LENGTH_MAX)
                  .maxNumberLength(NUMBER_LENGTH_MAX)
                  .maxStringLength(BodyLimits.ANY_MAX)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          // Clients choose attribute names: interning them would keep them for ever.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          // The default pool is per thread, and every request may have its own virtual thread.
          .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
          .build();

  private final JsonParser parser;

  private JsonRequest(JsonParser parser) {
    this.parser = parser;
  }

  /** Stands on the body's object, so that {@link #nextField} gives its first field. */
  static JsonRequest open(byte[] body, int length) {
    if (length == 0) {
      throw ApiException.serialization("The request has no body");
    }
    boolean wide = length > 1 && (body[0] == 0 || body[1] == 0);
    if (wide || !Utf8.isValid(body, length)) {
      // The parser would take UTF-16 and UTF-32, and some of what is not quite UTF-8.
      throw ApiException.serialization("The request body is not JSON in UTF-8");
    }
    try {
      JsonRequest request = new JsonRequest(FACTORY.createParser(body, 0, length));
      if (request.advance() != JsonToken.START_OBJECT) {
        request.close();
        throw ApiException.serialization("The request body is not a JSON object");
      }
      return request;
    } catch (IOException e) {
      throw notJson(e);
    }
  }

  /** Throws unless the body ends here. */
  void end() {
    if (advance() != null) {
      throw ApiException.serialization("The request body goes on after its JSON object");
    }
  }

  /**
   * Goes to the next field of the object that is being read and stands on its value; false at the
   * object's end. A field that is null is as one that is not there.
   */
  boolean nextField() {
    while (nextEntry()) {
      if (parser.currentToken() != JsonToken.VALUE_NULL) {
        return true;
      }
    }
    return false;
  }

  /** As {@link #nextField} for maps, whose names the client chooses: null is a value. */
  boolean nextEntry() {
    if (advance() == JsonToken.END_OBJECT) {
      return false;
    }
    advance();
    return true;
  }

  /** The name of the field that this stands on. */
  String name() {
    try {
      return encodable(parser.currentName());
    } catch (IOException e) {
      throw notJson(e);
    }
  }

  boolean isNull() {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }

  boolean isObject() {
    return parser.currentToken() == JsonToken.START_OBJECT;
  }

  void skip() {
    try {
      parser.skipChildren();
    } catch (IOException e) {
      throw notJson(e);
    }
  }

  /** Enters a structure that is the value of a field; {@link #nextField} reads it. */
  void enterStructure(String type) {
    enterObject("Unexpected field type", "class com.amazonaws.dynamodb.v20120810." + type);
  }

  /** Enters a structure that is an element of a list or a map. */
  void enterMember(String type) {
    enterObject(
        "Unexpected value type in payload", "class com.amazonaws.dynamodb.v20120810." + type);
  }

  /** Enters a map; {@link #nextEntry} reads it. */
  void enterMap(String valueType) {
    enterObject("Unexpected field type", "java.util.Map<java.lang.String, " + valueType + ">");
  }

  private void enterObject(String whenScalar, String whenArray) {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_ARRAY) {
      throw ApiException.serialization("Unrecognized collection type " + whenArray);
    }
    if (token != JsonToken.START_OBJECT) {
      throw ApiException.serialization(whenScalar);
    }
  }

  void enterList() {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      throw structureFound();
    }
    if (token != JsonToken.START_ARRAY) {
      throw ApiException.serialization("Unexpected field type");
    }
  }

  /** Goes to the next element of the list that is being read; false at its end. */
  boolean nextElement() {
    return advance() != JsonToken.END_ARRAY;
  }

  List<String> texts() {
    enterList();
    List<String> texts = new ArrayList<>();
    while (nextElement()) {
      texts.add(text());
    }
    return texts;
  }

  String text() {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw unexpected("String");
    }
    try {
      return encodable(parser.getText());
    } catch (IOException e) {
      throw notJson(e);
    }
  }

  /** Base64 as DynamoDB wants it: padded, and with no stray bits before the padding. */
  byte[] bytes() {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_STRING) {
      throw switch (token) {
        case START_OBJECT -> structureFound();
        case START_ARRAY ->
            ApiException.serialization("Unrecognized collection type class java.nio.ByteBuffer");
        case null, default ->
            ApiException.serialization("only base-64-encoded strings are convertible to bytes");
      };
    }
    String text = text();
    if (text.length() % 4 != 0) {
      throw ApiException.serialization(
          "Base64 encoded length is expected a multiple of 4 bytes but found: " + text.length());
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (text.endsWith("=") && !endIsCanonical(text, bytes)) {
        throw ApiException.serialization("Invalid last non-pad Base64 character dectected");
      }
      return bytes;
    } catch (IllegalArgumentException e) {
      throw ApiException.serialization("Invalid Base64");
    }
  }

  private static boolean endIsCanonical(String text, byte[] bytes) {
    int from = bytes.length - bytes.length % 3;
    byte[] tail = java.util.Arrays.copyOfRange(bytes, from, bytes.length);
    return text.endsWith(Base64.getEncoder().encodeToString(tail));
  }

  boolean bool() {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
      return token == JsonToken.VALUE_TRUE;
    }
    if (token != JsonToken.VALUE_STRING) {
      throw unexpected("Boolean");
    }
    // DynamoDB takes some words too.
    return switch (text().toUpperCase(java.util.Locale.ROOT)) {
      case "TRUE", "1", "YES" -> true;
      case "FALSE", "0", "NO" -> false;
      default -> throw ApiException.serialization("Unexpected token received from parser");
    };
  }

  /** An Integer or Long of the protocol; a fraction is dropped, as DynamoDB does. */
  long integer(String type) {
    JsonToken token = parser.currentToken();
    try {
      if (token == JsonToken.VALUE_NUMBER_INT) {
        return parser.getLongValue();
      }
      if (token == JsonToken.VALUE_NUMBER_FLOAT) {
        double number = parser.getDoubleValue();
        if (Math.abs(number) < INTEGER_MAX) {
          return (long) Math.floor(number);
        }
        throw ApiException.serialization("DECIMAL_VALUE cannot be converted to " + type);
      }
    } catch (IOException e) {
      throw ApiException.serialization("NUMBER_VALUE cannot be converted to " + type);
    }
    throw unexpected(type);
  }

  private ApiException unexpected(String wanted) {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> cannotConvert("TRUE_VALUE", wanted);
      case VALUE_FALSE -> cannotConvert("FALSE_VALUE", wanted);
      case VALUE_NUMBER_INT -> cannotConvert("NUMBER_VALUE", wanted);
      case VALUE_NUMBER_FLOAT -> cannotConvert("DECIMAL_VALUE", wanted);
      case VALUE_STRING -> cannotConvert("STRING_VALUE", wanted);
      case VALUE_NULL -> cannotConvert("NULL_VALUE", wanted);
      case START_ARRAY ->
          ApiException.serialization("Unrecognized collection type class java.lang." + wanted);
      case null, default -> structureFound();
    };
  }

  private static ApiException cannotConvert(String token, String wanted) {
    return ApiException.serialization(token + " cannot be converted to " + wanted);
  }

  private static ApiException structureFound() {
    return ApiException.serialization("Start of structure or map found where not expected");
  }

  private JsonToken advance() {
    try {
      return parser.nextToken();
    } catch (IOException e) {
      throw notJson(e);
    }
  }

  /** Half a surrogate pair can be escaped in JSON but has no UTF-8: storing it would change it. */
  private static String encodable(String text) {
    boolean afterHigh = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isLowSurrogate(c) != afterHigh) {
        throw halfPair();
      }
      afterHigh = Character.isHighSurrogate(c);
    }
    if (afterHigh) {
      throw halfPair();
    }
    return text;
  }

  private static ApiException halfPair() {
    return ApiException.serialization("The request body has half a surrogate pair");
  }

  private static ApiException notJson(IOException e) {
    if (e instanceof StreamConstraintsException) {
      return ApiException.serialization(
          "The request body is nested too deep, or has a name or a number that is too long");
    }
    if (!(e instanceof JsonProcessingException json)) {
      // The parser reads from memory; what remains is text that is no UTF-8.
      return ApiException.serialization("The request body is not JSON in UTF-8");
    }
    String where =
        json.getLocation() == null
            ? ""
            : " at line %d, column %d"
                .formatted(json.getLocation().getLineNr(), json.getLocation().getColumnNr());
    boolean duplicate = json.getOriginalMessage().startsWith("Duplicate field");
    return ApiException.serialization(
        (duplicate
                ? "The request body has a duplicate name"
                : "The request body is not JSON in UTF-8")
            + where);
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException e) {
      throw new AssertionError("the parser reads from memory", e);
    }
  }
}
