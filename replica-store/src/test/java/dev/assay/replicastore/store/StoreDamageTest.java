package dev.assay.replicastore.store;

import static dev.assay.replicastore.store.TestLog.barrier;
import static dev.assay.replicastore.store.TestLog.bytes;
import static dev.assay.replicastore.store.TestLog.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.FormatException;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class StoreDamageTest {
  private static final int ITEMS = 200;

  @TempDir Path folder;

  private final TestLog log = new TestLog();
  private TestStore test;
  private PartitionStore store;

  @BeforeEach
  void openWithItems() throws IOException, ReplicaStopped {
    test = new TestStore(folder.resolve("store"));
    store = test.open();
    Random random = new Random(5);
    for (int i = 0; i < ITEMS; i++) {
      store.apply(log.data(put(key(i), Long.toHexString(random.nextLong()).repeat(60))));
    }
    store.flush();
    store.compact();
  }

  @AfterEach
  void close() {
    test.close();
  }

  private static String key(int i) {
    return "key%05d".formatted(i);
  }

  /** Flips a bit of a data block near the start of the newest table. */
  private Path damageATable() throws IOException {
    Path table = TestStore.tables(test.data()).getLast();
    TestStore.flipBit(table, 3000);
    return table;
  }

  private ReplicaStopped stops(Executable call) {
    ReplicaStopped stopped = assertThrows(ReplicaStopped.class, call);
    assertInstanceOf(StoreDamaged.class, stopped.getCause());
    return stopped;
  }

  private void readEveryItem() throws ReplicaStopped {
    for (int i = 0; i < ITEMS; i++) {
      store.get(bytes(key(i)));
    }
  }

  private void assertStoppedAndKept(Path table, String doing) throws IOException {
    assertEquals(1, test.listener.damages.size());
    Finding finding = test.listener.damages.getFirst();
    assertEquals(table.getFileName().toString(), finding.file());
    assertTrue(finding.message().contains("checksum mismatch"), finding.message());
    assertEquals(doing, finding.doing());
    assertEquals(TestLog.PARTITION, finding.partition());
    assertEquals(test.now.toEpochMilli(), finding.atMs());
    assertEquals(store.position().applied(), finding.applied());
    assertEquals(List.of(finding), PartitionStore.findings(test.folder));

    stops(() -> store.get(bytes("other")));
    stops(() -> store.range(null, null, false, (_, _) -> true));
    stops(() -> store.apply(log.data(put("a", "1"))));
    stops(() -> store.flush());
    stops(() -> store.checkpointNow(new UUID(1, 1)));
    assertEquals(1, test.listener.damages.size(), "it is told once");
  }

  @Test
  void damagedBlockMetByAGetStopsTheReplicaAndIsKept() throws Exception {
    store = test.reopenAfterCrash();
    Path table = damageATable();
    stops(this::readEveryItem);
    assertStoppedAndKept(table, "reading an item");
  }

  @Test
  void damagedBlockMetByARangeStopsTheReplicaAndIsKept() throws Exception {
    store = test.reopenAfterCrash();
    Path table = damageATable();
    stops(() -> store.range(null, null, false, (_, _) -> true));
    assertStoppedAndKept(table, "reading a range");
  }

  @Test
  void rangeDoesNotPassADamagedBlockSilently() throws Exception {
    store = test.reopenAfterCrash();
    damageATable();
    int[] seen = {0};
    stops(
        () ->
            store.range(
                null,
                null,
                true,
                (_, _) -> {
                  seen[0]++;
                  return true;
                }));
    assertTrue(seen[0] < ITEMS);
  }

  @Test
  void damagedBlockMetByACompactionStopsTheReplicaAndIsKept() throws Exception {
    store = test.reopenAfterCrash();
    Path table = damageATable();
    for (int i = 0; i < ITEMS; i++) {
      store.apply(log.data(put(key(i), "new")));
    }
    store.flush();
    assertThrows(ReplicaStopped.class, store::compact);
    assertEquals(1, test.listener.damages.size());
    String doing = test.listener.damages.getFirst().doing();
    assertTrue(doing.equals("flushing or compacting") || doing.equals("compacting"), doing);
    assertStoppedAndKept(table, doing);
  }

  @Test
  void interruptedReaderKeepsTheFindingAllTheSame() throws Exception {
    store = test.reopenAfterCrash();
    damageATable();
    Thread.currentThread().interrupt();
    stops(this::readEveryItem);
    assertTrue(Thread.interrupted());
    assertEquals(1, PartitionStore.findings(test.folder).size());
  }

  @Test
  void findingSurvivesRestartsUntilItIsRemoved() throws Exception {
    store = test.reopenAfterCrash();
    damageATable();
    stops(this::readEveryItem);
    Finding finding = test.listener.damages.getFirst();
    test.crash();
    for (int i = 0; i < 2; i++) {
      StoreDamaged refused = assertThrows(StoreDamaged.class, test::open);
      assertEquals(finding, refused.finding());
      assertTrue(String.valueOf(refused.getMessage()).contains("findings"), refused.getMessage());
    }
    assertEquals(1, test.listener.damages.size());
    try (var kept = Files.list(test.folder.resolve("findings"))) {
      Files.delete(kept.findFirst().orElseThrow());
    }
    assertEquals(List.of(), PartitionStore.findings(test.folder));
    store = test.open();
    assertEquals(ITEMS - 1, store.position().applied().lsn());
  }

  @Test
  void unreadableFindingIsNoReasonToOpen() throws Exception {
    store = test.reopenAfterCrash();
    damageATable();
    stops(this::readEveryItem);
    test.crash();
    try (var kept = Files.list(test.folder.resolve("findings"))) {
      TestStore.flipBit(kept.findFirst().orElseThrow(), 30);
    }
    IOException refused = assertThrows(IOException.class, test::open);
    assertTrue(String.valueOf(refused.getMessage()).contains("findings"), refused.getMessage());
    assertThrows(IOException.class, () -> PartitionStore.findings(test.folder));
  }

  @Test
  void damagedStoreClosesWithoutAFlush() throws Exception {
    store = test.reopenAfterCrash();
    damageATable();
    store.apply(log.data(put("unflushed", "1")));
    stops(this::readEveryItem);
    store.close();
    try (var kept = Files.list(test.folder.resolve("findings"))) {
      Files.delete(kept.findFirst().orElseThrow());
    }
    store = test.open();
    assertEquals(ITEMS - 1, store.position().applied().lsn());
  }

  @Test
  void checkpointsOfADamagedStoreCanBeListedAndReleased() throws Exception {
    CheckpointInfo info = store.checkpointNow(new UUID(1, 1));
    store = test.reopenAfterCrash();
    damageATable();
    stops(this::readEveryItem);
    assertEquals(List.of(info), store.checkpoints());
    assertTrue(store.release(new UUID(1, 1)));
  }

  @Test
  void tableThatCannotBeReadBackInACheckpointIsDamageOfTheStore() throws Exception {
    Queue<Runnable> later = new ArrayDeque<>();
    test.executor = later::add;
    store = test.reopenAfterCrash();
    store.apply(log.data(barrier(new UUID(1, 1))));
    for (Path table : TestStore.tables(test.data())) {
      Files.write(table, new byte[] {1}, StandardOpenOption.APPEND);
    }
    while (!later.isEmpty()) {
      later.remove().run();
    }
    assertEquals(1, test.listener.failed.size());
    assertEquals(1, test.listener.damages.size());
    stops(() -> store.get(bytes(key(0))));
  }

  @Test
  void damageMetAtOpenIsKeptAndNeverAnEmptyStart() throws Exception {
    record Case(String file, Predicate<String> named, boolean delete) {}
    List<Case> cases =
        List.of(
            new Case("a table is gone", name -> name.endsWith(".sst"), true),
            new Case("a table is cut", name -> name.endsWith(".sst"), false),
            new Case("the manifest is gone", name -> name.startsWith("MANIFEST"), true),
            new Case("CURRENT is gone", name -> name.equals("CURRENT"), true),
            new Case("CURRENT is cut", name -> name.equals("CURRENT"), false));
    test.crash();
    for (Case each : cases) {
      try (TestStore damaged = new TestStore(folder.resolve(each.file()))) {
        TestStore.copyTree(test.folder, damaged.folder);
        try (var files = Files.list(damaged.data())) {
          Path file =
              files
                  .filter(path -> each.named().test(path.getFileName().toString()))
                  .findFirst()
                  .orElseThrow();
          if (each.delete()) {
            Files.delete(file);
          } else {
            byte[] content = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(content, content.length - 1));
          }
        }
        StoreDamaged first = assertThrows(StoreDamaged.class, damaged::open, each.file());
        StoreDamaged second = assertThrows(StoreDamaged.class, damaged::open, each.file());
        assertEquals(first.finding(), second.finding());
        assertEquals(List.of(first.finding()), PartitionStore.findings(damaged.folder));
      }
    }
  }

  @Test
  void dataFolderThatIsGoneIsDamage() throws Exception {
    test.crash();
    DurableFiles.deleteTree(test.data());
    assertThrows(StoreDamaged.class, test::open);
  }

  @Test
  void dataOfAnotherPartitionInThisFolderIsDamage() throws Exception {
    test.crash();
    try (TestStore other = new TestStore(folder.resolve("other"))) {
      PartitionStore.open(
              other.folder,
              new PartitionId(TestLog.PARTITION.table(), 4),
              other.shared,
              other.listener,
              Runnable::run,
              InstantSource.system())
          .close();
      DurableFiles.deleteTree(test.data());
      TestStore.copyTree(other.data(), test.folder.resolve("data-1"));
    }
    StoreDamaged refused = assertThrows(StoreDamaged.class, test::open);
    assertTrue(refused.finding().message().contains("partition"), refused.getMessage());
  }

  /** Writes a row as no entry does. */
  private void forge(byte[] key, byte[] value) throws Exception {
    test.crash();
    try (OpenData data = OpenData.open(test.data(), false, test.shared, _ -> {})) {
      data.put(key, value);
      data.flush();
    }
  }

  @Test
  void itemRowWithoutItsPositionIsDamage() throws Exception {
    forge(Rows.itemKey(bytes("short")), new byte[7]);
    store = test.open();
    stops(() -> store.get(bytes("short")));
    assertEquals(1, test.listener.damages.size());
    assertEquals(1, PartitionStore.findings(test.folder).size());
  }

  @Test
  void itemRowWithoutItsPositionIsDamageInARangeToo() throws Exception {
    forge(Rows.itemKey(bytes("short")), new byte[7]);
    store = test.open();
    stops(() -> store.range(null, null, false, (_, _) -> true));
    assertEquals(1, PartitionStore.findings(test.folder).size());
  }

  @Test
  void positionRowThatCannotBeReadIsDamage() throws Exception {
    forge(Rows.positionKey(), new byte[45]);
    StoreDamaged refused = assertThrows(StoreDamaged.class, test::open);
    assertTrue(refused.finding().message().contains("position row"), refused.getMessage());
  }

  @Test
  void positionRowOfANewerVersionIsNoDamage() throws Exception {
    byte[] row = Position.NONE.encode();
    row[0] = 2;
    CRC32C checksum = new CRC32C();
    checksum.update(row, 0, row.length - 4);
    ByteBuffer.wrap(row).putInt(row.length - 4, (int) checksum.getValue());
    forge(Rows.positionKey(), row);
    assertThrows(FormatException.TooNew.class, test::open);
    assertEquals(List.of(), PartitionStore.findings(test.folder));
  }
}
