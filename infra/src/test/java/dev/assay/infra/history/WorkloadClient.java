package dev.assay.infra.history;

import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;

/**
 * Carries out actions on single items through the AWS SDK, one attempt each, and says what became
 * of them. Any thread may call.
 *
 * <p>The SDK's retries are off: a retried write whose first attempt succeeded would look like a
 * database that applies a write twice.
 *
 * <p>An item holds its number, and what the last put left there: {@code origin} and a {@code
 * padding} made from it. An item whose padding is not that of its origin mixes two writes, and ends
 * the run.
 */
public final class WorkloadClient implements AutoCloseable {
  private static final String KEY = "id";
  private static final String NUMBER = "number";
  private static final String ORIGIN = "origin";
  private static final String PADDING = "padding";
  private static final int PADDING_MAX = 600;
  private static final int BAD_REQUEST = 400;
  private static final int SERVER_ERROR = 500;

  /** Refused before anything was done: the only 400s that a correct client may meet. */
  private static final List<String> REFUSED_UNDONE =
      List.of(
          "ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded");

  private final DynamoDbClient dynamo;
  private final String table;

  /**
   * @param attemptMax after which an unanswered operation counts as unknown
   */
  public WorkloadClient(URI endpoint, String table, int connections, Duration attemptMax) {
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
                        .apiCallTimeout(attemptMax))
            .build();
  }

  /** Makes the table and waits until it can be used. */
  public void createTable(Duration wait) throws InterruptedException {
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
    long untilNs = System.nanoTime() + wait.toNanos();
    while (dynamo.describeTable(request -> request.tableName(table)).table().tableStatus()
        != TableStatus.ACTIVE) {
      if (System.nanoTime() > untilNs) {
        throw new IllegalStateException("table " + table + " is not ACTIVE after " + wait);
      }
      Thread.sleep(20);
    }
  }

  /**
   * One attempt.
   *
   * @param ask whether to ask what a write replaced, or what made its condition fail
   * @throws IllegalStateException when the answer is one that no correct database gives
   */
  public Outcome perform(String key, Action action, boolean ask) {
    try {
      return new Outcome.Done(attempt(key, action, ask));
    } catch (ConditionalCheckFailedException failed) {
      if (!(action instanceof Action.If)) {
        throw new IllegalStateException("no condition was given: " + action.text(), failed);
      }
      return new Outcome.ConditionFailed(
          ask ? state(key, failed.hasItem() ? failed.item() : Map.of()) : null);
    } catch (DynamoDbException answered) {
      return refusal(action, answered);
    } catch (SdkClientException unanswered) {
      return causedByRefusedConnection(unanswered) ? new Outcome.NotDone() : new Outcome.Unknown();
    }
  }

  private static Outcome refusal(Action action, DynamoDbException answered) {
    if (answered.statusCode() >= SERVER_ERROR) {
      return new Outcome.Unknown();
    }
    if (answered.statusCode() == BAD_REQUEST
        && answered.awsErrorDetails() != null
        && REFUSED_UNDONE.contains(answered.awsErrorDetails().errorCode())) {
      return new Outcome.NotDone();
    }
    throw new IllegalStateException("a correct request was refused: " + action.text(), answered);
  }

  /** Nothing was sent if nobody listened. */
  private static boolean causedByRefusedConnection(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException) {
        return true;
      }
    }
    return false;
  }

  private @Nullable KeyState attempt(String key, Action action, boolean ask) {
    Map<String, AttributeValue> id = Map.of(KEY, AttributeValue.fromS(key));
    Condition condition = Condition.of(action);
    Action write = action instanceof Action.If guarded ? guarded.write() : action;
    ReturnValue old = ask ? ReturnValue.ALL_OLD : ReturnValue.NONE;
    ReturnValuesOnConditionCheckFailure oldOnFailure =
        ask && condition.expression != null
            ? ReturnValuesOnConditionCheckFailure.ALL_OLD
            : ReturnValuesOnConditionCheckFailure.NONE;
    Map<String, AttributeValue> seen =
        switch (write) {
          case Action.Read() ->
              dynamo.getItem(get -> get.tableName(table).key(id).consistentRead(true)).item();
          case Action.Put(long number) ->
              dynamo
                  .putItem(
                      put ->
                          put.tableName(table)
                              .item(item(key, number))
                              .conditionExpression(condition.expression)
                              .expressionAttributeNames(condition.names())
                              .expressionAttributeValues(condition.values())
                              .returnValues(old)
                              .returnValuesOnConditionCheckFailure(oldOnFailure))
                  .attributes();
          case Action.Delete() ->
              dynamo
                  .deleteItem(
                      delete ->
                          delete
                              .tableName(table)
                              .key(id)
                              .conditionExpression(condition.expression)
                              .expressionAttributeNames(condition.names())
                              .expressionAttributeValues(condition.values())
                              .returnValues(old)
                              .returnValuesOnConditionCheckFailure(oldOnFailure))
                  .attributes();
          case Action.Add(long delta) ->
              dynamo
                  .updateItem(
                      update ->
                          update
                              .tableName(table)
                              .key(id)
                              .updateExpression(condition.addition())
                              .conditionExpression(condition.expression)
                              .expressionAttributeNames(Map.of("#n", NUMBER))
                              .expressionAttributeValues(condition.valuesWith(delta))
                              .returnValues(old)
                              .returnValuesOnConditionCheckFailure(oldOnFailure))
                  .attributes();
          case Action.If _ -> throw new AssertionError("a condition in a condition");
        };
    return ask || write instanceof Action.Read ? state(key, seen) : null;
  }

  /** How an action's condition is written. */
  private record Condition(@Nullable String expression, @Nullable Long expected) {

    static Condition of(Action action) {
      if (!(action instanceof Action.If guarded)) {
        return new Condition(null, null);
      }
      Long expected = guarded.expected().number();
      return expected == null
          ? new Condition("attribute_not_exists(" + KEY + ")", null)
          : new Condition("#n = :expected", expected);
    }

    @Nullable Map<String, String> names() {
      return expected == null ? null : Map.of("#n", NUMBER);
    }

    @Nullable Map<String, AttributeValue> values() {
      return expected == null ? null : Map.of(":expected", numeric(expected));
    }

    /** Two ways to add, so that both are tried: arithmetic needs a number that is there. */
    String addition() {
      return expected == null ? "ADD #n :delta" : "SET #n = #n + :delta";
    }

    Map<String, AttributeValue> valuesWith(long delta) {
      Map<String, AttributeValue> values = new HashMap<>(Map.of(":delta", numeric(delta)));
      if (expected != null) {
        values.put(":expected", numeric(expected));
      }
      return values;
    }
  }

  private static Map<String, AttributeValue> item(String key, long number) {
    return Map.of(
        KEY,
        AttributeValue.fromS(key),
        NUMBER,
        numeric(number),
        ORIGIN,
        numeric(number),
        PADDING,
        AttributeValue.fromS(padding(number)));
  }

  private static AttributeValue numeric(long number) {
    return AttributeValue.fromN(Long.toString(number));
  }

  private static String padding(long origin) {
    String digits = Long.toString(origin);
    return digits.repeat(Math.floorMod(Long.hashCode(origin), PADDING_MAX) / digits.length());
  }

  private static KeyState state(String key, Map<String, AttributeValue> item) {
    if (item.isEmpty()) {
      return KeyState.ABSENT;
    }
    AttributeValue origin = item.get(ORIGIN);
    AttributeValue padding = item.get(PADDING);
    AttributeValue number = item.get(NUMBER);
    boolean whole =
        AttributeValue.fromS(key).equals(item.get(KEY))
            && (origin == null
                ? padding == null
                : AttributeValue.fromS(padding(Long.parseLong(origin.n()))).equals(padding));
    if (number == null || !whole) {
      throw new IllegalStateException("key " + key + " gave an item that nobody wrote: " + item);
    }
    return KeyState.of(Long.parseLong(number.n()));
  }

  @Override
  public void close() {
    dynamo.close();
  }
}
