package dev.assay.benchmarks;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Reads and writes items of one size in one table. Any thread may call.
 *
 * <p>The HTTP client is the SDK's Apache 5 client: of those that could be had here it scales best
 * and costs least. Nothing is retried, so that an error is counted and not hidden in a latency.
 */
final class ItemClient implements AutoCloseable {
  private static final String KEY = "id";
  private static final String BODY = "body";
  private static final int KEY_LENGTH = 12;
  private static final int BODIES = 64;
  private static final int BATCH = 25;

  private final DynamoDbClient dynamo;
  private final String table;
  private final List<AttributeValue> bodies = new ArrayList<>();

  /**
   * @param itemBytes as DynamoDB counts them: names and values
   */
  ItemClient(URI endpoint, String table, int connections, int itemBytes) {
    this.table = table;
    this.dynamo =
        DynamoDbClient.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("assay", "assay")))
            .httpClientBuilder(Apache5HttpClient.builder().maxConnections(connections))
            .overrideConfiguration(
                configuration ->
                    configuration
                        .retryStrategy(AwsRetryStrategy.doNotRetry())
                        .apiCallTimeout(Duration.ofSeconds(30)))
            .build();
    Random random = new Random(900);
    int bodyLength = itemBytes - KEY.length() - KEY_LENGTH - BODY.length();
    for (int i = 0; i < BODIES; i++) {
      StringBuilder body = new StringBuilder();
      random.ints(bodyLength, 'a', 'z' + 1).forEach(body::appendCodePoint);
      bodies.add(AttributeValue.fromS(body.toString()));
    }
  }

  /** Makes the table and waits until it can be used. */
  void createTable() throws InterruptedException {
    dynamo.createTable(
        CreateTableRequest.builder()
            .tableName(table)
            .keySchema(KeySchemaElement.builder().attributeName(KEY).keyType(KeyType.HASH).build())
            .attributeDefinitions(
                AttributeDefinition.builder()
                    .attributeName(KEY)
                    .attributeType(ScalarAttributeType.S)
                    .build())
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .build());
    while (dynamo.describeTable(describe -> describe.tableName(table)).table().tableStatus()
        != TableStatus.ACTIVE) {
      Thread.sleep(50);
    }
  }

  void deleteTable() {
    dynamo.deleteTable(delete -> delete.tableName(table));
  }

  void put(int number) {
    dynamo.putItem(put -> put.tableName(table).item(item(number)));
  }

  /**
   * A strongly consistent read.
   *
   * @throws IllegalStateException when the item is not there
   */
  void get(int number) {
    Map<String, AttributeValue> item =
        dynamo
            .getItem(
                get ->
                    get.tableName(table)
                        .key(Map.of(KEY, AttributeValue.fromS(key(number))))
                        .consistentRead(true))
            .item();
    if (item.size() != 2) {
      throw new IllegalStateException("item " + number + " is not there");
    }
  }

  /** Writes the items {@code [from, to)}, as fast as a few threads can. */
  void fill(int from, int to, int threads) throws InterruptedException {
    List<Future<?>> running = new ArrayList<>();
    try (ExecutorService fillers = Executors.newFixedThreadPool(threads)) {
      for (int at = from; at < to; at += BATCH) {
        int first = at;
        running.add(fillers.submit(() -> putAll(first, Math.min(to, first + BATCH))));
      }
    }
    for (Future<?> one : running) {
      try {
        one.get();
      } catch (ExecutionException failed) {
        throw new IllegalStateException("the table could not be filled", failed.getCause());
      }
    }
  }

  /** Writes the items {@code [from, to)} in one request, and in more while some are refused. */
  private void putAll(int from, int to) {
    List<WriteRequest> writes = new ArrayList<>();
    for (int number = from; number < to; number++) {
      writes.add(
          WriteRequest.builder()
              .putRequest(PutRequest.builder().item(item(number)).build())
              .build());
    }
    Map<String, List<WriteRequest>> left = Map.of(table, writes);
    while (!left.isEmpty()) {
      BatchWriteItemResponse answer =
          dynamo.batchWriteItem(BatchWriteItemRequest.builder().requestItems(left).build());
      left = answer.unprocessedItems();
    }
  }

  private Map<String, AttributeValue> item(int number) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put(KEY, AttributeValue.fromS(key(number)));
    item.put(BODY, bodies.get(Math.floorMod(number * 31, BODIES)));
    return item;
  }

  private static String key(int number) {
    String digits = Integer.toString(number);
    return "k" + "0".repeat(KEY_LENGTH - 1 - digits.length()) + digits;
  }

  @Override
  public void close() {
    dynamo.close();
  }
}
