package dev.assay.requestrouter;

import dev.assay.logformat.Item;
import dev.assay.logformat.TableDescription;
import dev.assay.logformat.TableDescription.PartitionDescription;
import dev.assay.logformat.TableDescription.Status;
import dev.assay.replicastore.Nodes;
import dev.assay.replicastore.PartitionAccess;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionRequest;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.Tables;
import dev.assay.replicastore.expression.Condition;
import dev.assay.replicastore.expression.ExpressionException;
import dev.assay.replicastore.expression.ExpressionKind;
import dev.assay.replicastore.expression.ItemSize;
import dev.assay.replicastore.expression.UpdateExpression;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Three nodes in memory that behave as the real ones do towards a router: one of them leads all
 * partitions, the others say so, and a test can put its own answers before theirs.
 */
final class FakeCluster implements Tables {
  static final List<String> NODES = List.of("node-a", "node-b", "node-c");
  private static final int ITEM_SIZE_MAX_BYTES = 400 << 10;

  private final Map<String, Table> tables = new ConcurrentSkipListMap<>();
  private final Map<PartitionId, NavigableMap<byte[], Item>> items = new ConcurrentHashMap<>();
  private final Map<String, Node> nodes = new ConcurrentHashMap<>();
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private volatile String leader = "node-a";
  private volatile boolean readyAtOnce = true;
  private volatile boolean metadataReachable = true;
  private volatile Function<PartitionRequest, @Nullable PartitionReply> interceptor = _ -> null;
  private long lsn;

  FakeCluster() {
    NODES.forEach(name -> nodes.put(name, new Node(name)));
  }

  /** Answers before the nodes do, unless it answers null. */
  void intercept(Function<PartitionRequest, @Nullable PartitionReply> newInterceptor) {
    interceptor = newInterceptor;
  }

  void lead(String node) {
    leader = node;
  }

  void metadataReachable(boolean reachable) {
    metadataReachable = reachable;
  }

  /** Tables are created as not ready from now on. */
  void createUnready() {
    readyAtOnce = false;
  }

  void makeReady(String name) {
    tables.computeIfPresent(name, (_, table) -> new Table(table.description(), true));
  }

  /** The names of the nodes that were asked, in order. */
  List<String> asked() {
    synchronized (asked) {
      return List.copyOf(asked);
    }
  }

  void forgetAsked() {
    asked.clear();
  }

  @Override
  public List<String> names() throws Unavailable {
    checkReachable();
    return List.copyOf(tables.keySet());
  }

  @Override
  public @Nullable Table find(String name) throws Unavailable {
    checkReachable();
    return tables.get(name);
  }

  private void checkReachable() throws Unavailable {
    if (!metadataReachable) {
      throw new Unavailable("no leader");
    }
  }

  @Override
  public Creation create(Definition definition) throws Unavailable {
    checkReachable();
    if (tables.containsKey(definition.name())) {
      return new Creation.AlreadyExists();
    }
    List<PartitionDescription> partitions = new ArrayList<>();
    for (int i = 0; i < definition.partitions(); i++) {
      long hashFrom = Scan.HashRange.ofSegment(i, definition.partitions()).from();
      partitions.add(new PartitionDescription(i, hashFrom, NODES));
    }
    TableDescription description =
        new TableDescription(
            definition.name(),
            UUID.nameUUIDFromBytes(definition.name().getBytes(StandardCharsets.UTF_8)),
            definition.keySchema(),
            42,
            Status.ACTIVE,
            1_700_000_000_123L,
            definition.deletionProtected(),
            partitions,
            definition.tags());
    Table table = new Table(description, readyAtOnce);
    tables.put(definition.name(), table);
    return new Creation.Created(table);
  }

  @Override
  public Deletion delete(String name) throws Unavailable {
    checkReachable();
    Table table = tables.get(name);
    if (table == null) {
      return new Deletion.NoSuchTable();
    }
    TableDescription d = table.description();
    if (d.deletionProtected()) {
      return new Deletion.Protected();
    }
    if (!table.ready()) {
      return new Deletion.InUse("Table is being created: " + name);
    }
    tables.remove(name);
    return new Deletion.Deleted(
        new Table(
            new TableDescription(
                d.name(),
                d.id(),
                d.keySchema(),
                d.seed(),
                Status.DELETING,
                d.createdAtMs(),
                false,
                d.partitions(),
                d.tags()),
            true));
  }

