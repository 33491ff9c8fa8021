package dev.assay.requestrouter;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import dev.assay.replicastore.expression.ExpressionKind;
import dev.assay.replicastore.expression.ParsedExpressions;
import dev.assay.replicastore.expression.Projection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Reads up to a hundred items by their keys, from several tables; no snapshot of them. */
final class BatchGetItem implements Operation {
  private static final List<ExpressionKind> KINDS = List.of(ExpressionKind.PROJECTION);
  private static final int KEYS_MAX = 100;
  private static final int AT_A_TIME = 32;
  private static final long SIZE_MAX_BYTES = 16L << 20;

  private final TableDirectory directory;
  private final PartitionRouting routing;
  private final ParsedExpressions parsed;
  private final FanOut fanOut;

  BatchGetItem(
      TableDirectory directory, PartitionRouting routing, ParsedExpressions parsed, FanOut fanOut) {
    this.directory = directory;
    this.routing = routing;
    this.parsed = parsed;
    this.fanOut = fanOut;
  }

  /** What is asked of one table, and what came of it. */
  private static final class Group {
    private final ExpressionParameters expressions = new ExpressionParameters(KINDS);
    private @Nullable List<AttributeMap> keys;
    private boolean strong;
    private Projection.@Nullable Bound projection;

    private final List<Item> found = new ArrayList<>();
    private final List<Map<String, Value>> unprocessed = new ArrayList<>();
    private long halfUnits;

    static Group read(JsonRequest json) {
      json.enterMember("KeysAndAttributes");
      Group group = new Group();
      while (json.nextField()) {
        String field = json.name();
        switch (field) {
          case "Keys" -> group.keys = readKeys(json);
          case "ConsistentRead" -> group.strong = json.bool();
          default -> {
            if (!group.expressions.readField(json, field)) {
              json.skip();
            }
          }
        }
      }
      return group;
    }

    private static List<AttributeMap> readKeys(JsonRequest json) {
      json.enterList();
      List<AttributeMap> keys = new ArrayList<>();
      while (json.nextElement()) {
        keys.add(AttributeReader.readMap(json));
      }
      return keys;
    }

    List<AttributeMap> keys() {
      return Constraints.checked(keys);
    }
  }

  /** One key of the batch. */
  private record Lookup(
      Group group, Map<String, Value> attributes, PartitionRoute route, byte[] key) {}

  private sealed interface Outcome {
    record Done(@Nullable Item item) implements Outcome {}

    record Failed(ApiException failure) implements Outcome {}
  }

  private static final class Parameters {
    private @Nullable Map<String, Group> groups;
    private @Nullable String capacity;

    static Parameters read(JsonRequest json) {
      Parameters parameters = new Parameters();
      while (json.nextField()) {
        switch (json.name()) {
          case "RequestItems" -> parameters.groups = readGroups(json);
          case "ReturnConsumedCapacity" -> parameters.capacity = json.text();
          default -> json.skip();
        }
      }
      json.end();
      return parameters;
    }

    private static Map<String, Group> readGroups(JsonRequest json) {
      json.enterMap("com.amazonaws.dynamodb.v20120810.KeysAndAttributes");
      Map<String, Group> groups = new LinkedHashMap<>();
      while (json.nextEntry()) {
        String tableName = json.name();
        groups.put(tableName, Group.read(json));
      }
      return groups;
    }

    Map<String, Group> groups() {
      return Constraints.checked(groups);
    }

    void check() {
      Constraints constraints = new Constraints();
      constraints.oneOf(capacity, "returnConsumedCapacity", CapacityReport.NAMES);
      constraints.notNull(groups, "requestItems");
      if (groups != null) {
        constraints.length(groups.size(), groups.keySet(), "requestItems", 1, KEYS_MAX);
        constraints.mapKeysAreTableNames(groups.keySet(), "requestItems");
        groups.forEach((tableName, group) -> checkKeys(constraints, tableName, group));
      }
      constraints.check();
      int count = groups().values().stream().mapToInt(group -> group.keys().size()).sum();
      if (count > KEYS_MAX) {
        throw ApiException.validation("Too many items requested for the BatchGetItem call");
      }
    }

    private static void checkKeys(Constraints constraints, String tableName, Group group) {
      String name = "requestItems." + tableName + ".member.keys";
      constraints.notNull(group.keys, name);
      if (group.keys != null) {
        String shown = group.keys.size() + " keys";
        constraints.length(group.keys.size(), shown, name, 1, KEYS_MAX);
      }
    }
  }

  @Override
  public String name() {
    return "BatchGetItem";
  }

  @Override
  public int bodySizeMax() {
    return BodyLimits.ANY_MAX;
  }

  @Override
  public void run(JsonRequest request, JsonResponse response) {
    Parameters parameters = Parameters.read(request);
    parameters.check();
    parameters.groups().values().forEach(this::bind);
    List<Lookup> lookups = new ArrayList<>();
    parameters.groups().forEach((tableName, group) -> lookups.addAll(lookups(tableName, group)));
    read(lookups);
    respond(response, parameters);
  }

