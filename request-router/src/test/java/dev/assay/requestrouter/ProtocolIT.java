package dev.assay.requestrouter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

/** What goes over the wire around the operations: headers, checksums, signatures. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProtocolIT {
  private static final String COM_AMAZON = "com.amazon.coral.service#";
  private static final byte[] EMPTY = "{}".getBytes(StandardCharsets.UTF_8);
  private static final Instant NOW = Instant.parse("2026-05-04T10:20:30Z");

  private TestServer server;

  @BeforeAll
  void start() {
    server = new TestServer(options -> options, () -> NOW);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private RawClient.Answer post(Map<String, String> headers, String body) throws IOException {
    try (RawClient client = new RawClient(server.server.port())) {
      return client.post(headers, body.getBytes(StandardCharsets.UTF_8)).answer();
    }
  }

  private Map<String, String> signed(String operation, String body) {
    return signed(operation, body, NOW);
  }

  private Map<String, String> signed(String operation, String body, Instant when) {
    return SdkSigner.sign(
        server.endpoint(), operation, body, when, TestServer.ACCESS_KEY, TestServer.SECRET);
  }

  private static void assertError(RawClient.Answer answer, String type, String message) {
    assertEquals(
        "{\"__type\":\"" + COM_AMAZON + type + "\",\"message\":\"" + message + "\"}",
        answer.body());
    assertEquals(400, answer.status());
    assertTrue(answer.checksumFits());
  }

  @Test
  void signedRequestIsAnswered() throws IOException {
    RawClient.Answer answer = post(signed("ListTables", "{}"), "{}");
    assertEquals(200, answer.status());
    assertEquals("{\"TableNames\":[]}", answer.body());
    assertEquals("application/x-amz-json-1.0", answer.header("content-type"));
    assertTrue(answer.header("x-amzn-requestid").matches("[0-9A-Z]{52}"));
    assertTrue(answer.checksumFits());
  }

  @Test
  void requestIdsDiffer() throws IOException {
    assertNotEquals(
        post(signed("ListTables", "{}"), "{}").header("x-amzn-requestid"),
        post(signed("ListTables", "{}"), "{}").header("x-amzn-requestid"));
  }

  @Test
  void connectionServesManyRequests() throws IOException {
    try (RawClient client = new RawClient(server.server.port())) {
      for (int i = 0; i < 5; i++) {
        Map<String, String> headers = signed("ListTables", "{}");
        assertEquals(
            200, client.post(headers, "{}".getBytes(StandardCharsets.UTF_8)).answer().status());
      }
    }
  }

  @Test
  void requestsMayComeBeforeTheAnswersToTheirPredecessors() throws IOException {
    try (RawClient client = new RawClient(server.server.port())) {
      byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
      client.post(signed("ListTables", "{}"), body).post(signed("ListTables", "{}"), body);
      assertEquals(200, client.answer().status());
      assertEquals(200, client.answer().status());
    }
  }

  @Test
  void answerHasTheContentTypeOfTheRequest() throws IOException {
    Map<String, String> headers =
        SdkSigner.sign(
            server.endpoint(),
            Map.of(
                "X-Amz-Target",
                "DynamoDB_20120810.ListTables",
                "Content-Type",
                "application/json; charset=utf-8"),
            EMPTY,
            NOW,
            TestServer.ACCESS_KEY,
            TestServer.SECRET);
    RawClient.Answer answer = post(headers, "{}");
    assertEquals(200, answer.status());
    assertEquals("application/json", answer.header("content-type"));
  }

  @Test
  void getSaysThatTheServerIsHealthy() throws IOException {
    try (RawClient client = new RawClient(server.server.port())) {
      RawClient.Answer answer = client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").answer();
      assertEquals(200, answer.status());
      assertTrue(answer.body().startsWith("healthy: dynamodb"));
      assertTrue(answer.checksumFits());
      assertTrue(answer.header("x-amzn-requestid").matches("[0-9A-Z]{52}"));
    }
  }

  @Test
  void otherMethodsPathsAndContentTypesAreNotFound() throws IOException {
    try (RawClient client = new RawClient(server.server.port())) {
      for (String request :
          new String[] {
            "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
            "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n",
            "OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /tables HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Content-Length: 2\r\n\r\n{}",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
          }) {
        RawClient.Answer answer = client.send(request).answer();
        assertEquals(404, answer.status(), request);
        assertEquals("<UnknownOperationException/>\n", answer.body());
        assertEquals("3552371480", answer.header("x-amz-crc32"));
      }
    }
  }

  @Test
  void unknownOperationIsNamed() throws IOException {
    Map<String, String> headers = Map.of("Content-Type", "application/x-amz-json-1.0");
    RawClient.Answer noTarget = post(headers, "{}");
    assertEquals(400, noTarget.status());
    assertEquals("{\"__type\":\"" + COM_AMAZON + "UnknownOperationException\"}", noTarget.body());
    assertEquals("1368724161", noTarget.header("x-amz-crc32"));
    assertError(
        post(signed("MakeCoffee", "{}"), "{}"),
        "UnknownOperationException",
        "Not supported by Assay: DynamoDB_20120810.MakeCoffee");
  }

  @Test
  void unsignedRequestIsRefused() throws IOException {
    Map<String, String> headers = signed("ListTables", "{}");
    headers.remove("Authorization");
    assertError(
        post(headers, "{}"),
        "MissingAuthenticationTokenException",
        "Request is missing Authentication Token");
    headers.put("Authorization", "Basic YTpi");
    assertError(
        post(headers, "{}"),
        "MissingAuthenticationTokenException",
        "Request is missing Authentication Token");
  }

  @Test
  void incompleteSignatureIsRefused() throws IOException {
    Map<String, String> headers =
        new HashMap<>(
            Map.of(
                "Content-Type", "application/json",
                "X-Amz-Target", "DynamoDB_20120810.ListTables",
                "Authorization", "AWS4-"));
    assertError(
        post(headers, "{}"),
        "IncompleteSignatureException",
        "Authorization header requires 'Credential' parameter. Authorization header requires"
            + " 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter."
            + " Authorization header requires existence of either a 'X-Amz-Date' or a 'Date'"
            + " header. Authorization=AWS4-");
  }

  @Test
  void tamperedBodyIsRefused() throws IOException {
    RawClient.Answer answer = post(signed("ListTables", "{\"Limit\":10}"), "{\"Limit\":11}");
    assertEquals(400, answer.status());
    assertTrue(answer.body().contains(COM_AMAZON + "InvalidSignatureException"), answer.body());
    assertFalse(answer.body().contains(TestServer.SECRET));
  }

  @Test
  void tamperedTargetIsRefused() throws IOException {
    Map<String, String> headers = signed("ListTables", "{}");
    headers.put("X-Amz-Target", "DynamoDB_20120810.DeleteTable");
    assertTrue(post(headers, "{}").body().contains("InvalidSignatureException"));
  }

  @Test
  void targetThatIsNotSignedIsRefused() throws IOException {
    Map<String, String> headers =
        SdkSigner.sign(
            server.endpoint(),
            Map.of("Content-Type", "application/json"),
            EMPTY,
            NOW,
            TestServer.ACCESS_KEY,
            TestServer.SECRET);
    headers.put("X-Amz-Target", "DynamoDB_20120810.ListTables");
    assertError(
        post(headers, "{}"),
        "InvalidSignatureException",
        "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.");
  }

  @Test
  void skewedClockIsRefused() throws IOException {
    assertError(
        post(signed("ListTables", "{}", NOW.minus(Duration.ofMinutes(16))), "{}"),
        "InvalidSignatureException",
        "Signature expired: 20260504T100430Z is now earlier than 20260504T100530Z"
            + " (20260504T102030Z - 15 min.)");
    assertError(
        post(signed("ListTables", "{}", NOW.plus(Duration.ofMinutes(16))), "{}"),
        "InvalidSignatureException",
        "Signature not yet current: 20260504T103630Z is still later than 20260504T103530Z"
            + " (20260504T102030Z + 15 min.)");
    assertEquals(
        200, post(signed("ListTables", "{}", NOW.minus(Duration.ofMinutes(14))), "{}").status());
  }

  @Test
  void unknownAccessKeyIsRefused() throws IOException {
    Map<String, String> headers =
        SdkSigner.sign(server.endpoint(), "ListTables", "{}", NOW, "somebody", TestServer.SECRET);
    assertError(
        post(headers, "{}"),
        "UnrecognizedClientException",
        "The security token included in the request is invalid.");
  }

  @Test
  void wrongSecretIsRefused() throws IOException {
    Map<String, String> headers =
        SdkSigner.sign(
            server.endpoint(), "ListTables", "{}", NOW, TestServer.ACCESS_KEY, "guessed");
    assertTrue(post(headers, "{}").body().contains("InvalidSignatureException"));
  }

  @Test
  void signatureCoversTheQueryInAnyOrder() throws IOException {
    Map<String, String> headers =
        SdkSigner.sign(
            server.endpoint().resolve("/?b=2&a=1"),
            Map.of(
                "X-Amz-Target", "DynamoDB_20120810.ListTables", "Content-Type", "application/json"),
            EMPTY,
            NOW,
            TestServer.ACCESS_KEY,
            TestServer.SECRET);
    for (String query : new String[] {"b=2&a=1", "a=1&b=2"}) {
      try (RawClient client = new RawClient(server.server.port())) {
        assertEquals(200, client.send(head("/?" + query, headers) + "{}").answer().status());
      }
    }
    try (RawClient client = new RawClient(server.server.port())) {
      assertEquals(400, client.send(head("/?a=1", headers) + "{}").answer().status());
    }
  }

  private static String head(String path, Map<String, String> headers) {
    StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    return head + "Content-Length: 2\r\n\r\n";
  }

  @Test
  void requestsOfWebPagesAreRefused() throws IOException {
    Map<String, String> headers = new LinkedHashMap<>(signed("ListTables", "{}"));
    headers.put("Origin", "http://evil.example");
    RawClient.Answer answer = post(headers, "{}");
    assertEquals(400, answer.status());
    assertTrue(answer.body().contains("AccessDeniedException"));
    assertEquals("", answer.header("access-control-allow-origin"));
  }

  @Test
  void sdkThatDoesNotKnowTheSecretIsRefused() {
    try (TestServer real = new TestServer(options -> options, Clock.systemUTC());
        DynamoDbClient stranger = real.client("assay", "wrong")) {
      DynamoDbException refused = assertThrows(DynamoDbException.class, stranger::listTables);
      assertEquals("InvalidSignatureException", refused.awsErrorDetails().errorCode());
    }
  }
}
