package dev.assay.requestrouter;

import static dev.assay.requestrouter.Values.item;
import static dev.assay.requestrouter.Values.n;
import static dev.assay.requestrouter.Values.s;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.Select;

/** Scans through the real SDK, over a table of several partitions. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScanIT {
  private static final int ITEMS = 200;

  private TestServer server;
  private DynamoDbClient client;

  @BeforeAll
  void start() {
    server = new TestServer(options -> options.withTablePartitions(5));
    client = server.client();
    server.createTable(client, "Many", null, ScalarAttributeType.S);
    server.createTable(client, "None", null, ScalarAttributeType.S);
    for (int i = 0; i < ITEMS; i++) {
      Map<String, AttributeValue> item = item("id", s("item-" + i), "n", n(i));
      client.putItem(request -> request.tableName("Many").item(item));
    }
  }

  @AfterAll
  void stop() {
    client.close();
    server.close();
  }

  private ScanResponse scan(String table, UnaryOperator<ScanRequest.Builder> more) {
    return client.scan(more.apply(ScanRequest.builder().tableName(table)).build());
  }

  /** Every id that the pages of a scan hold, in their order. */
  private List<String> ids(UnaryOperator<ScanRequest.Builder> more) {
    List<String> ids = new ArrayList<>();
    Map<String, AttributeValue> startKey = Map.of();
    do {
      Map<String, AttributeValue> from = startKey;
      ScanResponse page =
          scan(
              "Many",
              request -> more.apply(request).exclusiveStartKey(from.isEmpty() ? null : from));
      page.items().forEach(item -> ids.add(String.valueOf(item.getOrDefault("id", s("")).s())));
      startKey = page.lastEvaluatedKey();
    } while (!startKey.isEmpty());
    return ids;
  }

  @Test
  void scanFindsEveryItemOnceWhateverThePages() {
    List<String> whole = ids(request -> request);
    assertEquals(ITEMS, whole.size());
    assertEquals(ITEMS, new HashSet<>(whole).size());
    for (int limit : new int[] {1, 7, 199, 200, 201}) {
      assertEquals(whole, ids(request -> request.limit(limit)));
    }
  }

  @ParameterizedTest
  @CsvSource({"1,0", "2,0", "3,13", "7,5", "1000,0"})
  void segmentsFindEveryItemOnceAndInOrder(int totalSegments, int limit) {
    List<String> joined = new ArrayList<>();
    for (int segment = 0; segment < totalSegments; segment++) {
      int number = segment;
      joined.addAll(
          ids(
              request ->
                  request
                      .segment(number)
                      .totalSegments(totalSegments)
                      .limit(limit == 0 ? null : limit)));
    }
    assertEquals(ids(request -> request), joined);
  }

  @Test
  void emptyTableIsAnEmptyPage() {
    ScanResponse page = scan("None", request -> request);
    assertEquals(0, page.count());
    assertTrue(page.hasItems());
    assertFalse(page.hasLastEvaluatedKey());
  }

  @Test
  void filterAndCountWorkOverAllPartitions() {
    ScanResponse page =
        scan(
            "Many",
            request ->
                request
                    .filterExpression("n < :ten")
                    .expressionAttributeValues(Map.of(":ten", n(10)))
                    .select(Select.COUNT));
    assertEquals(10, page.count());
    assertEquals(ITEMS, page.scannedCount());
  }

  @Test
  void consistentScanAsksTheLeaderAlone() {
    server.cluster.lead("node-b");
    scan("Many", request -> request.consistentRead(true));
    server.cluster.forgetAsked();
    scan("Many", request -> request.consistentRead(true));
    assertEquals(Set.of("node-b"), Set.copyOf(server.cluster.asked()));
  }

  @Test
  void pageEndsAfterOneMegabyteAcrossPartitions() {
    server.createTable(client, "Large", null, ScalarAttributeType.S);
    String text = "x".repeat(200_000);
    for (int i = 0; i < 20; i++) {
      Map<String, AttributeValue> item = item("id", s("large-" + i), "text", s(text));
      client.putItem(request -> request.tableName("Large").item(item));
    }
    ScanResponse page = scan("Large", request -> request);
    assertEquals(6, page.count());
    assertTrue(page.hasLastEvaluatedKey());
  }

  private String refusal(UnaryOperator<ScanRequest.Builder> more) {
    DynamoDbException refused = assertThrows(DynamoDbException.class, () -> scan("Many", more));
    assertEquals("ValidationException", refused.awsErrorDetails().errorCode());
    return refused.awsErrorDetails().errorMessage();
  }

  @Test
  void mistakesAboutSegmentsAreRefusedInTheWordsOfDynamoDb() {
    assertEquals(
        "The TotalSegments parameter is required but was not present in the request when Segment"
            + " parameter is present",
        refusal(request -> request.segment(1)));
    assertEquals(
        "The Segment parameter is required but was not present in the request when parameter"
            + " TotalSegments is present",
        refusal(request -> request.totalSegments(1)));
    assertEquals(
        "The Segment parameter is zero-based and must be less than parameter TotalSegments:"
            + " Segment: 2 is not less than TotalSegments: 2",
        refusal(request -> request.segment(2).totalSegments(2)));
    assertEquals(
        "1 validation error detected: Value '1000001' at 'totalSegments' failed to satisfy"
            + " constraint: Member must have value less than or equal to 1000000",
        refusal(request -> request.segment(2).totalSegments(1_000_001)));
  }

  @Test
  void startingKeyOfAnotherSegmentIsRefused() {
    String first = ids(request -> request).getFirst();
    assertEquals(
        "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use"
            + " ExclusiveStartKey with correct Segment. TotalSegments: 2 Segment: 1",
        refusal(
            request ->
                request.segment(1).totalSegments(2).exclusiveStartKey(item("id", s(first)))));
  }
}
