package dev.assay.replicastore.store;

import static dev.assay.replicastore.store.TestLog.barrier;
import static dev.assay.replicastore.store.TestLog.delete;
import static dev.assay.replicastore.store.TestLog.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.FileEnvelope;
import dev.assay.logformat.FileKind;
import dev.assay.logformat.FormatException;
import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import dev.assay.replicastore.consensus.LogEntry;
import dev.assay.replicastore.consensus.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

class CheckpointsTest {
  private static final UUID RUN = new UUID(11, 12);
  private static final UUID OTHER_RUN = new UUID(13, 14);

  @TempDir Path folder;

  private final TestLog log = new TestLog();
  private final Queue<Runnable> later = new ArrayDeque<>();
  private TestStore test;
  private PartitionStore store;

  @BeforeEach
  void open() throws IOException {
    test = new TestStore(folder.resolve("store"));
    store = test.open();
  }

  @AfterEach
  void close() {
    test.close();
  }

  private void openWithQueuedExecutor() throws IOException {
    test.executor = later::add;
    store.close();
    store = test.open();
  }

  private void runQueued() {
    for (Runnable task = later.poll(); task != null; task = later.poll()) {
      task.run();
    }
  }

  private static SortedMap<String, String> contents(Path checkpoint)
      throws IOException, RocksDBException {
    SortedMap<String, String> contents = new TreeMap<>();
    try (OpenData data = OpenData.openReadOnly(CheckpointInfo.read(checkpoint).data())) {
      data.range(
          null,
          null,
          false,
          (key, item) -> {
            contents.put(TestStore.text(key), item.lsn() + " " + TestStore.text(item.bytes()));
            return true;
          });
    }
    return contents;
  }

  private static List<Path> in(Path folder) throws IOException {
    return DurableFiles.list(folder);
  }

  @Test
  void barrierTakesACheckpointAtExactlyItsPosition() throws Exception {
    store.apply(log.data(put("a", "1")));
    store.apply(log.data(put("b", "1"), barrier(RUN), put("c", "1")));
    store.apply(log.data(put("a", "2"), delete("b")));
    assertEquals(List.of(), test.listener.failed);
    RecordingListener.Taken taken = test.listener.taken.getFirst();
    assertEquals(RUN, taken.run());
    assertEquals(1, taken.lsn());
    assertEquals(
        test.folder.resolve("checkpoints").resolve("00000000000000000001-" + RUN), taken.folder());
    assertEquals(Map.of("a", "0 1", "b", "1 1", "c", "1 1"), contents(taken.folder()));
  }

  @Test
  void checkpointIsAtItsBarrierHoweverMuchIsAppliedBeforeItIsFinished() throws Exception {
    openWithQueuedExecutor();
    store.apply(log.data(put("a", "1"), barrier(RUN)));
    for (int i = 0; i < 50; i++) {
      store.apply(log.data(put("a", "later " + i), put("k" + i, "x")));
    }
    store.flush();
    store.compact();
    assertEquals(List.of(), store.checkpoints());
    runQueued();
    CheckpointInfo info = store.checkpoints().getFirst();
    assertEquals(new LogPosition(0, 1), info.position().applied());
    assertEquals(Map.of("a", "0 1"), contents(info.folder()));
  }

  @Test
  void checkpointSaysWhatItIs() throws Exception {
    store.apply(log.data(put("a", "1"), barrier(RUN)));
    CheckpointInfo info = store.checkpoints().getFirst();
    assertEquals(
        new CheckpointInfo(
            TestLog.PARTITION,
            RUN,
            store.position(),
            test.now.toEpochMilli(),
            test.listener.taken.getFirst().folder()),
        info);
    assertEquals(log.lastHybridTime(), info.position().hybridTime());
  }

  @Test
  void descriptorKeepsItsBytes() throws FormatException {
    Position position = new Position(new LogPosition(17, 2), new Position.Cursor(1, 5), 258);
    CheckpointInfo info = new CheckpointInfo(TestLog.PARTITION, RUN, position, 260, folder);
    assertEquals(
        "00000000000000070000000000000008"
            + "00000003"
            + "000000000000000b000000000000000c"
            + "0000000000000011"
            + "0000000000000002"
            + "0000000000000001"
            + "0000000000000005"
            + "0000000000000102"
            + "0000000000000104",
        HexFormat.of().formatHex(FileEnvelope.unwrap(FileKind.CHECKPOINT, 1, 1, info.encode())));
  }

  @Test
  void barrierMakesWhatItCoversDurable() throws Exception {
    store.apply(log.data(put("a", "1"), barrier(RUN)));
    assertEquals(new LogPosition(0, 1), store.durable());
    assertEquals(0, test.reopenAfterCrash().position().applied().lsn());
  }

