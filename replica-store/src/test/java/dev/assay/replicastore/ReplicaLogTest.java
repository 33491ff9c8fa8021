package dev.assay.replicastore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.BatchCodec;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Item;
import dev.assay.logformat.KeyCodec;
import dev.assay.logformat.KeySchema;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.Mutation.ArchiveHead;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.TableDescription;
import dev.assay.logformat.Value;
import dev.assay.replicastore.NodeCalls.CallFailed;
import dev.assay.replicastore.PartitionReply.Got;
import dev.assay.replicastore.PartitionReply.Written;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.PartitionRequest.Get;
import dev.assay.replicastore.PartitionRequest.Write;
import dev.assay.replicastore.Tables.Creation;
import dev.assay.replicastore.consensus.EntryReader;
import dev.assay.replicastore.consensus.Group;
import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import dev.assay.replicastore.consensus.LogEntry;
import dev.assay.replicastore.consensus.LogPosition;
import dev.assay.replicastore.expression.Bindings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What an archive asks of a node: its logs, cuts in them, and that nothing is dropped too soon. */
@Execution(ExecutionMode.CONCURRENT)
class ReplicaLogTest {
  private static final KeySchema SCHEMA =
      new KeySchema(new KeySchema.Attribute("id", KeySchema.Type.S), null);
  private static final String FILLER = "x".repeat(8_000);

  @TempDir Path folder;
  private final Map<PartitionId, LogPosition> archived = new ConcurrentHashMap<>();
  private TestNodes nodes;
  private MetadataTables tables;
  private TableDescription table;
  private PartitionId partition;

  /** Log files of a few entries each, and a snapshot whenever 20 more entries can be dropped. */
  @BeforeEach
  void start() throws Exception {
    nodes =
        new TestNodes(
            folder, options -> options.withSizes(64 << 10, 64 << 10).withSnapshotEvery(20));
    nodes.archived = id -> Objects.requireNonNull(archived.getOrDefault(id, LogPosition.NONE));
    nodes.startAll();
    tables = new MetadataTables(nodes, TestNodes.NAMES, 100, InstantSource.system(), new Random(1));
    Creation creation = tables.create(new Tables.Definition("t", SCHEMA, 1, false, Map.of()));
    table = assertInstanceOf(Creation.Created.class, creation).table().description();
    partition = new PartitionId(table.id(), 0);
    for (String name : TestNodes.NAMES) {
      TestNodes.await("a replica", () -> nodes.node(name).replica(partition) != null);
    }
  }

  @AfterEach
  void stop() throws Exception {
    tables.close();
    nodes.close();
  }

  private byte[] key(int i) {
    return new KeyCodec(SCHEMA, table.seed()).encode(new Value.Text("k" + i), null);
  }

  /** Returns the position of the last. */
  private long put(int from, int to) {
    long lsn = -1;
    for (int i = from; i < to; i++) {
      Item item =
          new Item(Map.of("id", new Value.Text("k" + i), "text", new Value.Text(FILLER + i)));
      Write write = new Write(partition, key(i), new Change.Put(item), null, Bindings.NONE);
      lsn = assertInstanceOf(Written.class, nodes.ask(TestNodes.NAMES, write)).lsn();
    }
    return lsn;
  }

