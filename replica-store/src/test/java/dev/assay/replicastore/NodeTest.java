package dev.assay.replicastore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Item;
import dev.assay.logformat.KeyCodec;
import dev.assay.logformat.KeySchema;
import dev.assay.logformat.TableDescription;
import dev.assay.logformat.Value;
import dev.assay.replicastore.NodeCalls.CallFailed;
import dev.assay.replicastore.NodeCalls.CheckpointDigest;
import dev.assay.replicastore.PartitionReply.Got;
import dev.assay.replicastore.PartitionReply.Written;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.PartitionRequest.Get;
import dev.assay.replicastore.PartitionRequest.Write;
import dev.assay.replicastore.Tables.Creation;
import dev.assay.replicastore.Tables.Deletion;
import dev.assay.replicastore.consensus.LogPosition;
import dev.assay.replicastore.expression.Bindings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Nodes as a whole: tables, failover, restart, checkpoints and catching up. */
@Execution(ExecutionMode.CONCURRENT)
class NodeTest {
  private static final KeySchema SCHEMA =
      new KeySchema(new KeySchema.Attribute("id", KeySchema.Type.S), null);

  @TempDir Path folder;
  private TestNodes nodes;
  private MetadataTables tables;

  @BeforeEach
  void start() throws Exception {
    nodes = new TestNodes(folder, options -> options.withSnapshotEvery(0));
    nodes.startAll();
    tables = tablesOver(nodes);
  }

  private static MetadataTables tablesOver(TestNodes over) {
    return new MetadataTables(over, TestNodes.NAMES, 100, InstantSource.system(), new Random(1));
  }

  @AfterEach
  void stop() throws Exception {
    tables.close();
    nodes.close();
  }

  @Test
  void whatIsWrittenIsReadFromTheLeaderAndInTheEndFromEveryReplica() throws Exception {
    TableDescription table = create("t", 1);
    put(table, "k", 1);
    assertEquals(item("k", 1), get(table, "k"));
    for (String name : TestNodes.NAMES) {
      Get weak = new Get(partition(table, 0), key(table, "k"), false);
      TestNodes.await(
          "the item on " + name,
          () -> nodes.node(name).ask(weak) instanceof Got(Item item) && item != null);
    }
  }