  @Test
  void replayedBarrierTakesNoSecondCheckpoint() throws Exception {
    LogEntry entry = log.data(put("a", "1"), barrier(RUN));
    store.apply(entry);
    store.release(RUN);
    assertEquals(Applied.ALREADY, store.apply(entry));
    store = test.reopenAfterCrash();
    assertEquals(Applied.ALREADY, store.apply(entry));
    assertEquals(1, test.listener.taken.size());
    assertEquals(List.of(), store.checkpoints());
  }

  @Test
  void refusedBarrierTakesNoCheckpoint() throws Exception {
    store.apply(log.data(put("a", "1")));
    assertEquals(Applied.REFUSED, store.apply(log.lateCopy(barrier(RUN))));
    assertEquals(List.of(), store.checkpoints());
  }

  @Test
  void twoBarriersInABatchTakeTwoCheckpoints() throws Exception {
    store.apply(log.data(barrier(RUN), put("a", "1"), barrier(OTHER_RUN)));
    assertEquals(2, store.checkpoints().size());
    for (CheckpointInfo info : store.checkpoints()) {
      assertEquals(Map.of("a", "0 1"), contents(info.folder()));
    }
  }

  @Test
  void crashBeforeACheckpointIsFinishedLeavesNone() throws Exception {
    openWithQueuedExecutor();
    store.apply(log.data(put("a", "1"), barrier(RUN)));
    Path unfinished = test.folder.resolve("unfinished");
    assertEquals(1, in(unfinished).size());
    store = test.reopenAfterCrash();
    assertFalse(Files.exists(unfinished));
    assertEquals(List.of(), store.checkpoints());
    runQueued();
    assertEquals(List.of(), test.listener.taken);
    assertEquals(1, test.listener.failed.size());
    assertFalse(Files.exists(unfinished));
  }

  @Test
  void crashBetweenDescriptorAndRenameLeavesNone() throws Exception {
    store.apply(log.data(put("a", "1"), barrier(RUN)));
    Path taken = test.listener.taken.getFirst().folder();
    test.crash();
    Path unfinished = test.folder.resolve("unfinished").resolve(taken.getFileName().toString());
    Files.createDirectories(test.folder.resolve("unfinished"));
    Files.move(taken, unfinished);
    store = test.open();
    assertEquals(List.of(), store.checkpoints());
    assertFalse(Files.exists(unfinished));
  }

  @Test
  void finishedCheckpointsSurviveACrash() throws Exception {
    store.apply(log.data(put("a", "1"), barrier(RUN)));
    store = test.reopenAfterCrash();
    assertEquals(RUN, store.checkpoints().getFirst().run());
    assertEquals(Map.of("a", "0 1"), contents(store.checkpoints().getFirst().folder()));
  }

  @Test
  void checkpointThatDoesNotReadBackAsItsBarrierIsNotTaken() throws Exception {
    openWithQueuedExecutor();
    store.apply(log.data(put("a", "1"), barrier(RUN)));
    store.apply(log.data(put("a", "2"), barrier(OTHER_RUN)));
    Path first = in(test.folder.resolve("unfinished")).getFirst();
    Path second = in(test.folder.resolve("unfinished")).getLast();
    DurableFiles.deleteTree(first.resolve("data"));
    Files.move(second.resolve("data"), first.resolve("data"));
    later.remove().run();
    assertEquals(List.of(), test.listener.taken);
    RecordingListener.Failed failed = test.listener.failed.getFirst();
    assertEquals(RUN, failed.run());
    assertEquals(0, failed.lsn());
    assertTrue(failed.reason().contains("read back"), failed.reason());
    assertFalse(Files.exists(first));
    assertEquals(List.of(), store.checkpoints());
  }

  @Test
  void checkpointThatCannotBeMadeDoesNotStopTheReplica() throws Exception {
    Files.writeString(test.folder.resolve("unfinished"), "not a folder");
    store.apply(log.data(put("a", "1"), barrier(RUN)));
    assertEquals(Applied.ACCEPTED, store.apply(log.data(put("a", "2"))));
    assertEquals(1, test.listener.failed.size());
    assertEquals(RUN, test.listener.failed.getFirst().run());
    assertEquals(0, test.listener.failed.getFirst().lsn());
    assertThrows(CheckpointFailed.class, () -> store.checkpointNow(OTHER_RUN));
    Files.delete(test.folder.resolve("unfinished"));
    store.apply(log.data(put("a", "3"), barrier(RUN)));
    assertEquals(1, test.listener.taken.size());
  }

  @Test
  void checkpointThatCannotBeMovedIsRemovedAndMayBeTakenAgain() throws Exception {
    Files.writeString(test.folder.resolve("checkpoints"), "not a folder");
    store.apply(log.data(put("a", "1"), barrier(RUN)));
    assertEquals(1, test.listener.failed.size());
    assertEquals(List.of(), in(test.folder.resolve("unfinished")));
    Files.delete(test.folder.resolve("checkpoints"));
    store.apply(log.data(barrier(RUN)));
    assertEquals(1, test.listener.taken.size());
  }