  private ReplicaLog log(String name, PartitionId id) {
    return nodes.node(name).logs().stream()
        .filter(each -> each.partition().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private ReplicaLog log(String name) {
    return log(name, partition);
  }

  private static List<LogEntry> read(ReplicaLog log, long from) throws IOException {
    List<LogEntry> entries = new ArrayList<>();
    try (EntryReader reader = log.read(from)) {
      for (LogEntry entry = reader.next(); entry != null; entry = reader.next()) {
        entries.add(entry);
      }
    }
    return entries;
  }

  private long firstLsn(String name) {
    try {
      return log(name).firstLsn();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private long applied(String name) {
    return replica(name).applied().lsn();
  }

  private Replica replica(String name) {
    return Objects.requireNonNull(nodes.node(name).replica(partition));
  }

  private void awaitApplied(long lsn) {
    for (String name : TestNodes.NAMES) {
      TestNodes.await("entry " + lsn + " on " + name, () -> applied(name) >= lsn);
    }
  }

  /** Also when another node takes the lead meanwhile. */
  private void logCut(@Nullable ArchiveHead head) throws CallFailed {
    while (true) {
      try {
        log(nodes.awaitLeader(partition)).logCut(head);
        return;
      } catch (CallFailed.NotLeader | CallFailed.Unavailable again) {
        TestNodes.await("a leader", () -> nodes.leader(partition) != null);
      }
    }
  }

  private static List<Mutation> mutations(LogEntry entry) {
    try {
      return BatchCodec.decode(entry.payload()).mutations();
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyNodeListsItsLogs() throws Exception {
    long last = put(0, 3);
    awaitApplied(last);
    for (String name : TestNodes.NAMES) {
      assertEquals("metadata", log(name, PartitionId.METADATA).tableName());
      assertEquals("t", log(name).tableName());
      assertEquals(2, nodes.node(name).logs().size());
      assertEquals(0, log(name).firstLsn());
      assertTrue(log(name).committedLsn() >= last);
      List<LogEntry> entries = read(log(name), 0);
      assertEquals(log(name).committedLsn() + 1, entries.size());
      for (int i = 0; i < entries.size(); i++) {
        assertEquals(i, entries.get(i).lsn());
      }
    }
    assertTrue(log(nodes.awaitLeader(partition)).leads());
  }

  @Test
  void aHeadAndItsCutAreOneBatchThatEveryReplicaKeeps() throws Exception {
    put(0, 3);
    ArchiveHead head = new ArchiveHead(2, Sha256.of(new byte[] {1}));
    logCut(null);
    logCut(head);
    for (String name : TestNodes.NAMES) {
      TestNodes.await("the head on " + name, () -> head.equals(log(name).archiveHead()));
      List<List<Mutation>> logged =
          read(log(name), 0).stream()
              .filter(entry -> entry.kind() == LogEntry.Kind.DATA)
              .map(ReplicaLogTest::mutations)
              .toList();
      assertTrue(logged.contains(List.<Mutation>of(new Mutation.Cut())));
      assertEquals(List.of(head, new Mutation.Cut()), logged.getLast());
      assertNull(log(name, PartitionId.METADATA).archiveHead());
    }
  }

  @Test
  void onlyTheLeaderLogsACut() {
    String leader = nodes.awaitLeader(partition);
    String other =
        TestNodes.NAMES.stream().filter(n -> !n.equals(leader)).findFirst().orElseThrow();
    assertThrows(CallFailed.NotLeader.class, () -> log(other).logCut(null));
  }

  @Test
  void theLogOfAStoppedReplicaIsStillRead() throws Exception {
    long last = put(0, 5);
    awaitApplied(last);
    String name = TestNodes.NAMES.getFirst();
    ReplicaLog log = log(name);
    replica(name).stop(new ReplicaStopped("planted", null));
    TestNodes.await(
        "its leaving",
        () -> {
          Group group = replica(name).group();
          return group != null && group.status().role() == Group.Role.STOPPED;
        });
    assertTrue(read(log, 0).getLast().lsn() >= last);
    assertTrue(nodes.node(name).logs().contains(log));
    assertThrows(CallFailed.Unavailable.class, () -> log.logCut(null));
  }

  @Test
  void theLogIsDroppedUpToTheArchivedPositionAndNotBeyond() throws Exception {
    awaitApplied(put(0, 100));
    for (String name : TestNodes.NAMES) {
      assertEquals(0, firstLsn(name), "nothing is archived, nothing is dropped");
    }
    archive(50);
    for (String name : TestNodes.NAMES) {
      awaitPurge(name);
      assertHoldsWhatIsNotArchived(name);
    }

    // The archive stands still: more writes and more snapshots drop nothing more.
    awaitApplied(put(100, 200));
    snapshotEverywhere();
    TestNodes.NAMES.forEach(this::assertHoldsWhatIsNotArchived);

    archive(150);
    for (String name : TestNodes.NAMES) {
      TestNodes.await("the next purge on " + name, () -> firstLsn(name) > 51);
      assertHoldsWhatIsNotArchived(name);
    }
  }

  @Test
  void aRestartFarAheadOfTheArchiveDropsNothingAndLosesNothing() throws Exception {
    awaitApplied(put(0, 100));
    archive(40);
    TestNodes.NAMES.forEach(this::awaitPurge);
    Map<String, Long> firstLsns = new ConcurrentHashMap<>();
    TestNodes.NAMES.forEach(name -> firstLsns.put(name, firstLsn(name)));
    for (String name : TestNodes.NAMES) {
      nodes.stop(name);
    }
    nodes.startAll();
    for (String name : TestNodes.NAMES) {
      TestNodes.await("a replica", () -> nodes.node(name).replica(partition) != null);
    }
    awaitApplied(put(100, 140));
    snapshotEverywhere();
    for (String name : TestNodes.NAMES) {
      assertEquals(firstLsns.get(name), firstLsn(name));
      assertHoldsWhatIsNotArchived(name);
      assertEquals(log(name).committedLsn(), read(log(name), firstLsn(name)).getLast().lsn());
    }
    assertEveryReplicaHolds(140);

    // Once the archive has passed what the store held at the start, the log is dropped again.
    archive(applied(nodes.awaitLeader(partition)));
    for (String name : TestNodes.NAMES) {
      long before = Objects.requireNonNull(firstLsns.get(name));
      TestNodes.await("a purge on " + name, () -> firstLsn(name) > before);
    }
    assertEquals(List.of(), nodes.fatal);
  }

  /** The archive has everything up to a position. */
  private void archive(long lsn) throws IOException {
    LogEntry entry = read(log(nodes.awaitLeader(partition)), lsn).getFirst();
    archived.put(partition, entry.position());
  }

  /** Until no file is left that the archive has all of. */
  private void awaitPurge(String name) {
    TestNodes.await(
        "a purge on " + name, () -> firstLsn(name) > 0 && !holdsAFileThatIsArchived(name));
  }

  private void assertHoldsWhatIsNotArchived(String name) {
    long next = Objects.requireNonNull(archived.get(partition)).lsn() + 1;
    try {
      assertTrue(firstLsn(name) <= next, () -> name + " begins at " + firstLsn(name));
      assertEquals(next, read(log(name), next).getFirst().lsn());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private boolean holdsAFileThatIsArchived(String name) {
    long last = Objects.requireNonNull(archived.get(partition)).lsn();
    try (Stream<Path> files = Files.walk(nodes.folder(name))) {
      return files
          .filter(file -> file.toString().contains(partition.groupId().toString()))
          .map(file -> file.getFileName().toString())
          .filter(file -> file.matches("log_\\d+-\\d+"))
          .anyMatch(file -> Long.parseLong(file.substring(file.indexOf('-') + 1)) <= last);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Two in a row: when the second is taken, what the first allowed has been dropped. */
  private void snapshotEverywhere() {
    for (int round = 0; round < 2; round++) {
      long last = put(0, 1);
      awaitApplied(last);
      for (String name : TestNodes.NAMES) {
        Objects.requireNonNull(replica(name).group()).requestSnapshot();
        TestNodes.await(
            "a snapshot on " + name, () -> replica(name).store().durable().lsn() >= last);
      }
    }
  }

  private void assertEveryReplicaHolds(int count) {
    for (String name : TestNodes.NAMES) {
      for (int i = 0; i < count; i++) {
        Get weak = new Get(partition, key(i), false);
        Got got = assertInstanceOf(Got.class, nodes.node(name).ask(weak));
        Item item = Objects.requireNonNull(got.item(), name + " has no k" + i);
        assertEquals(new Value.Text(FILLER + i), item.get("text"));
      }
    }
  }
}
