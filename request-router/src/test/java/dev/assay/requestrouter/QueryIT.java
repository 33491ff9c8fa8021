package dev.assay.requestrouter;

import static dev.assay.requestrouter.Values.item;
import static dev.assay.requestrouter.Values.n;
import static dev.assay.requestrouter.Values.s;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.Select;

/** Queries through the real SDK, over a table of numbers and one of names. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueryIT {
  private TestServer server;
  private DynamoDbClient client;

  @BeforeAll
  void start() {
    server = new TestServer(options -> options.withTablePartitions(4));
    client = server.client();
    server.createTable(client, "Numbers", "n", ScalarAttributeType.N);
    server.createTable(client, "Names", "name", ScalarAttributeType.S);
    server.createTable(client, "Blobs", "b", ScalarAttributeType.B);
    server.createTable(client, "Plain", null, ScalarAttributeType.S);
    for (int i = -5; i <= 5; i++) {
      put("Numbers", item("id", s("x"), "n", n(i), "even", AttributeValue.fromBool(i % 2 == 0)));
      put("Numbers", item("id", s("y"), "n", n(i)));
    }
    for (String name : List.of("", "a", "ab", "abc", "b", "é")) {
      if (!name.isEmpty()) {
        put("Names", item("id", s("x"), "name", s(name)));
      }
    }
    for (int i : new int[] {0, 1, 127, 128, 255}) {
      put("Blobs", item("id", s("x"), "b", bytes(i)));
    }
    put("Plain", item("id", s("only"), "v", n(1)));
  }

  private static AttributeValue bytes(int one) {
    return AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {(byte) one}));
  }

  @AfterAll
  void stop() {
    client.close();
    server.close();
  }

  private void put(String table, Map<String, AttributeValue> item) {
    client.putItem(request -> request.tableName(table).item(item));
  }

  private QueryResponse query(
      String table,
      String condition,
      Map<String, AttributeValue> values,
      UnaryOperator<QueryRequest.Builder> more) {
    Map<String, AttributeValue> all = new HashMap<>(values);
    all.putIfAbsent(":id", s("x"));
    QueryRequest.Builder request =
        QueryRequest.builder()
            .tableName(table)
            .keyConditionExpression(condition)
            .expressionAttributeValues(all);
    return client.query(more.apply(request).build());
  }

  private static List<Integer> numbers(QueryResponse response) {
    return response.items().stream()
        .map(item -> Integer.parseInt(String.valueOf(item.getOrDefault("n", n(0)).n())))
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          id = :id                            | -5 -4 -3 -2 -1 0 1 2 3 4 5
          id = :id AND n = :three             | 3
          id = :id AND n < :three             | -5 -4 -3 -2 -1 0 1 2
          id = :id AND n <= :three            | -5 -4 -3 -2 -1 0 1 2 3
          id = :id AND n > :three             | 4 5
          id = :id AND n >= :three            | 3 4 5
          n BETWEEN :minus AND :three AND :id = id | -2 -1 0 1 2 3
          """)
  void sortKeyConditionsSelectByNumericOrder(String condition, String expected) {
    Map<String, AttributeValue> values = new HashMap<>();
    if (condition.contains(":three")) {
      values.put(":three", n(3));
    }
    if (condition.contains(":minus")) {
      values.put(":minus", n(-2));
    }
    List<Integer> wanted = List.of(expected.split(" ")).stream().map(Integer::parseInt).toList();
    assertEquals(wanted, numbers(query("Numbers", condition, values, request -> request)));
    assertEquals(
        wanted.reversed(),
        numbers(query("Numbers", condition, values, request -> request.scanIndexForward(false))));
  }

  @Test
  void beginsWithSelectsByTheStartOfText() {
    QueryResponse response =
        query(
            "Names",
            "id = :id AND begins_with(#n, :a)",
            Map.of(":a", s("a")),
            request -> request.expressionAttributeNames(Map.of("#n", "name")));
    assertEquals(
        List.of(s("a"), s("ab"), s("abc")),
        response.items().stream().map(item -> item.get("name")).toList());
  }

  @Test
  void bytesAreInUnsignedOrder() {
    QueryResponse response =
        query("Blobs", "id = :id AND b > :one", Map.of(":one", bytes(1)), request -> request);
    assertEquals(
        List.of(bytes(127), bytes(128), bytes(255)),
        response.items().stream().map(item -> item.get("b")).toList());
  }

  @Test
  void tableWithoutSortKeyGivesTheOneItem() {
    QueryResponse response =
        query("Plain", "id = :id", Map.of(":id", s("only")), request -> request);
    assertEquals(List.of(item("id", s("only"), "v", n(1))), response.items());
    assertFalse(response.hasLastEvaluatedKey());
  }

  @Test
  void limitMakesPagesThatJoinUp() {
    for (boolean forward : new boolean[] {true, false}) {
      List<Integer> all = new ArrayList<>();
      Map<String, AttributeValue> startKey = Map.of();
      int pages = 0;
      do {
        Map<String, AttributeValue> from = startKey;
        QueryResponse page =
            query(
                "Numbers",
                "id = :id",
                Map.of(),
                request ->
                    request
                        .limit(3)
                        .scanIndexForward(forward)
                        .exclusiveStartKey(from.isEmpty() ? null : from));
        assertTrue(page.count() <= 3);
        all.addAll(numbers(page));
        startKey = page.lastEvaluatedKey();
        pages++;
      } while (!startKey.isEmpty());
      List<Integer> expected = IntStream.rangeClosed(-5, 5).boxed().toList();
      assertEquals(forward ? expected : expected.reversed(), all);
      assertEquals(4, pages);
    }
  }

  @Test
  void limitOfAllItemsLeavesNoKeyToGoOnFrom() {
    assertFalse(
        query("Numbers", "id = :id", Map.of(), request -> request.limit(11)).hasLastEvaluatedKey());
  }

  @Test
  void filterIsAppliedAfterTheLimit() {
    QueryResponse response =
        query(
            "Numbers",
            "id = :id",
            Map.of(":yes", AttributeValue.fromBool(true)),
            request -> request.filterExpression("even = :yes").limit(4));
    assertEquals(List.of(-4, -2), numbers(response));
    assertEquals(2, response.count());
    assertEquals(4, response.scannedCount());
    assertEquals(item("id", s("x"), "n", n(-2)), response.lastEvaluatedKey());
  }

  @Test
  void countReturnsNoItems() {
    QueryResponse response =
        query("Numbers", "id = :id", Map.of(), request -> request.select(Select.COUNT));
    assertEquals(11, response.count());
    assertFalse(response.hasItems());
  }

  @Test
  void projectionKeepsOnlyWhatItNames() {
    QueryResponse response =
        query(
            "Numbers",
            "id = :id AND n = :n",
            Map.of(":n", n(1)),
            request -> request.projectionExpression("even"));
    assertEquals(List.of(item("even", AttributeValue.fromBool(false))), response.items());
  }

  @Test
  void pageEndsAfterOneMegabyte() {
    String text = "x".repeat(300_000);
    for (int i = 0; i < 6; i++) {
      put("Numbers", item("id", s("large"), "n", n(i), "text", s(text)));
    }
    QueryResponse page =
        query(
            "Numbers",
            "id = :id",
            Map.of(":id", s("large")),
            request -> request.returnConsumedCapacity(ReturnConsumedCapacity.TOTAL));
    assertEquals(4, page.count());
    assertEquals(item("id", s("large"), "n", n(3)), page.lastEvaluatedKey());
    assertEquals(146.5, page.consumedCapacity().capacityUnits());
  }

  private String refusal(UnaryOperator<QueryRequest.Builder> more) {
    DynamoDbException refused =
        assertThrows(DynamoDbException.class, () -> query("Numbers", "id = :id", Map.of(), more));
    assertEquals("ValidationException", refused.awsErrorDetails().errorCode());
    return refused.awsErrorDetails().errorMessage();
  }

  @Test
  void mistakesAreRefusedInTheWordsOfDynamoDb() {
    assertEquals(
        "The table does not have the specified index: ByDate",
        refusal(request -> request.indexName("ByDate")));
    assertEquals(
        "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member"
            + " must have value greater than or equal to 1",
        refusal(request -> request.limit(0)));
    assertEquals(
        "The provided starting key is outside query boundaries based on provided conditions",
        refusal(request -> request.exclusiveStartKey(item("id", s("y"), "n", n(1)))));
    assertEquals(
        "The provided starting key is invalid: The provided key element does not match the schema",
        refusal(request -> request.exclusiveStartKey(item("id", s("x")))));
    assertEquals(
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: n",
        refusal(request -> request.filterExpression("attribute_exists(n)")));
    assertEquals(
        "Query condition missed key schema element: id",
        refusal(request -> request.keyConditionExpression("elsewhere = :id")));
    assertEquals(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the"
            + " request.",
        refusal(request -> request.keyConditionExpression(null).expressionAttributeValues(null)));
    assertEquals(
        "Cannot specify the ProjectionExpression when choosing to get only the Count",
        refusal(request -> request.select(Select.COUNT).projectionExpression("n")));
    assertEquals(
        "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        refusal(request -> request.select(Select.ALL_PROJECTED_ATTRIBUTES)));
  }

  @Test
  void numbersHaveNoBeginning() {
    DynamoDbException refused =
        assertThrows(
            DynamoDbException.class,
            () ->
                query(
                    "Numbers",
                    "id = :id AND begins_with(n, :n)",
                    Map.of(":n", n(1)),
                    request -> request));
    assertEquals("ValidationException", refused.awsErrorDetails().errorCode());
  }

  @Test
  void boundsInTheWrongOrderAreRefused() {
    DynamoDbException refused =
        assertThrows(
            DynamoDbException.class,
            () ->
                query(
                    "Numbers",
                    "id = :id AND n BETWEEN :high AND :low",
                    Map.of(":high", n(3), ":low", n(1)),
                    request -> request));
    assertEquals("ValidationException", refused.awsErrorDetails().errorCode());
  }

  @Test
  void startingKeyOutsideTheRangeIsRefused() {
    DynamoDbException refused =
        assertThrows(
            DynamoDbException.class,
            () ->
                query(
                    "Numbers",
                    "id = :id AND n > :three",
                    Map.of(":three", n(3)),
                    request -> request.exclusiveStartKey(item("id", s("x"), "n", n(1)))));
    assertEquals(
        "The provided starting key does not match the range key predicate",
        refused.awsErrorDetails().errorMessage());
  }
}