  @Test
  void aTableOfSeveralPartitionsSpreadsItsKeys() throws Exception {
    TableDescription table = create("wide", 4);
    Set<Integer> used = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      put(table, "k" + i, i);
      used.add(partitionOf(table, "k" + i).number());
    }
    for (int i = 0; i < 40; i++) {
      assertEquals(item("k" + i, i), get(table, "k" + i));
    }
    assertEquals(Set.of(0, 1, 2, 3), used);
  }

  @Test
  void aTableExistsOnceAndKnowsItsOwnName() throws Exception {
    create("t", 1);
    assertInstanceOf(Creation.AlreadyExists.class, tables.create(definition("t", 1, false)));
    assertEquals(List.of("t"), tables.names());
    assertNull(tables.find("other"));
  }

  @Test
  void aDeletedTableIsGoneFromEveryNodeAndItsNameIsFree() throws Exception {
    TableDescription first = create("t", 2);
    put(first, "k", 1);
    assertInstanceOf(Deletion.Deleted.class, tables.delete("t"));
    assertNull(tables.find("t"));
    assertInstanceOf(Deletion.NoSuchTable.class, tables.delete("t"));
    for (String name : TestNodes.NAMES) {
      Path store = nodes.folder(name).resolve("partitions").resolve(partition(first, 0).toString());
      TestNodes.await("no data on " + name, () -> !Files.exists(store));
    }
    TableDescription second = create("t", 1);
    assertNotEquals(first.id(), second.id());
    assertNull(get(second, "k"));
  }

  @Test
  void aNodeThatWasAwayDuringADeletionDeletesWhenItIsBack() throws Exception {
    TableDescription table = create("t", 1);
    put(table, "k", 1);
    Path store =
        nodes.folder("node-c").resolve("partitions").resolve(partition(table, 0).toString());
    TestNodes.await("a store on node-c", () -> Files.exists(store));
    nodes.stop("node-c");
    assertInstanceOf(Deletion.Deleted.class, tables.delete("t"));
    assertTrue(Files.exists(store));
    nodes.start("node-c");
    TestNodes.await("no data on node-c", () -> !Files.exists(store));
  }

  @Test
  void aProtectedTableIsNotDeleted() throws Exception {
    assertInstanceOf(Creation.Created.class, tables.create(definition("kept", 1, true)));
    assertInstanceOf(Deletion.Protected.class, tables.delete("kept"));
    assertNotNull(tables.find("kept"));
  }

  @Test
  void whenTheLeaderGoesNothingAcknowledgedIsLost() throws Exception {
    TableDescription table = create("t", 1);
    for (int i = 0; i < 50; i++) {
      put(table, "k" + i, i);
    }
    String leader = nodes.awaitLeader(partition(table, 0));
    nodes.stop(leader);
    for (int i = 50; i < 60; i++) {
      put(table, "k" + i, i);
    }
    for (int i = 0; i < 60; i++) {
      assertEquals(item("k" + i, i), get(table, "k" + i));
    }
    nodes.start(leader);
    assertReplicasAgree(table, 60);
  }

  @Test
  void everythingIsThereAfterAllNodesRestart() throws Exception {
    TableDescription table = create("t", 2);
    for (int i = 0; i < 30; i++) {
      put(table, "k" + i, i);
    }
    for (String name : TestNodes.NAMES) {
      nodes.stop(name);
    }
    nodes.startAll();
    for (int i = 0; i < 30; i++) {
      assertEquals(item("k" + i, i), get(table, "k" + i));
    }
  }

  @Test
  void aReplicaWhoseLogWasDroppedMeanwhileFetchesACheckpoint() throws Exception {
    stop();
    nodes =
        new TestNodes(
            folder.resolve("small"),
            options -> options.withSizes(64 << 10, 64 << 10).withSnapshotEvery(20));
    nodes.startAll();
    tables = tablesOver(nodes);
    TableDescription table = create("t", 1);
    put(table, "before", 1);
    String away = otherThan(nodes.awaitLeader(partition(table, 0)));
    nodes.stop(away);
    String filler = "x".repeat(8_000);
    for (int i = 0; i < 200; i++) {
      putText(table, "k" + i, filler);
    }
    nodes.start(away);
    TestNodes.await(
        "the replica on " + away + " to catch up", () -> weakGet(away, table, "k199") != null);
    assertReplicasAgree(table, 201);
  }

  @Test
  void theLogIsKeptUntilTheArchiveHasIt() throws Exception {
    stop();
    nodes =
        new TestNodes(
            folder.resolve("small"),
            options -> options.withSizes(64 << 10, 64 << 10).withSnapshotEvery(20));
    nodes.archived = _ -> LogPosition.NONE;
    nodes.startAll();
    tables = tablesOver(nodes);
    TableDescription table = create("t", 1);
    String filler = "x".repeat(8_000);
    for (int i = 0; i < 100; i++) {
      putText(table, "k" + i, filler);
    }
    String leader = nodes.awaitLeader(partition(table, 0));
    assertEquals(0, firstLsn(leader, table));
    nodes.archived = LogRetention.REPLICAS_ONLY;
    for (int i = 100; i < 200; i++) {
      putText(table, "k" + i, filler);
    }
    TestNodes.await("the log to be dropped", () -> firstLsn(leader, table) > 0);
  }

  private long firstLsn(String name, TableDescription table) {
    return Objects.requireNonNull(nodes.node(name).replica(partition(table, 0)))
        .status()
        .group()
        .firstLsn();
  }

  @Test
  void aReplicaWithDamagedBytesStopsAloneAndTheOthersGoOn() throws Exception {
    TableDescription table = create("t", 1);
    for (int i = 0; i < 200; i++) {
      putText(table, "k" + i, "y".repeat(2_000));
    }
    String victim = otherThan(nodes.awaitLeader(partition(table, 0)));
    TestNodes.await("all applied", () -> weakGet(victim, table, "k199") != null);
    nodes.calls(victim).checkpoint(partition(table, 0), new UUID(7, 7));
    nodes.stop(victim);
    flipABitInEveryTable(victim, table);
    nodes.start(victim);
    TestNodes.await(
        "the damage to be met",
        () -> {
          for (int i = 0; i < 200; i++) {
            weakGet(victim, table, "k" + i);
          }
          return stoppedReason(victim, table) != null || !nodes.node(victim).failures().isEmpty();
        });
    put(table, "after", 1);
    assertEquals(item("after", 1), get(table, "after"));
    assertTrue(nodes.fatal.isEmpty(), nodes.fatal.toString());
    assertNotNull(tables.find("t"), "the metadata replica on the same node goes on");
  }

  @Test
  void aDamagedLeaderLeavesToAnother() throws Exception {
    TableDescription table = create("t", 1);
    for (int i = 0; i < 200; i++) {
      putText(table, "k" + i, "y".repeat(2_000));
    }
    String victim = nodes.awaitLeader(partition(table, 0));
    nodes.calls(victim).checkpoint(partition(table, 0), new UUID(7, 7));
    flipABitInEveryTable(victim, table);
    TestNodes.await(
        "the damage to be met",
        () -> {
          for (int i = 0; i < 200; i++) {
            weakGet(victim, table, "k" + i);
          }
          return stoppedReason(victim, table) != null;
        });
    put(table, "after", 1);
    assertEquals(item("after", 1), get(table, "after"));
    assertNotEquals(victim, nodes.awaitLeader(partition(table, 0)));
    assertTrue(nodes.fatal.isEmpty(), nodes.fatal.toString());
  }

  @Test
  void aLogThatCantBeReadStopsTheNode() throws Exception {
    TableDescription table = create("t", 1);
    for (int i = 0; i < 50; i++) {
      putText(table, "k" + i, "y".repeat(2_000));
    }
    String victim = otherThan(nodes.awaitLeader(partition(table, 0)));
    TestNodes.await("all applied", () -> weakGet(victim, table, "k49") != null);
    nodes.stop(victim);
    Path damaged = damageTheLog(victim, partition(table, 0));
    nodes.start(victim);
    TestNodes.await("the node to stop", () -> !nodes.fatal.isEmpty());
    String why = nodes.fatal.toString();
    assertTrue(why.contains(damaged.toString()) && why.contains("aside and start it again"), why);
  }

  /** Flips a bit early in the first log file, which more entries follow. */
  private Path damageTheLog(String victim, PartitionId partition) throws IOException {
    try (Stream<Path> files = Files.walk(nodes.folder(victim))) {
      Path first =
          files
              .filter(file -> file.getFileName().toString().startsWith("log_"))
              .filter(file -> file.toString().contains(partition.groupId().toString()))
              .sorted()
              .findFirst()
              .orElseThrow();
      byte[] bytes = Files.readAllBytes(first);
      bytes[5_000] ^= 0x10;
      Files.write(first, bytes);
      return first;
    }
  }

  @Test
  void aHalfDroppedTableDoesNotComeBack() throws Exception {
    TableDescription half = create("half", 1);
    PartitionId id = partition(half, 0);
    TestNodes.await("its replica", () -> nodes.node("node-a").replica(id) != null);
    nodes.ask(
        TestNodes.NAMES,
        new Write(
            PartitionId.METADATA,
            MetadataRows.droppedKey(half),
            new Change.Put(MetadataRows.droppedRow(half)),
            null,
            Bindings.NONE));
    TestNodes.await("its end", () -> nodes.node("node-a").replica(id) == null);
    for (int i = 0; i < 3; i++) {
      TableDescription next = create("next" + i, 1);
      TestNodes.await(
          "a later replica", () -> nodes.node("node-a").replica(partition(next, 0)) != null);
    }
    assertNull(nodes.node("node-a").replica(id), "its row is still there");
  }

  @Test
  void aFolderOfAnotherNodeIsRefused() throws Exception {
    nodes.stop("node-a");
    IOException refused =
        assertThrows(
            IOException.class,
            () -> NodeFolder.open(folder.resolve("node-a"), "test", "node-b").close());
    assertTrue(String.valueOf(refused.getMessage()).contains("test/node-a"), refused.getMessage());
  }

  @Test
  void aFolderInUseIsRefused() {
    assertThrows(
        NodeFolder.Locked.class,
        () -> NodeFolder.open(folder.resolve("node-a"), "test", "node-a").close());
  }

  @Test
  void aFolderWithDataAndNoOwnerIsRefused() throws Exception {
    nodes.stop("node-a");
    Files.delete(folder.resolve("node-a").resolve("NODE"));
    assertThrows(
        IOException.class,
        () -> NodeFolder.open(folder.resolve("node-a"), "test", "node-a").close());
  }

  private void assertReplicasAgree(TableDescription table, long items) throws Exception {
    PartitionId partition = partition(table, 0);
    UUID run = new UUID(1, items);
    nodes.calls(nodes.awaitLeader(partition)).barrier(partition, run);
    Set<CheckpointDigest> digests = new HashSet<>();
    for (String name : TestNodes.NAMES) {
      TestNodes.await("a checkpoint on " + name, () -> hasCheckpoint(name, partition, run));
      digests.add(nodes.calls(name).digest(partition, run));
    }
    assertEquals(1, digests.size(), digests.toString());
    assertEquals(items, digests.iterator().next().items());
  }

  private boolean hasCheckpoint(String name, PartitionId partition, UUID run) {
    try {
      nodes.calls(name).find(partition, run);
      return true;
    } catch (CallFailed e) {
      return false;
    }
  }

  private void flipABitInEveryTable(String victim, TableDescription table) throws IOException {
    Path store = nodes.folder(victim).resolve("partitions").resolve(partition(table, 0).toString());
    try (Stream<Path> files = Files.walk(store)) {
      for (Path file : files.filter(NodeTest::isLiveData).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 4] ^= 0x10;
        Files.write(file, bytes);
      }
    }
  }

  /** A checkpoint's files are links to the same bytes: flipping those too would undo it. */
  private static boolean isLiveData(Path path) {
    return path.toString().endsWith(".sst") && !path.toString().contains("checkpoints");
  }

  private @Nullable String stoppedReason(String name, TableDescription table) {
    Replica replica = nodes.node(name).replica(partition(table, 0));
    return replica == null ? null : replica.stopped();
  }

  private @Nullable Item weakGet(String name, TableDescription table, String id) {
    Get weak = new Get(partitionOf(table, id), key(table, id), false);
    return nodes.node(name).ask(weak) instanceof Got(Item item) ? item : null;
  }

  private static String otherThan(String name) {
    return TestNodes.NAMES.stream().filter(other -> !other.equals(name)).findFirst().orElseThrow();
  }

  private TableDescription create(String name, int partitions) throws Tables.Unavailable {
    Creation creation = tables.create(definition(name, partitions, false));
    return assertInstanceOf(Creation.Created.class, creation).table().description();
  }

  private static Tables.Definition definition(String name, int partitions, boolean isProtected) {
    return new Tables.Definition(name, SCHEMA, partitions, isProtected, Map.of());
  }

  private void put(TableDescription table, String id, long value) {
    put(table, id, item(id, value));
  }

  private void putText(TableDescription table, String id, String text) {
    put(table, id, new Item(Map.of("id", new Value.Text(id), "text", new Value.Text(text))));
  }

  private void put(TableDescription table, String id, Item item) {
    Write write =
        new Write(
            partitionOf(table, id), key(table, id), new Change.Put(item), null, Bindings.NONE);
    assertInstanceOf(Written.class, nodes.ask(TestNodes.NAMES, write));
  }

  private @Nullable Item get(TableDescription table, String id) {
    Get get = new Get(partitionOf(table, id), key(table, id), true);
    return assertInstanceOf(Got.class, nodes.ask(TestNodes.NAMES, get)).item();
  }

  private static Item item(String id, long value) {
    return new Item(Map.of("id", new Value.Text(id), "v", Value.Num.of(value)));
  }

  private static byte[] key(TableDescription table, String id) {
    return new KeyCodec(table.keySchema(), table.seed()).encode(new Value.Text(id), null);
  }

  private static PartitionId partitionOf(TableDescription table, String id) {
    long hash = KeyCodec.hashOf(key(table, id));
    TableDescription.PartitionDescription found =
        Objects.requireNonNull(table.partitions().getFirst());
    for (TableDescription.PartitionDescription partition : table.partitions()) {
      if (Long.compareUnsigned(partition.hashFrom(), hash) <= 0) {
        found = partition;
      }
    }
    return new PartitionId(table.id(), found.number());
  }

  private static PartitionId partition(TableDescription table, int number) {
    return new PartitionId(table.id(), number);
  }
}
