package dev.assay.requestrouter;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionReply.Written;
import dev.assay.replicastore.PartitionRequest;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.expression.Bindings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Puts and deletes up to 25 items, each for itself: some may be done and others not. */
final class BatchWriteItem implements Operation {
  private static final int WRITES_MAX = 25;
  private static final List<String> METRICS = List.of("SIZE", "NONE");

  private final TableDirectory directory;
  private final PartitionRouting routing;
  private final FanOut fanOut;

  BatchWriteItem(TableDirectory directory, PartitionRouting routing, FanOut fanOut) {
    this.directory = directory;
    this.routing = routing;
    this.fanOut = fanOut;
  }

  /**
   * A PutRequest or a DeleteRequest; neither or both when the client made a mistake.
   *
   * @param item of a put
   * @param key of a delete
   * @param missing the item or the key that such a structure lacks
   */
  private record Entry(
      @Nullable AttributeMap item, @Nullable AttributeMap key, @Nullable String missing) {

    static Entry read(JsonRequest json) {
      json.enterMember("WriteRequest");
      AttributeMap item = null;
      AttributeMap key = null;
      String missing = null;
      while (json.nextField()) {
        switch (json.name()) {
          case "PutRequest" -> {
            item = readOnly(json, "PutRequest", "Item");
            missing = item == null ? "putRequest.item" : missing;
          }
          case "DeleteRequest" -> {
            key = readOnly(json, "DeleteRequest", "Key");
            missing = key == null ? "deleteRequest.key" : missing;
          }
          default -> json.skip();
        }
      }
      return new Entry(item, key, missing);
    }

    private static @Nullable AttributeMap readOnly(
        JsonRequest json, String structure, String field) {
      json.enterStructure(structure);
      AttributeMap attributes = null;
      while (json.nextField()) {
        if (json.name().equals(field)) {
          attributes = AttributeReader.readMap(json);
        } else {
          json.skip();
        }
      }
      return attributes;
    }

    void checkEach(Constraints constraints, String path) {
      if (missing != null) {
        constraints.notNull(null, path + missing);
      }
    }

    void check() {
      if ((item == null) == (key == null)) {
        throw ApiException.validation(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of"
                + " the supported datatypes");
      }
      if (item != null) {
        item.throwProblem();
        PutItem.checkSize(item.item());
      }
      if (key != null) {
        key.throwProblem();
      }
    }
  }

  /** One change of the batch, on its way to its partition. */
  private record Write(String tableName, Entry entry, PartitionRoute route, byte[] key) {
    PartitionRequest.Write request() {
      Change change = entry.item == null ? new Change.Delete() : new Change.Put(entry.item.item());
      return new PartitionRequest.Write(route.id(), key, change, null, Bindings.NONE);
    }
  }

  private static final class Parameters {
    private @Nullable Map<String, List<Entry>> tables;
    private @Nullable String capacity;
    private @Nullable String metrics;

    static Parameters read(JsonRequest json) {
      Parameters parameters = new Parameters();
      while (json.nextField()) {
        switch (json.name()) {
          case "RequestItems" -> parameters.tables = readTables(json);
          case "ReturnConsumedCapacity" -> parameters.capacity = json.text();
          case "ReturnItemCollectionMetrics" -> parameters.metrics = json.text();
          default -> json.skip();
        }
      }
      json.end();
      return parameters;
    }

    private static Map<String, List<Entry>> readTables(JsonRequest json) {
      json.enterMap("java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>");
      Map<String, List<Entry>> tables = new LinkedHashMap<>();
      while (json.nextEntry()) {
        String tableName = json.name();
        json.enterList();
        List<Entry> entries = new ArrayList<>();
        while (json.nextElement()) {
          entries.add(Entry.read(json));
        }
        tables.put(tableName, entries);
      }
      return tables;
    }

    Map<String, List<Entry>> tables() {
      return Constraints.checked(tables);
    }

    void check() {
      Constraints constraints = new Constraints();
      constraints.oneOf(capacity, "returnConsumedCapacity", CapacityReport.NAMES);
      constraints.oneOf(metrics, "returnItemCollectionMetrics", METRICS);
      constraints.notNull(tables, "requestItems");
      if (tables != null) {
        checkTables(constraints, tables);
      }
      constraints.check();
      int count = tables().values().stream().mapToInt(List::size).sum();
      if (count > WRITES_MAX) {
        throw ApiException.validation("Too many items requested for the BatchWriteItem call");
      }
      tables().values().forEach(entries -> entries.forEach(Entry::check));
    }