  private void bind(Group group) {
    ExpressionParameters expressions = group.expressions;
    expressions.checkTogether();
    expressions.bindings();
    group.projection =
        expressions.bind(
            ExpressionKind.PROJECTION, text -> parsed.projection(text).bind(expressions.usage()));
    expressions.checkAllUsed();
    group.keys().forEach(AttributeMap::throwProblem);
  }

  private List<Lookup> lookups(String tableName, Group group) {
    RoutedTable table = directory.active(tableName);
    if (group.projection != null) {
      KeyPaths.checkScalars(table.keySchema(), group.projection.paths());
    }
    List<Lookup> lookups = new ArrayList<>(group.keys().size());
    Set<Value> seen = new HashSet<>();
    for (AttributeMap attributes : group.keys()) {
      byte[] key = Keys.ofKey(table, attributes.values());
      if (!seen.add(new Value.Bin(key))) {
        throw ApiException.validation("Provided list of item keys contains duplicates");
      }
      lookups.add(new Lookup(group, attributes.values(), table.partitionOf(key), key));
    }
    return lookups;
  }

  /** Reads in parts, so that what is too much for one answer is not read at all. */
  private void read(List<Lookup> lookups) {
    long sizeBytes = 0;
    ApiException failure = null;
    int failed = 0;
    for (int from = 0; from < lookups.size(); from += AT_A_TIME) {
      List<Lookup> part = lookups.subList(from, Math.min(from + AT_A_TIME, lookups.size()));
      if (sizeBytes >= SIZE_MAX_BYTES) {
        part.forEach(lookup -> lookup.group.unprocessed.add(lookup.attributes));
        continue;
      }
      List<Outcome> outcomes = ask(part);
      for (int i = 0; i < part.size(); i++) {
        Lookup lookup = part.get(i);
        switch (outcomes.get(i)) {
          case Outcome.Done(Item item) -> sizeBytes += take(lookup, item, sizeBytes);
          case Outcome.Failed(ApiException cause) -> {
            lookup.group.unprocessed.add(lookup.attributes);
            failure = cause;
            failed++;
          }
        }
      }
    }
    if (failure != null && failed == lookups.size()) {
      throw failure;
    }
  }

  /** Adds an item to the answer if it still fits; returns by how much the answer grew. */
  private static long take(Lookup lookup, @Nullable Item item, long sizeBytes) {
    Group group = lookup.group;
    int size = ItemWriter.size(item);
    if (sizeBytes + size > SIZE_MAX_BYTES) {
      group.unprocessed.add(lookup.attributes);
      return SIZE_MAX_BYTES;
    }
    group.halfUnits += CapacityReport.readHalfUnits(size, group.strong);
    if (item != null) {
      group.found.add(group.projection == null ? item : group.projection.apply(item));
    }
    return size;
  }

  private List<Outcome> ask(List<Lookup> lookups) {
    if (lookups.size() == 1) {
      return List.of(ask(lookups.getFirst()));
    }
    List<Callable<Outcome>> parts = new ArrayList<>(lookups.size());
    for (Lookup lookup : lookups) {
      parts.add(() -> ask(lookup));
    }
    return fanOut.all(parts);
  }

  private Outcome ask(Lookup lookup) {
    try {
      return new Outcome.Done(routing.get(lookup.route, lookup.key, lookup.group.strong).item());
    } catch (ApiException e) {
      return new Outcome.Failed(e);
    }
  }

  private static void respond(JsonResponse response, Parameters parameters) {
    response.beginObject("Responses");
    parameters
        .groups()
        .forEach(
            (tableName, group) -> {
              response.beginList(tableName);
              group.found.forEach(response::item);
              response.endList();
            });
    response.endObject();
    response.beginObject("UnprocessedKeys");
    parameters.groups().forEach((tableName, group) -> unprocessed(response, tableName, group));
    response.endObject();
    CapacityReport report = CapacityReport.of(parameters.capacity);
    if (report != CapacityReport.NONE) {
      response.beginList("ConsumedCapacity");
      parameters
          .groups()
          .forEach((tableName, group) -> report.writeElement(response, tableName, group.halfUnits));
      response.endList();
    }
  }

  private static void unprocessed(JsonResponse response, String tableName, Group group) {
    if (group.unprocessed.isEmpty()) {
      return;
    }
    response.beginObject(tableName);
    response.beginList("Keys");
    group.unprocessed.forEach(response::attributes);
    response.endList();
    if (group.strong) {
      response.bool("ConsistentRead", true);
    }
    String projection = group.expressions.text(ExpressionKind.PROJECTION);
    if (projection != null) {
      response.text("ProjectionExpression", projection);
    }
    Map<String, String> names = group.expressions.names();
    if (names != null) {
      response.beginObject("ExpressionAttributeNames");
      names.forEach(response::text);
      response.endObject();
    }
    response.endObject();
  }
}
