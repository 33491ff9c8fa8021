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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.InternalServerErrorException;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/** Single items through the real SDK. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ItemOperationsIT {
  private static final String TABLE = "Planets";

  private TestServer server;
  private DynamoDbClient client;

  @BeforeAll
  void start() {
    server = new TestServer();
    client = server.client();
    server.createTable(client, TABLE, null, ScalarAttributeType.S);
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

  private Map<String, AttributeValue> get(String id) {
    return client
        .getItem(request -> request.tableName(TABLE).key(item("id", s(id))).consistentRead(true))
        .item();
  }

  private PutItemResponse put(Map<String, AttributeValue> item) {
    return client.putItem(request -> request.tableName(TABLE).item(item));
  }

  @Test
  void everyTypeOfValueComesBackAsItWent() {
    SdkBytes bytes = SdkBytes.fromByteArray(new byte[] {0, 1, -1, 127, -128});
    Map<String, AttributeValue> item =
        item(
            "id", s("types"),
            "text", s("häß 日本 😀 \u0000\""),
            "empty", s(""),
            "number", AttributeValue.fromN("-12345678901234567890123456789012345678"),
            "small", AttributeValue.fromN("0.00000001"),
            "bytes", AttributeValue.fromB(bytes),
            "yes", AttributeValue.fromBool(true),
            "no", AttributeValue.fromBool(false),
            "nothing", AttributeValue.fromNul(true),
            "texts", AttributeValue.fromSs(List.of("a", "b")),
            "numbers", AttributeValue.fromNs(List.of("1", "2.5")),
            "blobs", AttributeValue.fromBs(List.of(bytes)),
            "list", AttributeValue.fromL(List.of(s("x"), n(1), AttributeValue.fromL(List.of()))),
            "map", AttributeValue.fromM(Map.of("k", s("v"), "m", AttributeValue.fromM(Map.of()))));
    put(item);
    assertEquals(item, get("types"));
  }

  @Test
  void numbersAreWrittenInFull() {
    put(
        item(
            "id",
            s("number"),
            "n",
            AttributeValue.fromN("1.50E+3"),
            "z",
            AttributeValue.fromN("-0.0")));
    assertEquals(
        item("id", s("number"), "n", AttributeValue.fromN("1500"), "z", AttributeValue.fromN("0")),
        get("number"));
  }

  @Test
  void itemThatDoesNotExistIsAbsent() {
    GetItemResponse response =
        client.getItem(request -> request.tableName(TABLE).key(item("id", s("nowhere"))));
    assertFalse(response.hasItem());
  }

  @Test
  void putReturnsTheOldItemWhenAsked() {
    assertFalse(put(item("id", s("old"), "v", n(1))).hasAttributes());
    PutItemResponse second =
        client.putItem(
            request ->
                request
                    .tableName(TABLE)
                    .item(item("id", s("old"), "v", n(2)))
                    .returnValues(ReturnValue.ALL_OLD));
    assertEquals(item("id", s("old"), "v", n(1)), second.attributes());
  }

  @Test
  void deleteReturnsTheOldItemWhenAsked() {
    put(item("id", s("gone"), "v", n(1)));
    var response =
        client.deleteItem(
            request ->
                request
                    .tableName(TABLE)
                    .key(item("id", s("gone")))
                    .returnValues(ReturnValue.ALL_OLD));
    assertEquals(item("id", s("gone"), "v", n(1)), response.attributes());
    assertTrue(get("gone").isEmpty());
  }

  @Test
  void conditionThatFailsIsAnErrorWithTheItemWhenAsked() {
    put(item("id", s("taken"), "v", n(1)));
    ConditionalCheckFailedException failed =
        assertThrows(
            ConditionalCheckFailedException.class,
            () ->
                client.putItem(
                    request ->
                        request
                            .tableName(TABLE)
                            .item(item("id", s("taken")))
                            .conditionExpression("attribute_not_exists(id)")
                            .returnValuesOnConditionCheckFailure(
                                ReturnValuesOnConditionCheckFailure.ALL_OLD)));
    assertEquals("The conditional request failed", failed.awsErrorDetails().errorMessage());
    assertEquals(item("id", s("taken"), "v", n(1)), failed.item());
    assertEquals(item("id", s("taken"), "v", n(1)), get("taken"));
  }

  @Test
  void conditionThatHoldsLetsTheWritePass() {
    put(item("id", s("counted"), "v", n(1)));
    client.deleteItem(
        request ->
            request
                .tableName(TABLE)
                .key(item("id", s("counted")))
                .conditionExpression("#v = :one")
                .expressionAttributeNames(Map.of("#v", "v"))
                .expressionAttributeValues(Map.of(":one", n(1))));
    assertTrue(get("counted").isEmpty());
  }

  private UpdateItemResponse update(String id, ReturnValue returnValues) {
    return client.updateItem(
        request ->
            request
                .tableName(TABLE)
                .key(item("id", s(id)))
                .updateExpression("SET a = :two REMOVE c")
                .expressionAttributeValues(Map.of(":two", n(2)))
                .returnValues(returnValues));
  }

  @Test
  void updateReturnsWhatWasAskedFor() {
    Map<String, AttributeValue> before = item("id", s("u"), "a", n(1), "b", n(1), "c", n(1));
    Map<String, AttributeValue> after = item("id", s("u"), "a", n(2), "b", n(1));
    put(before);
    assertFalse(update("u", ReturnValue.NONE).hasAttributes());
    put(before);
    assertEquals(before, update("u", ReturnValue.ALL_OLD).attributes());
    put(before);
    assertEquals(after, update("u", ReturnValue.ALL_NEW).attributes());
    put(before);
    assertEquals(item("a", n(1), "c", n(1)), update("u", ReturnValue.UPDATED_OLD).attributes());
    put(before);
    assertEquals(item("a", n(2)), update("u", ReturnValue.UPDATED_NEW).attributes());
  }

  @Test
  void updateWithoutAnExpressionCreatesTheItem() {
    client.updateItem(request -> request.tableName(TABLE).key(item("id", s("bare"))));
    assertEquals(item("id", s("bare")), get("bare"));
  }

  @Test
  void updateOfAKeyAttributeIsRefused() {
    DynamoDbException refused =
        assertThrows(
            DynamoDbException.class,
            () ->
                client.updateItem(
                    request ->
                        request
                            .tableName(TABLE)
                            .key(item("id", s("x")))
                            .updateExpression("SET id = :v")
                            .expressionAttributeValues(Map.of(":v", s("y")))));
    assertEquals(
        "One or more parameter values were invalid: Cannot update attribute id. This attribute is"
            + " part of the key",
        refused.awsErrorDetails().errorMessage());
  }

  @Test
  void projectionReturnsOnlyWhatItNames() {
    put(
        item(
            "id",
            s("p"),
            "a",
            n(1),
            "b",
            n(2),
            "m",
            AttributeValue.fromM(Map.of("x", n(1), "y", n(2)))));
    GetItemResponse response =
        client.getItem(
            request ->
                request
                    .tableName(TABLE)
                    .key(item("id", s("p")))
                    .projectionExpression("a, #m.x")
                    .expressionAttributeNames(Map.of("#m", "m")));
    assertEquals(item("a", n(1), "m", AttributeValue.fromM(Map.of("x", n(1)))), response.item());
  }

  @Test
  void capacityIsReportedWhenAsked() {
    String text = "x".repeat(5000);
    PutItemResponse written =
        client.putItem(
            request ->
                request
                    .tableName(TABLE)
                    .item(item("id", s("big"), "text", s(text)))
                    .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL));
    assertEquals(5.0, written.consumedCapacity().capacityUnits());
    assertEquals(TABLE, written.consumedCapacity().tableName());
    GetItemResponse eventually =
        client.getItem(
            request ->
                request
                    .tableName(TABLE)
                    .key(item("id", s("big")))
                    .returnConsumedCapacity(ReturnConsumedCapacity.INDEXES));
    assertEquals(1.0, eventually.consumedCapacity().capacityUnits());
    assertEquals(1.0, eventually.consumedCapacity().table().capacityUnits());
    GetItemResponse strongly =
        client.getItem(
            request ->
                request
                    .tableName(TABLE)
                    .key(item("id", s("big")))
                    .consistentRead(true)
                    .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL));
    assertEquals(2.0, strongly.consumedCapacity().capacityUnits());
  }

  @Test
  void consistentReadGoesToTheLeaderAndOthersTakeTurns() {
    server.cluster.lead("node-c");
    get("whoever");
    server.cluster.forgetAsked();
    for (int i = 0; i < 6; i++) {
      get("whoever");
    }
    assertEquals(List.of("node-c"), server.cluster.asked().stream().distinct().toList());
    server.cluster.forgetAsked();
    for (int i = 0; i < 6; i++) {
      client.getItem(request -> request.tableName(TABLE).key(item("id", s("whoever"))));
    }
    assertEquals(FakeCluster.NODES, server.cluster.asked().stream().distinct().sorted().toList());
    server.cluster.lead("node-a");
  }

  @Test
  void unknownTableIsNotFound() {
    assertThrows(
        ResourceNotFoundException.class,
        () -> client.getItem(request -> request.tableName("NoSuch").key(item("id", s("x")))));
  }

  @Test
  void unknownOutcomeIsAServerErrorAndIsAskedOnce() {
    server.cluster.intercept(
        request ->
            request instanceof PartitionRequest.Write
                ? new PartitionReply.OutcomeUnknown("leadership was lost")
                : null);
    server.cluster.forgetAsked();
    InternalServerErrorException failed =
        assertThrows(InternalServerErrorException.class, () -> put(item("id", s("maybe"))));
    assertEquals(500, failed.statusCode());
    assertTrue(
        failed.awsErrorDetails().errorMessage().contains("outcome of the request is unknown"));
    assertEquals(1, server.cluster.asked().size());
  }

  @Test
  void busyPartitionIsThrottling() {
    server.cluster.intercept(_ -> new PartitionReply.Overloaded());
    ProvisionedThroughputExceededException failed =
        assertThrows(
            ProvisionedThroughputExceededException.class, () -> put(item("id", s("busy"))));
    assertTrue(failed.isThrottlingException());
  }

  @Test
  void faultInsideIsA500WithoutDetails() {
    server.cluster.intercept(
        _ -> {
          throw new IllegalStateException("secret detail");
        });
    DynamoDbException failed =
        assertThrows(DynamoDbException.class, () -> put(item("id", s("fault"))));
    assertEquals(500, failed.statusCode());
    assertFalse(String.valueOf(failed.getMessage()).contains("secret detail"));
  }

  @Test
  void refusalByThePartitionIsAValidationError() {
    server.cluster.intercept(_ -> new PartitionReply.Invalid("no such thing"));
    DynamoDbException failed =
        assertThrows(DynamoDbException.class, () -> put(item("id", s("invalid"))));
    assertEquals("ValidationException", failed.awsErrorDetails().errorCode());
    assertEquals("no such thing", failed.awsErrorDetails().errorMessage());
  }

  @Test
  void metadataOutOfReachIsA503() {
    server.cluster.metadataReachable(false);
    try {
      DynamoDbException failed =
          assertThrows(DynamoDbException.class, () -> put(item("id", s("where"))));
      assertEquals(503, failed.statusCode());
    } finally {
      server.cluster.metadataReachable(true);
    }
  }

  @Test
  void requestsAreCountedByOperationAndOutcome() {
    put(item("id", s("counted")));
    assertThrows(
        ResourceNotFoundException.class,
        () -> client.getItem(request -> request.tableName("NoSuch").key(item("id", s("x")))));
    assertTrue(count("PutItem", "success") >= 1);
    assertTrue(count("GetItem", "client_error") >= 1);
    assertEquals(0, server.registry.get("assay.api.requests.in.flight").gauge().value());
  }

  private long count(String operation, String outcome) {
    return server
        .registry
        .get("assay.api.requests")
        .tag("operation", operation)
        .tag("outcome", outcome)
        .timer()
        .count();
  }
}
