package dev.assay.replicastore.store;

import static dev.assay.replicastore.store.TestLog.bytes;
import static dev.assay.replicastore.store.TestLog.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Batch;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import dev.assay.replicastore.consensus.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedStorageTest {
  @TempDir Path temporary;

  private PartitionStore open(SharedStorage shared, int number) throws IOException {
    return PartitionStore.open(
        temporary.resolve("store-" + number),
        new PartitionId(TestLog.PARTITION.table(), number),
        shared,
        new RecordingListener(),
        Runnable::run,
        InstantSource.system());
  }

  @Test
  void storesShareItAndItClosesAfterThem() throws Exception {
    SharedStorage shared = new SharedStorage(16 << 20, 8 << 20, 1);
    PartitionStore first = open(shared, 1);
    PartitionStore second = open(shared, 2);
    first.close();
    assertThrows(IllegalStateException.class, shared::close);
    assertEquals(LogPosition.NONE, second.flush());
    second.close();
    shared.close();
  }

  @Test
  void writeBuffersAreAPartOfTheCache() {
    assertThrows(IllegalArgumentException.class, () -> new SharedStorage(8 << 20, 8 << 20, 1));
    assertThrows(IllegalArgumentException.class, () -> new SharedStorage(8 << 20, 0, 1));
  }

  @Test
  void refusedOpenDoesNotHoldIt() throws Exception {
    SharedStorage shared = new SharedStorage(16 << 20, 8 << 20, 1);
    open(shared, 1).close();
    Path data = temporary.resolve("store-1/data-1");
    Files.delete(data.resolve("CURRENT"));
    assertThrows(StoreDamaged.class, () -> open(shared, 1));
    shared.close();
  }

  @Test
  void opensAndClosesLeaveNothingBehind() throws Exception {
    try (SharedStorage shared = new SharedStorage(16 << 20, 8 << 20, 1)) {
      useOnce(shared);
      long files = openFiles();
      long threads = threads();
      for (int i = 0; i < 100; i++) {
        useOnce(shared);
      }
      assertTrue(openFiles() <= files + 5, "open files: %d, then %d".formatted(files, openFiles()));
      assertTrue(threads() <= threads + 5, "threads: %d, then %d".formatted(threads, threads()));
    }
  }

  private void useOnce(SharedStorage shared) throws IOException, ReplicaStopped {
    try (PartitionStore store = open(shared, 1)) {
      store.get(bytes("a"));
      store.range(null, null, false, (_, _) -> true);
    }
  }

  private static long openFiles() throws IOException {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }

  private static long threads() throws IOException {
    try (var tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.count();
    }
  }

  @Test
  void closeWaitsForReadersAndThenRefusesThem() throws Exception {
    for (int round = 0; round < 5; round++) {
      try (SharedStorage shared = new SharedStorage(16 << 20, 8 << 20, 1)) {
        PartitionStore store = open(shared, 10 + round);
        TestLog log = new TestLog();
        for (int i = 0; i < 50; i++) {
          store.apply(
              TestLog.entry(
                  i,
                  1,
                  new Batch(
                      TestLog.PARTITION.table(),
                      10 + round,
                      TestLog.fence(1, i + 1, i),
                      log.lastHybridTime(),
                      List.of(put("k" + i, "v")))));
        }
        AtomicLong reads = new AtomicLong();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          readers.add(Thread.ofVirtual().start(() -> readUntilClosed(store, reads)));
        }
        while (reads.get() < 200) {
          Thread.onSpinWait();
        }
        store.close();
        for (Thread reader : readers) {
          reader.join();
        }
      }
    }
  }

  private static void readUntilClosed(PartitionStore store, AtomicLong reads) {
    try {
      while (true) {
        store.get(bytes("k1"));
        store.range(null, null, reads.get() % 2 == 0, (_, _) -> true);
        reads.incrementAndGet();
      }
    } catch (ReplicaStopped closed) {
      assertTrue(String.valueOf(closed.getMessage()).contains("closed"), closed.getMessage());
    }
  }
}