    private static void checkTables(Constraints constraints, Map<String, List<Entry>> tables) {
      constraints.length(tables.size(), tables.keySet(), "requestItems", 1, WRITES_MAX);
      constraints.mapKeysAreTableNames(tables.keySet(), "requestItems");
      tables.forEach(
          (tableName, entries) -> {
            if (entries.isEmpty() || entries.size() > WRITES_MAX) {
              constraints.fail(
                  Constraints.quoted(tables.keySet()),
                  "requestItems",
                  "Map value must satisfy constraint: [Member must have length less than or equal"
                      + " to 25, Member must have length greater than or equal to 1]");
            }
            for (int i = 0; i < entries.size(); i++) {
              String path = "requestItems." + tableName + ".member." + (i + 1) + ".member.";
              entries.get(i).checkEach(constraints, path);
            }
          });
    }
  }

  @Override
  public String name() {
    return "BatchWriteItem";
  }

  @Override
  public int bodySizeMax() {
    return BodyLimits.ANY_MAX;
  }

  @Override
  public void run(JsonRequest request, JsonResponse response) {
    Parameters parameters = Parameters.read(request);
    parameters.check();
    List<Write> writes = new ArrayList<>();
    parameters.tables().forEach((tableName, entries) -> writes.addAll(writes(tableName, entries)));
    List<PartitionReply> replies = ask(writes);
    Map<String, List<Entry>> unprocessed = new LinkedHashMap<>();
    Map<String, Long> halfUnits = new LinkedHashMap<>();
    for (int i = 0; i < writes.size(); i++) {
      Write write = writes.get(i);
      if (replies.get(i) instanceof Written written) {
        int size = Math.max(ItemWriter.size(written.before()), ItemWriter.size(written.after()));
        halfUnits.merge(write.tableName, CapacityReport.writeHalfUnits(size), Long::sum);
      } else {
        unprocessed.computeIfAbsent(write.tableName, _ -> new ArrayList<>()).add(write.entry);
      }
    }
    respond(response, unprocessed);
    CapacityReport report = CapacityReport.of(parameters.capacity);
    if (report != CapacityReport.NONE) {
      response.beginList("ConsumedCapacity");
      halfUnits.forEach((tableName, units) -> report.writeElement(response, tableName, units));
      response.endList();
    }
  }

  private List<Write> writes(String tableName, List<Entry> entries) {
    RoutedTable table = directory.active(tableName);
    List<Write> writes = new ArrayList<>(entries.size());
    Set<Value> seen = new HashSet<>();
    for (Entry entry : entries) {
      byte[] key = keyOf(table, entry);
      if (!seen.add(new Value.Bin(key))) {
        throw ApiException.validation("Provided list of item keys contains duplicates");
      }
      writes.add(new Write(tableName, entry, table.partitionOf(key), key));
    }
    return writes;
  }

  private static byte[] keyOf(RoutedTable table, Entry entry) {
    if (entry.item != null) {
      return Keys.ofItem(table, entry.item.values());
    }
    return Keys.ofKey(table, Constraints.checked(entry.key).values());
  }

  /**
   * Has all changes made. What surely was not done goes back to the client as unprocessed, unless
   * that is everything; a change whose outcome is unknown fails the whole request, because calling
   * it unprocessed would say that it was not done.
   */
  private List<PartitionReply> ask(List<Write> writes) {
    List<PartitionReply> replies;
    if (writes.size() == 1) {
      Write write = writes.getFirst();
      replies = List.of(routing.write(write.route, write.request()));
    } else {
      List<Callable<PartitionReply>> parts = new ArrayList<>(writes.size());
      for (Write write : writes) {
        parts.add(() -> routing.write(write.route, write.request()));
      }
      replies = fanOut.all(parts);
    }
    int notDone = 0;
    for (PartitionReply reply : replies) {
      switch (reply) {
        case Written _ -> {}
        case PartitionReply.Overloaded _,
            PartitionReply.Unavailable _,
            PartitionReply.NotLeader _ ->
            notDone++;
        case PartitionReply.OutcomeUnknown _,
            PartitionReply.Invalid _,
            PartitionReply.ConditionFailed _,
            PartitionReply.Got _,
            PartitionReply.Ranged _ ->
            throw PartitionRouting.failure(reply);
      }
    }
    if (notDone == replies.size()) {
      throw PartitionRouting.failure(replies.getFirst());
    }
    return replies;
  }

  private static void respond(JsonResponse response, Map<String, List<Entry>> unprocessed) {
    response.beginObject("UnprocessedItems");
    unprocessed.forEach(
        (tableName, entries) -> {
          response.beginList(tableName);
          for (Entry entry : entries) {
            Item item = entry.item == null ? null : entry.item.item();
            response.beginObject();
            response.beginObject(item == null ? "DeleteRequest" : "PutRequest");
            if (item != null) {
              response.item("Item", item);
            } else {
              response.attributes("Key", Constraints.checked(entry.key).values());
            }
            response.endObject();
            response.endObject();
          }
          response.endList();
        });
    response.endObject();
  }
}
