package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.requestrouter.Credentials;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/** The operations that read many items, over a table of four partitions, through the real SDK. */
class SeveralPartitionsIT {
  private static final String TABLE = "wide";
  private static final int USERS = 20;
  private static final int ORDERS = 5;

  private static EmbeddedCluster cluster;
  private static DynamoDbClient client;

  @BeforeAll
  static void fill(@TempDir Path data) throws Exception {
    cluster =
        EmbeddedCluster.start(
            new EmbeddedCluster.Options(data, 0, 0, 4, Credentials.of(Map.of("assay", "assay"))));
    cluster.awaitReady();
    client = LocalClient.at(cluster.port());
    client.createTable(
        request ->
            request
                .tableName(TABLE)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .keySchema(element("user", KeyType.HASH), element("order", KeyType.RANGE))
                .attributeDefinitions(
                    definition("user", ScalarAttributeType.S),
                    definition("order", ScalarAttributeType.N)));
    client.waiter().waitUntilTableExists(request -> request.tableName(TABLE));
    for (int user = 0; user < USERS; user++) {
      for (int order = 0; order < ORDERS; order++) {
        Map<String, AttributeValue> item = new HashMap<>(key(user, order));
        item.put("text", AttributeValue.fromS("of " + user));
        client.putItem(request -> request.tableName(TABLE).item(item));
      }
    }
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    cluster.close();
  }

  private static KeySchemaElement element(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }

  private static AttributeDefinition definition(String name, ScalarAttributeType type) {
    return AttributeDefinition.builder().attributeName(name).attributeType(type).build();
  }

  private static Map<String, AttributeValue> key(int user, int order) {
    return Map.of(
        "user", AttributeValue.fromS("user-" + user),
        "order", AttributeValue.fromN("" + order));
  }

  private static <T> T required(Map<String, T> map, String key) {
    return Objects.requireNonNull(map.get(key), key);
  }

  @Test
  void aScanMeetsEveryItemOnceOverAllPartitions() {
    Set<Map<String, AttributeValue>> seen = new HashSet<>();
    Map<String, AttributeValue> from = Map.of();
    int pages = 0;
    do {
      ScanRequest.Builder request =
          ScanRequest.builder().tableName(TABLE).limit(7).consistentRead(true);
      if (!from.isEmpty()) {
        request.exclusiveStartKey(from);
      }
      ScanResponse page = client.scan(request.build());
      assertTrue(page.count() <= 7);
      page.items().forEach(item -> assertTrue(seen.add(item), "twice: " + item));
      from = page.lastEvaluatedKey();
      pages++;
    } while (!from.isEmpty());
    assertEquals(USERS * ORDERS, seen.size());
    assertTrue(pages > USERS * ORDERS / 7);
  }

  @Test
  void aQueryPagesInBothDirections() {
    for (boolean forward : List.of(true, false)) {
      List<String> orders = new ArrayList<>();
      Map<String, AttributeValue> from = Map.of();
      do {
        QueryRequest.Builder request =
            QueryRequest.builder()
                .tableName(TABLE)
                .keyConditionExpression("#u = :u")
                .expressionAttributeNames(Map.of("#u", "user"))
                .expressionAttributeValues(Map.of(":u", AttributeValue.fromS("user-3")))
                .scanIndexForward(forward)
                .consistentRead(true)
                .limit(2);
        if (!from.isEmpty()) {
          request.exclusiveStartKey(from);
        }
        QueryResponse page = client.query(request.build());
        page.items().forEach(item -> orders.add(required(item, "order").n()));
        from = page.lastEvaluatedKey();
      } while (!from.isEmpty());
      List<String> ascending = List.of("0", "1", "2", "3", "4");
      assertEquals(forward ? ascending : ascending.reversed(), orders);
    }
  }

  @Test
  void aBatchGetFindsItemsOfAllPartitionsAndSaysNothingOfAbsentOnes() {
    List<Map<String, AttributeValue>> keys = new ArrayList<>();
    for (int user = 0; user < USERS; user++) {
      keys.add(key(user, 1));
    }
    keys.add(key(3, 99));
    BatchGetItemResponse found =
        client.batchGetItem(
            request ->
                request.requestItems(
                    Map.of(
                        TABLE,
                        KeysAndAttributes.builder().keys(keys).consistentRead(true).build())));
    assertEquals(USERS, required(found.responses(), TABLE).size());
    assertFalse(found.hasUnprocessedKeys() && !found.unprocessedKeys().isEmpty());
  }
}
