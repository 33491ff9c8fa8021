package dev.assay.replicastore.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.replicastore.consensus.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

class StoreHealthTest {
  @TempDir Path folder;

  private final RecordingListener listener = new RecordingListener();

  private StoreHealth health() {
    return new StoreHealth(
        TestLog.PARTITION,
        new Findings(folder.resolve("findings")),
        listener,
        Runnable::run,
        InstantSource.system(),
        () -> new LogPosition(5, 1));
  }

  private static RocksDBException error(Status.Code code, String message) {
    return new RocksDBException(message, new Status(code, Status.SubCode.None, message));
  }

  @Test
  void findingThatCannotBeKeptStopsTheRole() throws IOException {
    Files.writeString(folder.resolve("findings"), "not a folder");
    StoreHealth health = health();
    RocksDBException corruption = error(Status.Code.Corruption, "bad block in 000008.sst");
    StorageFailed failure =
        assertThrows(StorageFailed.class, () -> health.met(corruption, "reading"));
    assertTrue(String.valueOf(failure.getMessage()).contains("bad block"), failure.getMessage());
    assertEquals(1, listener.damages.size());
    assertEquals(List.of(failure), listener.failures);
    assertSame(failure, assertThrows(StorageFailed.class, health::require));
  }

  @Test
  void errorsInTheBackgroundCountLikeAnyOther() {
    StoreHealth health = health();
    Status corruption =
        new Status(Status.Code.Corruption, Status.SubCode.None, "bad block in 000008.sst");
    health.metInBackground(corruption, "compacting");
    assertFalse(health.sound());
    assertEquals("000008.sst", listener.damages.getFirst().file());
  }

  @Test
  void firstDamageIsTheOneThatIsKept() throws IOException {
    StoreHealth health = health();
    health.damage("000001.sst", "one", "reading");
    health.damage("000002.sst", "two", "reading");
    assertEquals(1, listener.damages.size());
    assertEquals(1, PartitionStore.findings(folder).size());
  }

  @Test
  void damageAfterADiskFailureIsStillKept() throws IOException {
    StoreHealth health = health();
    health.fail(StorageFailed.Kind.IO, "writing", new IOException("no"));
    health.damage("000001.sst", "one", "reading");
    assertEquals(1, PartitionStore.findings(folder).size());
  }

  @Test
  void mistakeOfOursIsNotTakenForAFaultOfTheDisk() {
    StoreHealth health = health();
    RocksDBException mistake = error(Status.Code.InvalidArgument, "no such option");
    assertThrows(IllegalStateException.class, () -> health.met(mistake, "reading"));
    assertTrue(health.sound());
  }

  @Test
  void endedExecutorLosesTheMessageAndNotTheFinding() throws IOException {
    StoreHealth health =
        new StoreHealth(
            TestLog.PARTITION,
            new Findings(folder.resolve("findings")),
            listener,
            _ -> {
              throw new RejectedExecutionException("ended");
            },
            InstantSource.system(),
            () -> new LogPosition(5, 1));
    health.damage("000001.sst", "one", "reading");
    assertEquals(1, PartitionStore.findings(folder).size());
  }
}
