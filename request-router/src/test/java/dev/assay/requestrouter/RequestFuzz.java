package dev.assay.requestrouter;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.KeySchema;
import dev.assay.replicastore.Tables;
import dev.assay.replicastore.expression.ParsedExpressions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Damaged requests to every operation: each is answered, or refused with an error of the API. */
class RequestFuzz {
  private static final int ROUNDS = 20_000;
  private static final List<String> SEEDS =
      List.of(
          "{\"TableName\":\"Things\",\"Key\":{\"id\":{\"S\":\"a\"}},\"ConsistentRead\":true,"
              + "\"ProjectionExpression\":\"a, b[1].c\",\"ReturnConsumedCapacity\":\"TOTAL\"}",
          "{\"TableName\":\"Things\",\"Item\":{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"-1.5e10\"},"
              + "\"l\":{\"L\":[{\"B\":\"AQID\"},{\"M\":{\"x\":{\"NULL\":true}}}]},"
              + "\"ns\":{\"NS\":[\"1\",\"2\"]}},\"ConditionExpression\":\"attribute_exists(#a)\","
              + "\"ExpressionAttributeNames\":{\"#a\":\"n\"}}",
          "{\"TableName\":\"Things\",\"Key\":{\"id\":{\"S\":\"a\"}},\"UpdateExpression\":"
              + "\"SET n = n + :one REMOVE l[0]\",\"ExpressionAttributeValues\":"
              + "{\":one\":{\"N\":\"1\"}},\"ReturnValues\":\"UPDATED_NEW\"}",
          "{\"TableName\":\"Things\",\"KeyConditionExpression\":\"id = :id\",\"Limit\":2,"
              + "\"ExpressionAttributeValues\":{\":id\":{\"S\":\"a\"}},\"ScanIndexForward\":false,"
              + "\"ExclusiveStartKey\":{\"id\":{\"S\":\"a\"}}}",
          "{\"TableName\":\"Things\",\"TotalSegments\":3,\"Segment\":1,\"FilterExpression\":\"n >"
              + " :n\",\"ExpressionAttributeValues\":{\":n\":{\"N\":\"1\"}}}",
          "{\"RequestItems\":{\"Things\":{\"Keys\":[{\"id\":{\"S\":\"a\"}},{\"id\":{\"S\":\"b\"}}]}}}",
          "{\"RequestItems\":{\"Things\":[{\"PutRequest\":{\"Item\":{\"id\":{\"S\":\"a\"}}}},"
              + "{\"DeleteRequest\":{\"Key\":{\"id\":{\"S\":\"b\"}}}}]}}",
          "{\"TableName\":\"Other\",\"AttributeDefinitions\":[{\"AttributeName\":\"id\","
              + "\"AttributeType\":\"S\"}],\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":"
              + "\"HASH\"}],\"BillingMode\":\"PAY_PER_REQUEST\",\"Tags\":[{\"Key\":\"a\",\"Value\":"
              + "\"b\"}]}",
          "{\"Limit\":10,\"ExclusiveStartTableName\":\"Things\"}");

  private static final String[] PIECES = {
    "null",
    "{}",
    "[]",
    "\"\"",
    "1e999",
    "-1",
    "true",
    "{\"S\":1}",
    "\\u0000",
    "\\ud800",
    "\"",
    "}",
    "]",
    "{",
    "[",
    ",",
    ":",
    "\"N\"",
    "é",
    "9".repeat(50)
  };

  @Test
  void damagedRequestsAreAnsweredOrRefused() throws Exception {
    long seed = Long.getLong("assay.fuzz.seed", new Random().nextLong());
    System.out.println("RequestFuzz: -Dassay.fuzz.seed=" + seed);
    Random random = new Random(seed);
    FakeCluster cluster = new FakeCluster();
    cluster.create(
        new Tables.Definition(
            "Things",
            new KeySchema(new KeySchema.Attribute("id", KeySchema.Type.S), null),
            2,
            false,
            Map.of()));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Operation> operations = operations(cluster, threads);
      int answered = 0;
      for (int i = 0; i < ROUNDS; i++) {
        byte[] body = damaged(SEEDS.get(random.nextInt(SEEDS.size())), random);
        for (Operation operation : operations) {
          answered += run(operation, body) ? 1 : 0;
        }
      }
      assertTrue(answered > ROUNDS / 10, "only " + answered + " were answered");
    }
  }

  private static boolean run(Operation operation, byte[] body) {
    try (JsonRequest request = JsonRequest.open(body, body.length)) {
      JsonResponse response = new JsonResponse();
      operation.run(request, response);
      response.finish();
      return true;
    } catch (ApiException e) {
      return false;
    } catch (RuntimeException e) {
      throw new AssertionError(
          operation.name() + ": " + new String(body, StandardCharsets.UTF_8), e);
    }
  }

  private static byte[] damaged(String text, Random random) {
    StringBuilder damaged = new StringBuilder(text);
    for (int i = random.nextInt(3); i > 0; i--) {
      int from = random.nextInt(damaged.length());
      int to = Math.min(damaged.length(), from + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> damaged.delete(from, to);
        case 1 -> damaged.insert(from, PIECES[random.nextInt(PIECES.length)]);
        case 2 -> damaged.replace(from, to, PIECES[random.nextInt(PIECES.length)]);
        default -> damaged.insert(from, damaged.substring(from, to));
      }
    }
    byte[] bytes = damaged.toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 0 && random.nextInt(10) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  private static List<Operation> operations(FakeCluster cluster, ExecutorService threads) {
    PartitionRouting routing =
        new PartitionRouting(cluster.nodes(), Waiting.REAL, Duration.ofMillis(1));
    TableDirectory directory = new TableDirectory(cluster, () -> 0);
    ParsedExpressions parsed = new ParsedExpressions(10_000);
    ItemWriter writer = new ItemWriter(routing);
    FanOut fanOut = new FanOut(threads);
    return new ArrayList<>(
        List.of(
            new BatchGetItem(directory, routing, parsed, fanOut),
            new BatchWriteItem(directory, routing, fanOut),
            new CreateTable(cluster, 1),
            new DeleteItem(directory, writer, parsed),
            new DescribeTable(directory),
            new DescribeTimeToLive(directory),
            new GetItem(directory, routing, parsed),
            new ListTables(cluster),
            new ListTagsOfResource(directory),
            new PutItem(directory, writer, parsed),
            new Query(directory, routing, parsed),
            new Scan(directory, routing, parsed),
            new UpdateItem(directory, writer, parsed)));
  }
}
