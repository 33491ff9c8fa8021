package dev.assay.requestrouter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are not what they should be: an answer each, and a server that goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {
  private static final Instant NOW = Instant.parse("2026-05-04T10:20:30Z");
  private static final int MEGABYTE = 1 << 20;

  private TestServer server;

  @BeforeAll
  void start() {
    server = new TestServer(options -> options, () -> NOW);
    // The SDK signs with the real time, so the table is made without it.
    post(
        "CreateTable",
        "{\"TableName\":\"Things\",\"BillingMode\":\"PAY_PER_REQUEST\",\"AttributeDefinitions\":"
            + "[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"}],\"KeySchema\":"
            + "[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}]}");
  }

  @AfterEach
  void serverGoesOn() {
    RawClient.Answer answer = post("ListTables", "{}");
    assertEquals("{\"TableNames\":[\"Things\"]}", answer.body());
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private RawClient.Answer post(String operation, String body) {
    return post(operation, body.getBytes(StandardCharsets.UTF_8));
  }

  private RawClient.Answer post(String operation, byte[] body) {
    try (RawClient client = new RawClient(server.server.port())) {
      return client.post(signed(operation, body), body).answer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, String> signed(String operation, byte[] body) {
    return SdkSigner.sign(
        server.endpoint(), operation, body, NOW, TestServer.ACCESS_KEY, TestServer.SECRET);
  }

  private RawClient.Answer put(String value) {
    return post(
        "PutItem",
        "{\"TableName\":\"Things\",\"Item\":{\"id\":{\"S\":\"x\"},\"v\":" + value + "}}");
  }

  private static void assertSerialization(RawClient.Answer answer) {
    assertEquals(400, answer.status());
    assertTrue(
        answer.body().startsWith("{\"__type\":\"com.amazon.coral.service#SerializationException\""),
        answer.body());
    assertTrue(answer.checksumFits());
    assertFalse(answer.body().contains("Exception:"), answer.body());
  }

  private static void assertValidation(String message, RawClient.Answer answer) {
    assertEquals(
        "{\"__type\":\"com.amazon.coral.validate#ValidationException\",\"message\":\""
            + message
            + "\"}",
        answer.body());
    assertEquals(400, answer.status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "hi",
        "{",
        "}",
        "[]",
        "null",
        "1",
        "\"text\"",
        "{}{}",
        "{} x",
        "{\"TableName\"}",
        "{\"TableName\":}",
        "{\"TableName\":\"a\",}",
        "{'TableName':'a'}",
        "{TableName:\"a\"}",
        "{\"TableName\":\"a\" // comment\n}",
        "{\"TableName\":NaN}",
        "{\"TableName\":01}",
        "{\"TableName\":\"a\nb\"}",
        "{\"TableName\":\"\\x\"}",
        "{\"TableName\":\"\\ud800\"}",
        "{\"TableName\":\"\\udc00\\ud800\"}",
        "{\"TableName\":\"unfinished",
        "{\"TableName\":\"a\",\"TableName\":\"b\"}",
        "{\"Key\":{\"id\":{\"S\":\"a\"},\"id\":{\"S\":\"b\"}}}",
        "{\"Key\":{\"id\":{\"S\":\"a\",\"S\":\"b\"}}}",
        "{\"Unknown\":{\"a\":1,\"a\":2}}"
      })
  void whatIsNotStrictJsonIsASerializationError(String body) {
    assertSerialization(post("GetItem", body));
  }

  @Test
  void bytesThatAreNotUtf8AreASerializationError() throws IOException {
    for (byte[] bytes :
        new byte[][] {
          {(byte) 0xFF},
          {(byte) 0xC3, '('},
          {(byte) 0xC0, (byte) 0x80},
          {(byte) 0xED, (byte) 0xA0, (byte) 0x80}
        }) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      body.write("{\"TableName\":\"".getBytes(StandardCharsets.UTF_8));
      body.write(bytes);
      body.write("\"}".getBytes(StandardCharsets.UTF_8));
      assertSerialization(post("GetItem", body.toByteArray()));
    }
    assertSerialization(post("ListTables", "{}".getBytes(StandardCharsets.UTF_16)));
    assertSerialization(post("ListTables", "{}".getBytes(StandardCharsets.UTF_16LE)));
    assertSerialization(post("ListTables", new byte[1000]));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"TableName\":1} | NUMBER_VALUE cannot be converted to String",
        "{\"TableName\":1.5} | DECIMAL_VALUE cannot be converted to String",
        "{\"TableName\":true} | TRUE_VALUE cannot be converted to String",
        "{\"TableName\":[]} | Unrecognized collection type class java.lang.String",
        "{\"TableName\":{}} | Start of structure or map found where not expected",
        "{\"Key\":1} | Unexpected field type",
        "{\"Key\":[]} | Unrecognized collection type java.util.Map<java.lang.String,"
            + " com.amazonaws.dynamodb.v20120810.AttributeValue>",
        "{\"Key\":{\"id\":1}} | Unexpected value type in payload",
        "{\"Key\":{\"id\":[]}} | Unrecognized collection type class"
            + " com.amazonaws.dynamodb.v20120810.AttributeValue",
        "{\"Key\":{\"id\":{\"S\":1}}} | NUMBER_VALUE cannot be converted to String",
        "{\"Key\":{\"id\":{\"N\":1}}} | NUMBER_VALUE cannot be converted to String",
        "{\"Key\":{\"id\":{\"B\":1}}} | only base-64-encoded strings are convertible to bytes",
        "{\"Key\":{\"id\":{\"B\":\"abc\"}}} | Base64 encoded length is expected a multiple of 4"
            + " bytes but found: 3",
        "{\"Key\":{\"id\":{\"B\":\"ab==\"}}} | Invalid last non-pad Base64 character dectected",
        "{\"Key\":{\"id\":{\"B\":\"a*c=\"}}} | Invalid Base64",
        "{\"Key\":{\"id\":{\"BOOL\":1}}} | NUMBER_VALUE cannot be converted to Boolean",
        "{\"Key\":{\"id\":{\"BOOL\":\"maybe\"}}} | Unexpected token received from parser",
        "{\"Key\":{\"id\":{\"SS\":\"a\"}}} | Unexpected field type",
        "{\"Key\":{\"id\":{\"SS\":{}}}} | Start of structure or map found where not expected",
        "{\"Key\":{\"id\":{\"L\":[1]}}} | Unexpected value type in payload",
        "{\"ConsistentRead\":[]} | Unrecognized collection type class java.lang.Boolean"
      })
  void valuesOfTheWrongTypeAreNamed(String bodyAndMessage) {
    String[] parts = bodyAndMessage.split(" \\| ");
    RawClient.Answer answer = post("GetItem", parts[0]);
    assertSerialization(answer);
    assertTrue(answer.body().contains("\"Message\":\"" + parts[1] + "\""), answer.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999999999", "1E400", "99999999999999999999", "-1e999999999"})
  void numbersOfTheProtocolThatAreAbsurdAreRefused(String number) {
    assertSerialization(post("Query", "{\"TableName\":\"Things\",\"Limit\":" + number + "}"));
  }

  @Test
  void numbersWithoutEndAreRefused() {
    assertSerialization(post("Query", "{\"Limit\":" + "9".repeat(MEGABYTE) + "}"));
  }

  @Test
  void absurdNumbersAreRefusedWithoutBeingMade() {
    String overflow =
        "Number overflow. Attempting to store a number with magnitude larger than supported range";
    String underflow =
        "Number underflow. Attempting to store a number with magnitude smaller than supported"
            + " range";
    String digits = "Attempting to store more than 38 significant digits in a Number";
    assertValidation(overflow, put("{\"N\":\"1e999999999\"}"));
    assertValidation(overflow, put("{\"N\":\"1e99999999999999999999999\"}"));
    assertValidation(overflow, put("{\"N\":\"1e126\"}"));
    assertValidation(overflow, put("{\"N\":\"" + "9".repeat(MEGABYTE) + "\"}"));
    assertValidation(underflow, put("{\"N\":\"1e-999999999\"}"));
    assertValidation(underflow, put("{\"N\":\"1e-131\"}"));
    assertValidation(digits, put("{\"N\":\"123456789012345678901234567890123456789\"}"));
    assertValidation(digits, put("{\"NS\":[\"1." + "0".repeat(100_000) + "1\"]}"));
    assertEquals(200, put("{\"N\":\"0e999999999\"}").status());
    assertEquals(200, put("{\"N\":\"9.9999999999999999999999999999999999999E+125\"}").status());
  }

  @Test
  void valuesThatAreNoNumbersAreRefused() {
    String message = "The parameter cannot be converted to a numeric value";
    assertValidation(message, put("{\"N\":\"\"}"));
    for (String text :
        new String[] {"a", "1a", "--1", "1e", "1e+", ".", "-", "e1", "0x1", "1 ", "١"}) {
      assertValidation(message + ": " + text, put("{\"N\":\"" + text + "\"}"));
    }
  }

  @Test
  void valuesThatAreRefusedAreNamed() {
    String invalid = "One or more parameter values were invalid: ";
    assertValidation(
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        put("{}"));
    assertValidation(
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        put("{\"X\":\"a\"}"));
    assertValidation(
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        put("null"));
    assertValidation(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the"
            + " supported datatypes",
        put("{\"S\":\"a\",\"N\":\"1\"}"));
    assertValidation(
        invalid + "Null attribute value types must have the value of true",
        put("{\"NULL\":false}"));
    assertValidation(invalid + "An string set  may not be empty", put("{\"SS\":[]}"));
    assertValidation(invalid + "An number set  may not be empty", put("{\"NS\":[]}"));
    assertValidation(invalid + "Binary sets should not be empty", put("{\"BS\":[]}"));
    assertValidation(
        invalid + "Input collection [a, b, a] contains duplicates.",
        put("{\"SS\":[\"a\",\"b\",\"a\"]}"));
    assertValidation("Input collection contains duplicates", put("{\"NS\":[\"1\",\"1.0\"]}"));
    assertValidation(
        invalid + "Input collection [AQ==, AQ==]of type BS contains duplicates.",
        put("{\"BS\":[\"AQ==\",\"AQ==\"]}"));
  }

  private static String nested(int levels) {
    return "{\"L\":[".repeat(levels - 1) + "{\"S\":\"x\"}" + "]}".repeat(levels - 1);
  }

  @Test
  void nestingEndsAtThirtyTwoLevels() {
    assertEquals(200, put(nested(32)).status());
    assertValidation(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels"
            + " beyond supported limit",
        put(nested(33)));
  }

  @Test
  void nestingWithoutEndIsASerializationError() {
    assertSerialization(put(nested(100)));
    assertSerialization(post("GetItem", "[".repeat(MEGABYTE)));
    assertSerialization(post("GetItem", "{\"a\":".repeat(MEGABYTE / 8)));
  }

  @Test
  void keysAreCheckedAgainstTheSchema() {
    String noMatch = "The provided key element does not match the schema";
    String get = "{\"TableName\":\"Things\",\"Key\":";
    assertValidation(noMatch, post("GetItem", get + "{}}"));
    assertValidation(noMatch, post("GetItem", get + "{\"id\":{\"N\":\"1\"}}}"));
    assertValidation(
        noMatch, post("GetItem", get + "{\"id\":{\"S\":\"1\"},\"more\":{\"S\":\"1\"}}}"));
    String empty =
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot"
            + " contain an empty string value. Key: id";
    assertValidation(empty, post("GetItem", get + "{\"id\":{\"S\":\"\"}}}"));
    assertValidation(
        "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size"
            + " limit of2048 bytes",
        post("GetItem", get + "{\"id\":{\"S\":\"" + "é".repeat(1025) + "\"}}}"));
    assertEquals(
        200, post("GetItem", get + "{\"id\":{\"S\":\"" + "é".repeat(1024) + "\"}}}").status());
    String put = "{\"TableName\":\"Things\",\"Item\":";
    assertValidation(
        "One or more parameter values were invalid: Missing the key id in the item",
        post("PutItem", put + "{}}"));
    assertValidation(
        "One or more parameter values were invalid: Type mismatch for key id expected: S actual: N",
        post("PutItem", put + "{\"id\":{\"N\":\"1\"}}}"));
  }

  @Test
  void itemsAreAtMostFourHundredKilobytes() {
    int left = (400 << 10) - "id".length() - "x".length() - "v".length();
    assertEquals(200, put("{\"S\":\"" + "x".repeat(left) + "\"}").status());
    assertValidation(
        "Item size has exceeded the maximum allowed size",
        put("{\"S\":\"" + "x".repeat(left + 1) + "\"}"));
    // Every character escaped: the body is six times as large as the item.
    assertEquals(200, put("{\"S\":\"" + "\\u0001".repeat(left) + "\"}").status());
  }

  @Test
  void parametersAreCheckedTogether() {
    assertValidation(
        "2 validation errors detected: Value 'no' at 'returnConsumedCapacity' failed to satisfy"
            + " constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; Value null"
            + " at 'key' failed to satisfy constraint: Member must not be null",
        post("GetItem", "{\"TableName\":\"abc\",\"ReturnConsumedCapacity\":\"no\"}"));
    assertValidation(
        "1 validation error detected: Value null at 'tableName' failed to satisfy constraint:"
            + " Member must not be null",
        post("GetItem", "{\"Key\":{}}"));
    String get = "{\"TableName\":\"Things\",\"Key\":{\"id\":{\"S\":\"x\"}},";
    assertValidation(
        "ExpressionAttributeNames can only be specified when using expressions",
        post("GetItem", get + "\"ExpressionAttributeNames\":{\"#a\":\"b\"}}"));
    assertValidation(
        "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}",
        post(
            "GetItem",
            get + "\"ProjectionExpression\":\"b\",\"ExpressionAttributeNames\":{\"#a\":\"b\"}}"));
    assertValidation(
        "ExpressionAttributeNames contains invalid key: Syntax error; key: \\\"a\\\"",
        post(
            "GetItem",
            get + "\"ProjectionExpression\":\"b\",\"ExpressionAttributeNames\":{\"a\":\"b\"}}"));
    assertValidation(
        "AttributesToGet is not supported by Assay yet: use ProjectionExpression",
        post("GetItem", get + "\"AttributesToGet\":[\"a\"]}"));
    assertValidation(
        "Can not use both expression and non-expression parameters in the same request:"
            + " Non-expression parameters: {AttributesToGet} Expression parameters:"
            + " {ProjectionExpression}",
        post("GetItem", get + "\"AttributesToGet\":[\"a\"],\"ProjectionExpression\":\"a\"}"));
    assertValidation(
        "ExpressionAttributeValues can only be specified when using expressions:"
            + " ConditionExpression is null",
        post(
            "PutItem",
            "{\"TableName\":\"Things\",\"Item\":{\"id\":{\"S\":\"x\"}},"
                + "\"ExpressionAttributeValues\":{\":a\":{\"S\":\"x\"}}}"));
    assertValidation(
        "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a"
            + " numeric value: x for key :a",
        post(
            "PutItem",
            "{\"TableName\":\"Things\",\"Item\":{\"id\":{\"S\":\"x\"}},\"ConditionExpression\":"
                + "\"a = :a\",\"ExpressionAttributeValues\":{\":a\":{\"N\":\"x\"}}}"));
    assertValidation(
        "ReturnValues can only be ALL_OLD or NONE",
        post(
            "PutItem",
            "{\"TableName\":\"Things\",\"Item\":{\"id\":{\"S\":\"x\"}},\"ReturnValues\":"
                + "\"ALL_NEW\"}"));
  }

  @Test
  void bodiesAreBoundedByOperation() {
    byte[] fiveMegabytes = new byte[5 * MEGABYTE];
    Arrays.fill(fiveMegabytes, (byte) ' ');
    RawClient.Answer tooLarge = post("PutItem", fiveMegabytes);
    assertEquals(413, tooLarge.status());
    assertTrue(tooLarge.body().contains("RequestEntityTooLarge"), tooLarge.body());
    assertSerialization(post("BatchWriteItem", fiveMegabytes));
  }
}
