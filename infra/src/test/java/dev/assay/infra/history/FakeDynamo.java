package dev.assay.infra.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A database on one lock that speaks as much of DynamoDB's protocol as {@link WorkloadClient} uses,
 * and misbehaves in one chosen way now and then. It is there to show that a workload's history
 * betrays each misbehaviour, and that honest trouble does not look like one.
 */
final class FakeDynamo implements AutoCloseable {

  /** What it does to one request in {@link #ONE_IN}. */
  enum Trouble {
    NONE,
    /** Honest: fails without having done anything. */
    FAILS_UNDONE,
    /** Honest: does it, then fails. */
    FAILS_DONE,
    /** Honest: does it, then cuts the connection. */
    HANGS_UP,
    /** Honest: refuses for lack of capacity. */
    THROTTLES,
    /** Wrong: answers a read with what the key held before the last write. */
    STALE_READ,
    /** Wrong: acknowledges a write and forgets it. */
    LOSES_WRITE,
    /** Wrong: applies an increment twice. */
    DOUBLES_ADD,
    /** Wrong: checks a condition against what the key held before the last write. */
    STALE_CONDITION,
    /** Wrong: gives one item's attributes with another's padding. */
    MIXES_ITEMS,
    /** Wrong: refuses a correct request. */
    REFUSES
  }

  private static final int ONE_IN = 12;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectNode ABSENT = JSON.createObjectNode();

  private final Trouble trouble;
  private final Random random;
  private final Map<String, ObjectNode> items = new HashMap<>();
  private final Map<String, ObjectNode> itemsBefore = new HashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  FakeDynamo(Trouble trouble, long seed) throws IOException {
    this.trouble = trouble;
    this.random = new Random(seed);
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  URI endpoint() {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  private record Answer(int status, ObjectNode body) {}

  private void handle(HttpExchange exchange) throws IOException {
    String operation = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    JsonNode request = JSON.readTree(exchange.getRequestBody());
    boolean now;
    Answer answer;
    synchronized (this) {
      now = random.nextInt(ONE_IN) == 0;
      answer =
          now && trouble == Trouble.FAILS_UNDONE
              ? error(500, "InternalServerError")
              : answer(operation.substring(operation.indexOf('.') + 1), request, now);
    }
    if (now) {
      switch (trouble) {
        case FAILS_DONE -> answer = error(500, "InternalServerError");
        case REFUSES -> answer = error(400, "ValidationException");
        case HANGS_UP -> {
          exchange.close();
          return;
        }
        case NONE,
            FAILS_UNDONE,
            THROTTLES,
            STALE_READ,
            LOSES_WRITE,
            DOUBLES_ADD,
            STALE_CONDITION,
            MIXES_ITEMS -> {}
      }
    }
    byte[] body = answer.body.toString().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
    exchange.sendResponseHeaders(answer.status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private Answer answer(String operation, JsonNode request, boolean now) {
    if (now && trouble == Trouble.THROTTLES) {
      return error(400, "ThrottlingException");
    }
    return switch (operation) {
      case "CreateTable" -> ok(JSON.createObjectNode());
      case "DescribeTable" -> {
        ObjectNode body = JSON.createObjectNode();
        body.putObject("Table").put("TableStatus", "ACTIVE");
        yield ok(body);
      }
      case "GetItem" -> read(request.at("/Key/id/S").asText(), now);
      case "PutItem" ->
          write(request.at("/Item/id/S").asText(), request, (ObjectNode) request.get("Item"), now);
      case "DeleteItem" -> write(request.at("/Key/id/S").asText(), request, ABSENT, now);
      case "UpdateItem" -> write(request.at("/Key/id/S").asText(), request, null, now);
      default -> error(400, "UnknownOperationException");
    };
  }

  private Answer read(String key, boolean now) {
    ObjectNode item = items.getOrDefault(key, ABSENT).deepCopy();
    if (now && trouble == Trouble.STALE_READ) {
      item = itemsBefore.getOrDefault(key, ABSENT).deepCopy();
    }
    if (now && trouble == Trouble.MIXES_ITEMS && item.has("padding")) {
      item.putObject("padding").put("S", "from elsewhere");
    }
    ObjectNode body = JSON.createObjectNode();
    if (!item.isEmpty()) {
      body.set("Item", item);
    }
    return ok(body);
  }

  /**
   * @param written null for an update
   */
  private Answer write(String key, JsonNode request, @Nullable ObjectNode written, boolean now) {
    ObjectNode current = items.getOrDefault(key, ABSENT);
    boolean stale = now && trouble == Trouble.STALE_CONDITION;
    ObjectNode judged = stale ? itemsBefore.getOrDefault(key, ABSENT) : current;
    if (!conditionHolds(request, judged)) {
      Answer failed = error(400, "ConditionalCheckFailedException");
      if (request.has("ReturnValuesOnConditionCheckFailure") && !judged.isEmpty()) {
        failed.body.set("Item", judged);
      }
      return failed;
    }
    ObjectNode after = written != null ? written : added(key, request, current);
    if (now && trouble == Trouble.DOUBLES_ADD && written == null) {
      after = added(key, request, after);
    }
    if (!(now && trouble == Trouble.LOSES_WRITE)) {
      itemsBefore.put(key, current);
      items.put(key, after);
    }
    ObjectNode body = JSON.createObjectNode();
    if (request.path("ReturnValues").asText().equals("ALL_OLD") && !judged.isEmpty()) {
      body.set("Attributes", judged);
    }
    return ok(body);
  }

  private static boolean conditionHolds(JsonNode request, ObjectNode item) {
    String condition = request.path("ConditionExpression").asText("");
    return switch (condition) {
      case "" -> true;
      case "attribute_not_exists(id)" -> item.isEmpty();
      case "#n = :expected" ->
          item.at("/number/N")
              .asText()
              .equals(request.at("/ExpressionAttributeValues/:expected/N").asText());
      default -> throw new UncheckedIOException(new IOException("unknown: " + condition));
    };
  }

  private static ObjectNode added(String key, JsonNode request, ObjectNode item) {
    ObjectNode after = item.deepCopy();
    after.putObject("id").put("S", key);
    long delta = request.at("/ExpressionAttributeValues/:delta/N").asLong();
    long sum = item.at("/number/N").asLong(0) + delta;
    after.putObject("number").put("N", Long.toString(sum));
    return after;
  }

  private static Answer ok(ObjectNode body) {
    return new Answer(200, body);
  }

  private static Answer error(int status, String type) {
    ObjectNode body = JSON.createObjectNode();
    body.put("__type", "com.amazonaws.dynamodb.v20120810#" + type);
    return new Answer(status, body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