  Nodes nodes() {
    return new Nodes() {
      @Override
      public @Nullable PartitionAccess find(String node) {
        return nodes.get(node);
      }

      @Override
      public boolean isLocal(String node) {
        return true;
      }
    };
  }

  private final class Node implements PartitionAccess {
    private final String name;

    Node(String name) {
      this.name = name;
    }

    @Override
    public PartitionReply ask(PartitionRequest request) {
      asked.add(name);
      PartitionReply intercepted = interceptor.apply(request);
      if (intercepted != null) {
        return intercepted;
      }
      boolean needsLeader =
          switch (request) {
            case PartitionRequest.Get get -> get.strong();
            case PartitionRequest.Range range -> range.strong();
            case PartitionRequest.Write _ -> true;
          };
      if (needsLeader && !name.equals(leader)) {
        return new PartitionReply.NotLeader(leader);
      }
      synchronized (FakeCluster.this) {
        return answer(request);
      }
    }
  }

  private PartitionReply answer(PartitionRequest request) {
    NavigableMap<byte[], Item> partition =
        items.computeIfAbsent(request.partition(), _ -> new TreeMap<>(Arrays::compareUnsigned));
    return switch (request) {
      case PartitionRequest.Get get -> new PartitionReply.Got(partition.get(get.key()));
      case PartitionRequest.Range range -> range(partition, range);
      case PartitionRequest.Write write -> write(partition, write);
    };
  }

  private static PartitionReply range(
      NavigableMap<byte[], Item> partition, PartitionRequest.Range range) {
    NavigableMap<byte[], Item> part = partition.tailMap(range.from(), true);
    if (range.to() != null) {
      part = part.headMap(range.to(), false);
    }
    List<PartitionReply.Ranged.Entry> entries = new ArrayList<>();
    long bytes = 0;
    for (Map.Entry<byte[], Item> entry :
        (range.reverse() ? part.descendingMap() : part).entrySet()) {
      if (entries.size() == range.itemsMax() || bytes >= range.bytesMax()) {
        return new PartitionReply.Ranged(entries, true);
      }
      entries.add(new PartitionReply.Ranged.Entry(entry.getKey(), entry.getValue()));
      bytes += ItemSize.of(entry.getValue());
    }
    return new PartitionReply.Ranged(entries, false);
  }

  private PartitionReply write(NavigableMap<byte[], Item> partition, PartitionRequest.Write write) {
    Item before = partition.get(write.key());
    try {
      if (write.condition() != null
          && !Condition.parse(write.condition()).test(before, write.bindings())) {
        return new PartitionReply.ConditionFailed(before);
      }
    } catch (ExpressionException e) {
      return new PartitionReply.Invalid(e.describe(ExpressionKind.CONDITION));
    }
    Item after;
    try {
      after = after(write, before);
    } catch (ExpressionException e) {
      return new PartitionReply.Invalid(e.describe(ExpressionKind.UPDATE));
    }
    if (after == null) {
      partition.remove(write.key());
    } else if (ItemSize.of(after) > ITEM_SIZE_MAX_BYTES) {
      return new PartitionReply.Invalid(
          "Item size to update has exceeded the maximum allowed size");
    } else {
      partition.put(write.key(), after);
    }
    return new PartitionReply.Written(++lsn, before, after);
  }

  private static @Nullable Item after(PartitionRequest.Write write, @Nullable Item before) {
    return switch (write.change()) {
      case Change.Put(Item item) -> item;
      case Change.Delete() -> null;
      case Change.Update(Item keyAttributes, String expression) -> {
        Item from = before == null ? keyAttributes : before;
        yield expression.isEmpty()
            ? from
            : UpdateExpression.parse(expression).apply(from, write.bindings());
      }
    };
  }
}
