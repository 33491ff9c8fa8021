package dev.assay.requestrouter;

import static dev.assay.requestrouter.Values.item;
import static dev.assay.requestrouter.Values.n;
import static dev.assay.requestrouter.Values.s;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Batches through the real SDK. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchOperationsIT {
  private TestServer server;
  private DynamoDbClient client;

  @BeforeAll
  void start() {
    server = new TestServer(options -> options.withTablePartitions(3));
    client = server.client();
    server.createTable(client, "One", null, ScalarAttributeType.S);
    server.createTable(client, "Two", "n", ScalarAttributeType.N);
  }

  @BeforeEach
  void answerPlainly() {
    server.cluster.intercept(_ -> null);
  }

  @AfterAll
  void stop() {
    client.close();
    server.close();
  }

  private static WriteRequest put(Map<String, AttributeValue> item) {
    return WriteRequest.builder().putRequest(put -> put.item(item)).build();
  }

  private static WriteRequest delete(Map<String, AttributeValue> key) {
    return WriteRequest.builder().deleteRequest(delete -> delete.key(key)).build();
  }

  private BatchWriteItemResponse write(Map<String, List<WriteRequest>> requests) {
    return client.batchWriteItem(
        request ->
            request.requestItems(requests).returnConsumedCapacity(ReturnConsumedCapacity.TOTAL));
  }

  private static Map<String, AttributeValue> one(int i) {
    return item("id", s("one-" + i), "v", n(i));
  }

  private static Map<String, AttributeValue> oneKey(int i) {
    return item("id", s("one-" + i));
  }

  private BatchGetItemResponse get(Map<String, KeysAndAttributes> requests) {
    return client.batchGetItem(
        request ->
            request.requestItems(requests).returnConsumedCapacity(ReturnConsumedCapacity.TOTAL));
  }

  private static KeysAndAttributes keys(List<Map<String, AttributeValue>> keys) {
    return KeysAndAttributes.builder().keys(keys).consistentRead(true).build();
  }

  @Test
  void batchOverTwoTablesIsWrittenAndRead() {
    BatchWriteItemResponse written =
        write(
            Map.of(
                "One", IntStream.range(0, 20).mapToObj(i -> put(one(i))).toList(),
                "Two", List.of(put(item("id", s("x"), "n", n(1))))));
    assertTrue(written.unprocessedItems().isEmpty());
    assertEquals(2, written.consumedCapacity().size());
    write(Map.of("One", List.of(delete(oneKey(0)), put(item("id", s("one-1"))))));

    BatchGetItemResponse read =
        get(
            Map.of(
                "One", keys(IntStream.range(0, 20).mapToObj(BatchOperationsIT::oneKey).toList()),
                "Two", keys(List.of(item("id", s("x"), "n", n(1))))));
    assertTrue(read.unprocessedKeys().isEmpty());
    List<Map<String, AttributeValue>> expected = new ArrayList<>();
    expected.add(oneKey(1));
    IntStream.range(2, 20).forEach(i -> expected.add(one(i)));
    assertEquals(new HashSet<>(expected), new HashSet<>(read.responses().get("One")));
    assertEquals(List.of(item("id", s("x"), "n", n(1))), read.responses().get("Two"));
    assertEquals(2, read.consumedCapacity().size());
  }

  @Test
  void projectionHoldsForItsTable() {
    write(Map.of("One", List.of(put(one(50)))));
    KeysAndAttributes keys =
        KeysAndAttributes.builder()
            .keys(List.of(oneKey(50)))
            .projectionExpression("#v")
            .expressionAttributeNames(Map.of("#v", "v"))
            .build();
    assertEquals(List.of(item("v", n(50))), get(Map.of("One", keys)).responses().get("One"));
  }

  @Test
  void moreThanSixteenMegabytesComeBackUnprocessed() {
    String text = "x".repeat(390_000);
    for (int i = 100; i < 150; i++) {
      Map<String, AttributeValue> item = item("id", s("one-" + i), "text", s(text));
      client.putItem(request -> request.tableName("One").item(item));
    }
    List<Map<String, AttributeValue>> keys =
        IntStream.range(100, 150).mapToObj(BatchOperationsIT::oneKey).toList();
    BatchGetItemResponse read = get(Map.of("One", keys(keys)));
    List<Map<String, AttributeValue>> found = read.responses().getOrDefault("One", List.of());
    KeysAndAttributes left = read.unprocessedKeys().get("One");
    assertEquals(43, found.size());
    assertTrue(left != null && left.keys().size() == 7 && left.consistentRead());
  }

  @Test
  void whatABusyPartitionDoesNotTakeComesBackUnprocessed() {
    AtomicInteger count = new AtomicInteger();
    server.cluster.intercept(
        request ->
            request instanceof PartitionRequest.Write && count.getAndIncrement() % 2 == 0
                ? new PartitionReply.Overloaded()
                : null);
    List<WriteRequest> requests = IntStream.range(200, 210).mapToObj(i -> put(one(i))).toList();
    BatchWriteItemResponse written = write(Map.of("One", requests));
    List<WriteRequest> left = written.unprocessedItems().getOrDefault("One", List.of());
    assertEquals(5, left.size());
    assertTrue(requests.containsAll(left));
  }

  @Test
  void batchOfWhichNothingWasDoneIsAnError() {
    server.cluster.intercept(_ -> new PartitionReply.Overloaded());
    assertThrows(
        ProvisionedThroughputExceededException.class,
        () -> write(Map.of("One", List.of(put(one(1)), put(one(2))))));
    assertThrows(
        ProvisionedThroughputExceededException.class,
        () -> get(Map.of("One", keys(List.of(oneKey(1), oneKey(2))))));
  }

  @Test
  void unknownOutcomeOfOneWriteIsNeverCalledUnprocessed() {
    AtomicInteger count = new AtomicInteger();
    server.cluster.intercept(
        request ->
            request instanceof PartitionRequest.Write && count.getAndIncrement() == 1
                ? new PartitionReply.OutcomeUnknown("leadership was lost")
                : null);
    DynamoDbException failed =
        assertThrows(
            DynamoDbException.class,
            () -> write(Map.of("One", List.of(put(one(1)), put(one(2)), put(one(3))))));
    assertEquals(500, failed.statusCode());
  }

  private static String message(DynamoDbException refused) {
    assertEquals("ValidationException", refused.awsErrorDetails().errorCode());
    return refused.awsErrorDetails().errorMessage();
  }

  private String refusedWrite(Map<String, List<WriteRequest>> requests) {
    return message(assertThrows(DynamoDbException.class, () -> write(requests)));
  }

  private String refusedGet(Map<String, KeysAndAttributes> requests) {
    return message(assertThrows(DynamoDbException.class, () -> get(requests)));
  }

  @Test
  void mistakesAreRefusedInTheWordsOfDynamoDb() {
    String duplicates = "Provided list of item keys contains duplicates";
    assertEquals(duplicates, refusedWrite(Map.of("One", List.of(put(one(1)), delete(oneKey(1))))));
    assertEquals(duplicates, refusedGet(Map.of("One", keys(List.of(oneKey(1), oneKey(1))))));
    assertEquals(
        "Too many items requested for the BatchWriteItem call",
        refusedWrite(
            Map.of(
                "One", IntStream.range(0, 20).mapToObj(i -> put(one(i))).toList(),
                "Two", IntStream.range(0, 6).mapToObj(i -> put(one(i))).toList())));
    assertEquals(
        "The provided key element does not match the schema",
        refusedWrite(Map.of("One", List.of(delete(item("other", s("x")))))));
    assertTrue(
        refusedWrite(Map.of("One", List.of()))
            .startsWith("1 validation error detected: Value '[One]' at 'requestItems' failed"));
    assertTrue(
        refusedWrite(Map.of()).contains("Member must have length greater than or equal to 1"));
    assertTrue(
        refusedGet(Map.of("One", keys(IntStream.range(0, 101).mapToObj(i -> oneKey(i)).toList())))
            .contains("'requestItems.One.member.keys' failed to satisfy constraint"));
    assertTrue(
        refusedGet(
                Map.of(
                    "One", keys(IntStream.range(0, 60).mapToObj(i -> oneKey(i)).toList()),
                    "Two", keys(IntStream.range(0, 60).mapToObj(i -> oneKey(i)).toList())))
            .startsWith("Too many items requested for the BatchGetItem call"));
  }

  @Test
  void unknownTableFailsTheBatchBeforeAnythingIsDone() {
    assertThrows(
        DynamoDbException.class,
        () -> write(Map.of("One", List.of(put(one(900))), "NoSuch", List.of(put(one(1))))));
    assertFalse(
        client
            .getItem(request -> request.tableName("One").key(oneKey(900)).consistentRead(true))
            .hasItem());
  }
}
