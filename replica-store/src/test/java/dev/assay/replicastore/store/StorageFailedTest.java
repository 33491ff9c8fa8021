package dev.assay.replicastore.store;

import static dev.assay.replicastore.store.TestLog.barrier;
import static dev.assay.replicastore.store.TestLog.bytes;
import static dev.assay.replicastore.store.TestLog.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import dev.assay.replicastore.consensus.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that is full or does not sync, without a disk of its own: the names of the tables that
 * RocksDB will write next are taken by links to {@code /dev/full}, where every write finds no
 * space, or to {@code /dev/null}, where every write succeeds and no sync does.
 */
class StorageFailedTest {
  private static final Pattern NUMBERED = Pattern.compile("(\\d{6})\\.sst|\\D+-(\\d{6})");

  @TempDir Path folder;

  private final TestLog log = new TestLog();
  private TestStore test;
  private PartitionStore store;

  @BeforeEach
  void openWithAnItem() throws IOException, ReplicaStopped {
    boolean linux = Files.exists(Path.of("/dev/full"));
    if ("all".equals(System.getProperty("assay.require"))) {
      Assertions.assertTrue(linux, "needs /dev/full: run on Linux");
    }
    Assumptions.assumeTrue(linux, "needs /dev/full: run on Linux");
    test = new TestStore(folder.resolve("store"));
    store = test.open();
    store.apply(log.data(put("a", "1")));
    store.flush();
  }

  @AfterEach
  void close() {
    test.close();
  }

  private void replaceDisk(String device) throws IOException {
    int last = 0;
    for (Path file : DurableFiles.list(test.data())) {
      Matcher number = NUMBERED.matcher(file.getFileName().toString());
      if (number.matches()) {
        String digits = number.group(1) == null ? number.group(2) : number.group(1);
        last = Math.max(last, Integer.parseInt(digits));
      }
    }
    for (int i = last + 1; i < last + 50; i++) {
      Files.createSymbolicLink(test.data().resolve("%06d.sst".formatted(i)), Path.of(device));
    }
  }

  private void repairDisk() throws IOException {
    for (Path file : DurableFiles.list(test.data())) {
      if (Files.isSymbolicLink(file)) {
        Files.delete(file);
      }
    }
  }

  private void assertStopped(StorageFailed.Kind kind, String doing) {
    assertEquals(1, test.listener.failures.size());
    StorageFailed failure = test.listener.failures.getFirst();
    assertEquals(kind, failure.kind());
    String message = String.valueOf(failure.getMessage());
    assertTrue(message.contains(doing), message);
    assertTrue(message.contains("start again"), message);
    assertSame(failure, assertThrows(StorageFailed.class, () -> store.get(bytes("a"))));
    assertSame(failure, assertThrows(StorageFailed.class, () -> store.flush()));
    assertSame(
        failure, assertThrows(StorageFailed.class, () -> store.apply(log.data(put("a", "9")))));
    assertEquals(1, test.listener.failures.size());
    assertEquals(List.of(), test.listener.damages);
  }

  @Test
  void fullDiskAtAFlushStopsTheRole() throws Exception {
    replaceDisk("/dev/full");
    store.apply(log.data(put("a", "2")));
    StorageFailed failure = assertThrows(StorageFailed.class, () -> store.flush());
    assertEquals(StorageFailed.Kind.FULL, failure.kind());
    assertStopped(StorageFailed.Kind.FULL, "flushing");
    assertEquals(new LogPosition(0, 1), store.durable());
  }

  @Test
  void syncErrorIsNotRetriedAndThenAcknowledged() throws Exception {
    replaceDisk("/dev/null");
    store.apply(log.data(put("a", "2")));
    assertThrows(StorageFailed.class, () -> store.flush());
    repairDisk();
    assertStopped(StorageFailed.Kind.SYNC, "flushing");
    assertEquals(new LogPosition(0, 1), store.durable());
    store.close();
    store = test.open();
    assertEquals(new LogPosition(0, 1), store.durable());
    assertEquals("0 1", TestStore.contents(store).get("a"));
  }

  @Test
  void fullDiskAtAFlushInTheBackgroundStopsTheRoleAtALaterEntry() throws Exception {
    replaceDisk("/dev/full");
    String item = "i".repeat(100_000);
    StorageFailed failure =
        assertThrows(
            StorageFailed.class,
            () -> {
              for (int i = 0; i < 2000; i++) {
                store.apply(log.data(put("k" + i, item)));
              }
            });
    assertEquals(StorageFailed.Kind.FULL, failure.kind());
    assertStopped(StorageFailed.Kind.FULL, "applying position");
    assertEquals(new LogPosition(0, 1), store.durable());
  }

  @Test
  void diskFaultOfTheStoreAtABarrierIsNotOnlyAFailedCheckpoint() throws Exception {
    replaceDisk("/dev/full");
    assertThrows(
        StorageFailed.class, () -> store.apply(log.data(put("a", "2"), barrier(new UUID(1, 1)))));
    assertStopped(StorageFailed.Kind.FULL, "applying position");
    assertEquals(List.of(), test.listener.taken);
  }

  @Test
  void afterTheRepairTheLogIsAppliedFromWhereTheDiskWas() throws Exception {
    replaceDisk("/dev/full");
    var lost = log.data(put("a", "2"));
    store.apply(lost);
    assertThrows(StorageFailed.class, () -> store.flush());
    repairDisk();
    store = test.reopenAfterCrash();
    assertEquals(Applied.ACCEPTED, store.apply(lost));
    store.flush();
    assertEquals(new LogPosition(1, 1), store.durable());
    assertEquals("1 2", TestStore.contents(store).get("a"));
  }
}
