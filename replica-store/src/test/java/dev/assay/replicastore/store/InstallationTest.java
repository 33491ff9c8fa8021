package dev.assay.replicastore.store;

import static dev.assay.replicastore.store.TestLog.PARTITION;
import static dev.assay.replicastore.store.TestLog.bytes;
import static dev.assay.replicastore.store.TestLog.delete;
import static dev.assay.replicastore.store.TestLog.put;
import static dev.assay.replicastore.store.TestStore.contents;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.FormatException;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import dev.assay.replicastore.consensus.LogEntry;
import dev.assay.replicastore.consensus.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallationTest {
  private static final UUID RUN = new UUID(11, 12);
  private static final Map<String, String> OLD = Map.of("a", "0 1", "b", "0 1");
  private static final Map<String, String> NEW = Map.of("a", "1 2", "c", "2 1");

  @TempDir Path temporary;

  private final TestLog log = new TestLog();
  private TestStore ahead;
  private TestStore behind;
  private LogEntry next;
  private Path incoming;

  /** One replica has three entries, the other one; the checkpoint of the first is fetched. */
  @BeforeEach
  void prepare() throws Exception {
    ahead = new TestStore(temporary.resolve("ahead"));
    behind = new TestStore(temporary.resolve("behind"));
    ahead.open();
    behind.open();
    LogEntry first = log.data(put("a", "1"), put("b", "1"));
    behind.store().apply(first);
    behind.store().flush();
    ahead.applyAll(List.of(first, log.data(put("a", "2")), log.data(put("c", "1"), delete("b"))));
    next = log.data(put("d", "1"));
    CheckpointInfo checkpoint = ahead.store().checkpointNow(RUN);
    incoming = behind.store().incoming().resolve("x");
    Files.createDirectories(behind.store().incoming());
    TestStore.copyTree(checkpoint.folder(), incoming);
  }

  @AfterEach
  void close() {
    ahead.close();
    behind.close();
  }

  private static void assertSays(String expected, Throwable thrown) {
    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.contains(expected), message);
  }

  private void assertKeepsTheOld() throws IOException, ReplicaStopped {
    assertEquals(OLD, contents(behind.store()));
    assertEquals(OLD, contents(behind.reopenAfterCrash()));
    assertEquals(0, behind.store().position().applied().lsn());
  }

  @Test
  void checkpointTakesThePlaceOfTheData() throws Exception {
    PartitionStore store = behind.store();
    LogPosition installed = store.replaceWith(incoming);
    assertEquals(new LogPosition(2, 1), installed);
    assertEquals(ahead.store().position(), store.position());
    assertEquals(installed, store.durable());
    assertEquals(NEW, contents(store));
    assertEquals(Applied.ACCEPTED, store.apply(next));
    assertFalse(Files.exists(incoming));
    assertEquals(
        List.of("data-2"),
        DurableFiles.list(behind.folder).stream()
            .map(path -> path.getFileName().toString())
            .filter(name -> name.startsWith("data-"))
            .toList());
  }

  @Test
  void installedCheckpointSurvivesACrash() throws Exception {
    behind.store().replaceWith(incoming);
    assertEquals(NEW, contents(behind.reopenAfterCrash()));
    assertEquals(Applied.ACCEPTED, behind.store().apply(next));
  }

  @Test
  void checkpointCanBeInstalledAgainAndAgain() throws Exception {
    behind.store().replaceWith(incoming);
    ahead.store().apply(next);
    CheckpointInfo second = ahead.store().checkpointNow(new UUID(1, 2));
    Files.createDirectories(incoming.getParent());
    TestStore.copyTree(second.folder(), incoming);
    assertEquals(new LogPosition(3, 1), behind.store().replaceWith(incoming));
    assertEquals(contents(ahead.store()), contents(behind.reopenAfterCrash()));
  }

  @Test
  void checkpointsOfTheReplacedDataStay() throws Exception {
    CheckpointInfo taken = behind.store().checkpointNow(RUN);
    behind.store().replaceWith(incoming);
    assertEquals(List.of(taken), behind.store().checkpoints());
    assertEquals(2, StateDigest.of(taken.folder()).items());
  }

  @Test
  void readersGoOnWhileTheDataIsReplaced() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    while (!done.get()) {
                      behind.store().get(bytes("a"));
                      Map<String, String> seen = contents(behind.store());
                      assertTrue(seen.equals(OLD) || seen.equals(NEW), seen::toString);
                    }
                  } catch (ReplicaStopped stopped) {
                    throw new AssertionError(stopped);
                  }
                });
    behind.store().replaceWith(incoming);
    assertTrue(reader.isAlive());
    done.set(true);
    reader.join();
    assertEquals(NEW, contents(behind.store()));
  }

  @Test
  void interruptIsNotTakenForADiskFault() throws Exception {
    Thread.currentThread().interrupt();
    LogPosition installed = behind.store().replaceWith(incoming);
    assertTrue(Thread.interrupted(), "the interrupt is still there");
    assertEquals(new LogPosition(2, 1), installed);
    assertEquals(NEW, contents(behind.reopenAfterCrash()));
    assertEquals(List.of(), behind.listener.failures);
  }

  @Test
  void crashAfterEachStepLeavesTheOldOrTheNew() throws Exception {
    behind.crash();
    Path original = temporary.resolve("original");
    TestStore.copyTree(behind.folder, original);
    for (int steps = 0; steps <= 4; steps++) {
      try (TestStore crashed = new TestStore(temporary.resolve("crashed-" + steps))) {
        TestStore.copyTree(original, crashed.folder);
        runSteps(crashed.folder, steps);
        assertEquals(steps < 3 ? OLD : NEW, contents(crashed.open()), "after step " + steps);
        assertEquals(steps < 3 ? 0 : 2, crashed.store().durable().lsn());
        assertFalse(Files.exists(crashed.folder.resolve("incoming")));
        assertEquals(1, countData(crashed.folder));
        assertEquals(steps < 3 ? OLD : NEW, contents(crashed.reopenAfterCrash()));
      }
    }
  }

  private static void runSteps(Path folder, int steps) throws IOException {
    try (StoreFolder held = StoreFolder.open(folder, PARTITION)) {
      Installation installation =
          Installation.verified(held, folder.resolve("incoming").resolve("x"));
      if (steps >= 2) {
        installation.stage();
      }
      if (steps >= 3) {
        installation.commit();
      }
      if (steps >= 4) {
        installation.sweep();
      }
    }
  }

  private static long countData(Path folder) throws IOException {
    return DurableFiles.list(folder).stream()
        .filter(path -> path.getFileName().toString().startsWith("data-"))
        .count();
  }

  @Test
  void installationsThatWereVerifiedAtOnceDoNotOverwriteEachOther() throws Exception {
    Path second = incoming.resolveSibling("y");
    TestStore.copyTree(incoming, second);
    behind.crash();
    try (StoreFolder held = StoreFolder.open(behind.folder, PARTITION)) {
      Installation one = Installation.verified(held, incoming);
      Installation other = Installation.verified(held, second);
      one.stage();
      one.commit();
      assertEquals(held.data(3), other.stage());
    }
    assertEquals(NEW, contents(behind.open()));
  }

  @Test
  void crashWhileTheDescriptorIsWrittenLeavesTheOld() throws Exception {
    behind.crash();
    runSteps(behind.folder, 2);
    Files.write(behind.folder.resolve("STORE.tmp"), new byte[] {1, 2, 3});
    assertEquals(OLD, contents(behind.open()));
  }

  @Test
  void damagedBlockIsNotInstalled() throws Exception {
    TestStore.flipBit(TestStore.tables(incoming.resolve("data")).getFirst(), 30);
    assertSays(
        "checksum", assertThrows(IOException.class, () -> behind.store().replaceWith(incoming)));
    assertKeepsTheOld();
    assertEquals(List.of(), behind.listener.damages);
  }

  @Test
  void damageAnywhereInATableIsFoundBeforeTheInstallation() throws Exception {
    List<LogEntry> entries = new ArrayList<>();
    Random random = new Random(3);
    entries.add(next);
    for (int i = 0; i < 2500; i++) {
      entries.add(log.data(put("key" + i, Long.toHexString(random.nextLong()).repeat(60))));
    }
    ahead.applyAll(entries);
    CheckpointInfo large = ahead.store().checkpointNow(new UUID(1, 2));
    Path table = TestStore.tables(large.data()).getLast();
    long size = Files.size(table);
    for (long i = 0; i < 200; i++) {
      // Half of them in the last part, where filter, index and properties are.
      long offset = i % 2 == 0 ? size * i / 200 : size - 1 - (size / 20) * i / 200;
      TestStore.flipBit(table, offset);
      try (StoreFolder empty = StoreFolder.open(temporary.resolve("empty"), PARTITION)) {
        assertThrows(
            IOException.class,
            () -> Installation.verified(empty, large.folder()),
            () -> "a flipped bit at %d of %d".formatted(offset, size));
      }
      TestStore.flipBit(table, offset);
    }
  }

  @Test
  void damagedDescriptorIsNotInstalled() throws Exception {
    TestStore.flipBit(incoming.resolve("CHECKPOINT"), 20);
    assertThrows(FormatException.Corrupt.class, () -> behind.store().replaceWith(incoming));
    assertKeepsTheOld();
  }

  @Test
  void missingTableIsNotInstalled() throws Exception {
    Files.delete(TestStore.tables(incoming.resolve("data")).getFirst());
    assertThrows(IOException.class, () -> behind.store().replaceWith(incoming));
    assertKeepsTheOld();
  }

  @Test
  void checkpointOfAnotherPartitionIsNotInstalled() throws Exception {
    PartitionId other = new PartitionId(PARTITION.table(), 9);
    CheckpointInfo info = CheckpointInfo.read(incoming);
    CheckpointInfo forged =
        new CheckpointInfo(other, info.run(), info.position(), info.createdAtMs(), info.folder());
    Files.write(incoming.resolve("CHECKPOINT"), forged.encode());
    assertSays(
        other.toString(),
        assertThrows(IOException.class, () -> behind.store().replaceWith(incoming)));
    assertKeepsTheOld();
  }

  @Test
  void checkpointAtAnotherPositionThanItClaimsIsNotInstalled() throws Exception {
    CheckpointInfo info = CheckpointInfo.read(incoming);
    CheckpointInfo forged =
        new CheckpointInfo(
            info.partition(),
            info.run(),
            info.position().after(new LogPosition(7, 1)),
            info.createdAtMs(),
            info.folder());
    Files.write(incoming.resolve("CHECKPOINT"), forged.encode());
    assertSays(
        "position", assertThrows(IOException.class, () -> behind.store().replaceWith(incoming)));
    assertKeepsTheOld();
  }

  @Test
  void checkpointBehindTheStoreIsNotInstalled() throws Exception {
    CheckpointInfo old = behind.store().checkpointNow(RUN);
    Path copy = ahead.store().incoming().resolve("x");
    Files.createDirectories(copy.getParent());
    TestStore.copyTree(old.folder(), copy);
    assertSays("behind", assertThrows(IOException.class, () -> ahead.store().replaceWith(copy)));
    assertEquals(NEW, contents(ahead.store()));
  }

  @Test
  void entriesNotYetFlushedAreReplacedToo() throws Exception {
    behind
        .store()
        .apply(
            TestLog.entry(
                1, 1, TestLog.batch(TestLog.fence(1, 2, 1), Long.MAX_VALUE, put("z", "1"))));
    behind.store().replaceWith(incoming);
    assertEquals(NEW, contents(behind.store()));
    assertEquals(ahead.store().position(), behind.store().position());
  }

  @Test
  void closedStoreIsReplacedWithoutBeingOpened() throws Exception {
    assertSays(
        "in use",
        assertThrows(
            IOException.class, () -> PartitionStore.install(behind.folder, PARTITION, incoming)));
    behind.crash();
    assertEquals(new LogPosition(2, 1), PartitionStore.install(behind.folder, PARTITION, incoming));
    assertEquals(NEW, contents(behind.open()));
  }

  @Test
  void newFolderMayBeginWithACheckpoint() throws Exception {
    Path empty = temporary.resolve("new");
    assertEquals(new LogPosition(2, 1), PartitionStore.install(empty, PARTITION, incoming));
    try (TestStore fresh = new TestStore(empty)) {
      assertEquals(NEW, contents(fresh.open()));
    }
  }

  @Test
  void installLeavesFindingsInPlace() throws Exception {
    behind.crash();
    Finding finding =
        new Finding(PARTITION, LogPosition.NONE, 5, "reading", Finding.NO_FILE, "words");
    new Findings(behind.folder.resolve("findings")).keep(finding);
    PartitionStore.install(behind.folder, PARTITION, incoming);
    assertEquals(finding, assertThrows(StoreDamaged.class, behind::open).finding());
  }
}
