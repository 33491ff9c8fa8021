package dev.assay.replicastore.store;

import static dev.assay.replicastore.store.TestLog.bytes;
import static dev.assay.replicastore.store.TestLog.delete;
import static dev.assay.replicastore.store.TestLog.expire;
import static dev.assay.replicastore.store.TestLog.put;
import static dev.assay.replicastore.store.TestStore.contents;
import static dev.assay.replicastore.store.TestStore.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Digest128;
import dev.assay.logformat.Mutation;
import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import dev.assay.replicastore.consensus.LogEntry;
import dev.assay.replicastore.consensus.LogPosition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionStoreTest {
  @TempDir Path folder;

  private final TestLog log = new TestLog();
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

  @Test
  void newStoreIsEmptyAndBeforeTheFirstEntry() throws ReplicaStopped {
    assertEquals(Map.of(), contents(store));
    assertEquals(Position.NONE, store.position());
    assertEquals(LogPosition.NONE, store.durable());
  }

  @Test
  void putItemIsReadVerbatimWithItsPosition() throws ReplicaStopped {
    store.apply(log.data(put("a", "1")));
    store.apply(log.data(put("b", ""), put("", "no key bytes")));
    StoredItem a = store.get(bytes("a"));
    assertNotNull(a);
    assertEquals(0, a.lsn());
    assertArrayEquals(bytes("1"), a.bytes());
    assertEquals(Map.of("a", "0 1", "b", "1 ", "", "1 no key bytes"), contents(store));
    assertNull(store.get(bytes("c")));
  }

  @Test
  void lastMutationOfAKeyWinsWithinABatchAndBetweenBatches() throws ReplicaStopped {
    store.apply(log.data(put("a", "1"), put("a", "2"), put("b", "1"), delete("b")));
    store.apply(log.data(put("c", "1"), put("d", "1"), put("e", "1")));
    store.apply(log.data(delete("c"), put("c", "2"), delete("d"), expire("e")));
    assertEquals(Map.of("a", "0 2", "c", "2 2"), contents(store));
  }

  @Test
  void cutChangesNoItem() throws ReplicaStopped {
    assertEquals(Applied.ACCEPTED, store.apply(log.data(new Mutation.Cut())));
    assertEquals(Map.of(), contents(store));
  }

  @Test
  void largeItemsAndKeysAreTaken() throws ReplicaStopped {
    String key = "k".repeat(3000);
    String item = "i".repeat(400_000);
    store.apply(log.data(put(key, item), put("small", "1"), put(key + "2", item)));
    store.apply(log.data(put("small", "2")));
    StoredItem large = store.get(bytes(key + "2"));
    assertNotNull(large);
    assertEquals(item, text(large.bytes()));
    StoredItem small = store.get(bytes("small"));
    assertNotNull(small);
    assertEquals("2", text(small.bytes()));
  }

  @Test
  void positionFollowsEveryEntry() throws ReplicaStopped {
    assertEquals(Applied.NOTHING, store.apply(log.withoutData(LogEntry.Kind.CONFIGURATION)));
    assertEquals(new LogPosition(0, 1), store.position().applied());
    assertEquals(Applied.ACCEPTED, store.apply(log.data(put("a", "1"))));
    assertEquals(Applied.REFUSED, store.apply(log.lateCopy(put("a", "2"))));
    assertEquals(
        new Position(new LogPosition(2, 1), new Position.Cursor(1, 1), log.lastHybridTime()),
        store.position());
    assertEquals(Map.of("a", "1 1"), contents(store));
  }

  @Test
  void replayedEntriesHaveNoEffect() throws ReplicaStopped {
    List<LogEntry> entries =
        List.of(log.data(put("a", "1")), log.data(put("a", "2")), log.data(delete("b")));
    test.applyAll(entries);
    for (LogEntry replayed : entries) {
      assertEquals(Applied.ALREADY, store.apply(replayed));
      assertEquals(Map.of("a", "1 2"), contents(store));
    }
    assertEquals(2, store.position().applied().lsn());
  }

  @Test
  void whatWasNotFlushedIsGoneAfterACrashTogetherWithItsPosition()
      throws IOException, ReplicaStopped {
    store.apply(log.data(put("a", "1")));
    LogPosition flushed = store.flush();
    LogEntry lost = log.data(put("a", "2"), put("b", "1"));
    store.apply(lost);
    store = test.reopenAfterCrash();
    assertEquals(new LogPosition(0, 1), flushed);
    assertEquals(flushed, store.position().applied());
    assertEquals(flushed, store.durable());
    assertEquals(Map.of("a", "0 1"), contents(store));
    assertEquals(Applied.ACCEPTED, store.apply(lost));
    assertEquals(Map.of("a", "1 2", "b", "1 1"), contents(store));
  }

  @Test
  void cursorAndTimeSurviveAsFarAsTheirData() throws IOException, ReplicaStopped {
    store.apply(log.data(put("a", "1")));
    store.apply(log.lateCopy(put("a", "2")));
    store.flush();
    Position flushed = store.position();
    store.apply(log.data(put("a", "3")));
    store = test.reopenAfterCrash();
    assertEquals(flushed, store.position());
  }

  @Test
  void flushCoversEntriesThatCarryNoData() throws IOException, ReplicaStopped {
    store.apply(log.data(put("a", "1")));
    store.apply(log.withoutData(LogEntry.Kind.METADATA));
    assertEquals(new LogPosition(1, 1), store.flush());
    assertEquals(new LogPosition(1, 1), store.durable());
    assertEquals(1, test.reopenAfterCrash().position().applied().lsn());
  }

  @Test
  void durableMovesWithAFlushOnly() throws ReplicaStopped {
    store.apply(log.data(put("a", "1")));
    assertEquals(LogPosition.NONE, store.durable());
    store.flush();
    assertEquals(new LogPosition(0, 1), store.durable());
    store.apply(log.data(put("a", "2")));
    assertEquals(new LogPosition(0, 1), store.durable());
  }

  @Test
  void whatRocksDbFlushedByItselfIsWholeUpToItsPosition() throws IOException, ReplicaStopped {
    Random random = new Random(7);
    int batches = 400;
    for (int i = 0; i < batches; i++) {
      byte[] item = new byte[30_000];
      random.nextBytes(item);
      Mutation large = new Mutation.Put(bytes("large" + i % 50), item, Digest128.NONE);
      store.apply(log.data(put("first", "" + i), large, put("last", "" + i)));
    }
    store = test.reopenAfterCrash();
    long lsn = store.position().applied().lsn();
    assertTrue(lsn > 0 && lsn < batches - 1, "position " + lsn);
    assertEquals(lsn + " " + lsn, contents(store).get("first"));
    assertEquals(lsn + " " + lsn, contents(store).get("last"));
  }

  @Test
  void closeFlushes() throws IOException, ReplicaStopped {
    store.apply(log.data(put("a", "1")));
    store.close();
    store = test.open();
    assertEquals(Map.of("a", "0 1"), contents(store));
    assertEquals(new LogPosition(0, 1), store.durable());
  }

  @Test
  void closedStoreRefuses() {
    store.close();
    assertThrows(ReplicaStopped.class, () -> store.get(bytes("a")));
    assertThrows(ReplicaStopped.class, () -> store.apply(log.data(put("a", "1"))));
    assertThrows(ReplicaStopped.class, store::flush);
    assertThrows(ReplicaStopped.class, store::checkpoints);
    assertThrows(ReplicaStopped.class, () -> store.checkpointNow(new UUID(1, 1)));
    store.close();
  }

  @Test
  void wrongEntryStopsTheReplicaAndChangesNothing() throws ReplicaStopped {
    store.apply(log.data(put("a", "1")));
    Position before = store.position();
    LogEntry ingest = log.data(put("a", "2"), new Mutation.Ingest(new byte[32]));
    assertStops("not supported yet", ingest);
    assertEquals(before, store.position());
    assertEquals(Map.of("a", "0 1"), contents(store));
    LogEntry next = log.data(put("a", "3"));
    assertStops("hole", next);
  }

  @Test
  void reservedMutationStopsTheReplica() {
    assertStops("kind 40", log.data(new Mutation.Reserved(40, new byte[] {1})));
  }

  @Test
  void reservedMutationInARefusedBatchDoesNotMatter() throws ReplicaStopped {
    store.apply(log.data(put("a", "1")));
    LogEntry refused = log.lateCopy(new Mutation.Reserved(40, new byte[] {1}));
    assertEquals(Applied.REFUSED, store.apply(refused));
  }

  private void assertStops(String why, LogEntry entry) {
    ReplicaStopped stopped = assertThrows(ReplicaStopped.class, () -> store.apply(entry));
    assertInstanceOf(WrongEntry.class, stopped.getCause());
    assertTrue(String.valueOf(stopped.getMessage()).contains(why), stopped.getMessage());
  }

  @Test
  void batchOfADeposedLeaderIsRefused() throws ReplicaStopped {
    store.apply(log.data(put("a", "1")));
    log.newLeader();
    store.apply(log.data(put("b", "1")));
    LogEntry stale =
        TestLog.entry(
            2, 2, TestLog.batch(TestLog.fence(1, 2, 1), log.lastHybridTime(), put("a", "2")));
    assertEquals(Applied.REFUSED, store.apply(stale));
    LogEntry skipping =
        TestLog.entry(
            3, 2, TestLog.batch(TestLog.fence(2, 4, 3), log.lastHybridTime(), put("a", "3")));
    assertEquals(Applied.REFUSED, store.apply(skipping));
    assertEquals(Map.of("a", "0 1", "b", "1 1"), contents(store));
  }

  @Test
  void rangesKeepTheirBoundsAndOrder() throws ReplicaStopped {
    store.apply(log.data(put("a", "1"), put("b", "2"), put("c", "3"), put("d", "4")));
    assertEquals(List.of("b", "c"), keys("b", "d", false, 9));
    assertEquals(List.of("c", "b"), keys("b", "d", true, 9));
    assertEquals(List.of("a", "b", "c", "d"), keys(null, null, false, 9));
    assertEquals(List.of("d", "c", "b", "a"), keys(null, null, true, 9));
    assertEquals(List.of("c", "d"), keys("bb", null, false, 9));
    assertEquals(List.of("b", "a"), keys(null, "bb", true, 9));
    assertEquals(List.of("a"), keys(null, null, false, 1));
    assertEquals(List.of(), keys("d", "b", false, 9));
    assertEquals(List.of(), keys("d", "b", true, 9));
    assertEquals(List.of(), keys("b", "b", false, 9));
  }

  private List<String> keys(@Nullable String from, @Nullable String to, boolean reverse, int max)
      throws ReplicaStopped {
    List<String> keys = new ArrayList<>();
    store.range(
        from == null ? null : bytes(from),
        to == null ? null : bytes(to),
        reverse,
        (key, _) -> {
          keys.add(text(key));
          return keys.size() < max;
        });
    return keys;
  }

  @Test
  void rangeSeesOneMomentWhileEntriesAreApplied() throws ReplicaStopped {
    store.apply(log.data(put("a", "1"), put("b", "1"), put("c", "1")));
    List<String> seen = new ArrayList<>();
    LogEntry meanwhile = log.data(delete("b"), put("c", "2"), put("d", "2"));
    Thread updater = Thread.ofPlatform().unstarted(() -> applyUnchecked(meanwhile));
    store.range(
        null,
        null,
        false,
        (key, item) -> {
          if (seen.isEmpty()) {
            updater.start();
            joinUnchecked(updater);
          }
          seen.add(text(key) + item.lsn());
          return true;
        });
    assertEquals(List.of("a0", "b0", "c0"), seen);
    assertEquals(Map.of("a", "0 1", "c", "1 2", "d", "1 2"), contents(store));
  }

  private void applyUnchecked(LogEntry entry) {
    try {
      store.apply(entry);
    } catch (ReplicaStopped stopped) {
      throw new AssertionError(stopped);
    }
  }

  private static void joinUnchecked(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }
}