  @Test
  void checkpointNowIsAtTheStoresPosition() throws Exception {
    store.apply(log.data(put("a", "1")));
    store.apply(log.withoutData(LogEntry.Kind.METADATA));
    CheckpointInfo info = store.checkpointNow(RUN);
    assertEquals(store.position(), info.position());
    assertEquals(1, info.position().applied().lsn());
    assertEquals(Map.of("a", "0 1"), contents(info.folder()));
    assertEquals(List.of(info), store.checkpoints());
    assertEquals(new LogPosition(1, 1), store.durable());
  }

  @Test
  void checkpointOfAnEmptyStoreIsBeforeTheFirstEntry() throws Exception {
    assertEquals(LogPosition.NONE, store.checkpointNow(RUN).position().applied());
  }

  @Test
  void checkpointsTakenWhileEntriesAreAppliedAreEachAtOnePosition() throws Exception {
    List<LogEntry> entries = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      entries.add(
          i % 3 == 0
              ? log.data(put("one", "" + i), put("other", "" + i))
              : log.withoutData(LogEntry.Kind.METADATA));
    }
    Thread updater = Thread.ofPlatform().start(() -> applyUnchecked(entries));
    for (int i = 0; i < 10; i++) {
      CheckpointInfo info = store.checkpointNow(new UUID(20, i));
      long lsn = info.position().applied().lsn();
      String item = lsn - lsn % 3 + " " + (lsn - lsn % 3);
      Map<String, String> expected = lsn < 0 ? Map.of() : Map.of("one", item, "other", item);
      assertEquals(expected, contents(info.folder()));
    }
    updater.join();
    assertEquals(10, store.checkpoints().size());
  }

  private void applyUnchecked(List<LogEntry> entries) {
    try {
      test.applyAll(entries);
    } catch (ReplicaStopped stopped) {
      throw new AssertionError(stopped);
    }
  }

  @Test
  void runHasOneCheckpointAtMost() throws Exception {
    store.checkpointNow(RUN);
    store.apply(log.data(put("a", "1")));
    assertThrows(CheckpointFailed.class, () -> store.checkpointNow(RUN));
    assertEquals(1, store.checkpoints().size());
    store.apply(log.data(barrier(RUN)));
    assertEquals(1, test.listener.failed.size());
  }

  @Test
  void releaseRemovesTheRunsCheckpointOnly() throws Exception {
    store.checkpointNow(RUN);
    store.checkpointNow(OTHER_RUN);
    assertTrue(store.release(RUN));
    assertFalse(store.release(RUN));
    assertEquals(OTHER_RUN, store.checkpoints().getFirst().run());
    assertEquals(List.of(), in(test.folder.resolve("unfinished")));
  }

  @Test
  void crashWhileACheckpointIsReleasedLeavesNoPartOfIt() throws Exception {
    CheckpointInfo info = store.checkpointNow(RUN);
    test.crash();
    Path leaving = test.folder.resolve("unfinished").resolve("leaving-" + info.name());
    Files.move(info.folder(), leaving);
    Files.delete(leaving.resolve("CHECKPOINT"));
    store = test.open();
    assertEquals(List.of(), store.checkpoints());
    assertFalse(Files.exists(leaving));
  }

  @Test
  void checkpointsExpireByTheTimeTheyWereTaken() throws Exception {
    Instant start = test.now;
    store.checkpointNow(RUN);
    test.now = start.plus(Duration.ofHours(1));
    store.checkpointNow(OTHER_RUN);
    assertEquals(List.of(), store.expire(start));
    List<CheckpointInfo> expired = store.expire(start.plusMillis(1));
    assertEquals(List.of(RUN), expired.stream().map(CheckpointInfo::run).toList());
    assertEquals(
        List.of(OTHER_RUN), store.checkpoints().stream().map(CheckpointInfo::run).toList());
  }

  @Test
  void unreadableCheckpointIsAnErrorNotAnAbsentOne() throws Exception {
    CheckpointInfo info = store.checkpointNow(RUN);
    TestStore.flipBit(info.folder().resolve("CHECKPOINT"), 25);
    assertThrows(FormatException.Corrupt.class, store::checkpoints);
    Files.delete(info.folder().resolve("CHECKPOINT"));
    assertThrows(IOException.class, store::checkpoints);
  }

  @Test
  void releasedCheckpointStaysReadableForWhoeverHasItOpen() throws Exception {
    store.apply(log.data(put("a", "1")));
    CheckpointInfo info = store.checkpointNow(RUN);
    try (OpenData data = OpenData.openReadOnly(info.data())) {
      store.release(RUN);
      data.range(null, null, false, (key, _) -> TestStore.text(key).equals("a"));
    }
    assertFalse(Files.exists(info.folder()));
  }
}
