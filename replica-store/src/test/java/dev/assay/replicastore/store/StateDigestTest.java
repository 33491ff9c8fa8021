package dev.assay.replicastore.store;

import static dev.assay.replicastore.store.TestLog.delete;
import static dev.assay.replicastore.store.TestLog.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.assay.logformat.Digest128;
import dev.assay.logformat.ItemDigest;
import dev.assay.logformat.Mutation;
import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import dev.assay.replicastore.consensus.LogEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

class StateDigestTest {
  @TempDir Path temporary;

  private int stores;

  /** What happens to a store between the entries of its log. */
  private interface Treatment {
    void after(int entry, TestStore test) throws IOException, ReplicaStopped;
  }

  private StateDigest digest(List<LogEntry> entries, Treatment treatment) throws Exception {
    try (TestStore test = new TestStore(temporary.resolve("store-" + stores++))) {
      test.open();
      for (int i = 0; i < entries.size(); i++) {
        test.store().apply(entries.get(i));
        treatment.after(i, test);
      }
      return StateDigest.of(test.store().checkpointNow(new UUID(1, 2)).folder());
    }
  }

  private static List<LogEntry> randomHistory(long seed) {
    Random random = new Random(seed);
    TestLog log = new TestLog();
    List<LogEntry> entries = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String key = "k" + random.nextInt(60);
      entries.add(
          random.nextInt(4) == 0
              ? log.data(delete(key))
              : log.data(put(key, Long.toString(random.nextLong()))));
    }
    return entries;
  }

  @Test
  void equalHistoriesHaveEqualDigestsWhateverRocksDbDidMeanwhile() throws Exception {
    List<LogEntry> entries = randomHistory(1);
    StateDigest expected = digest(entries, (_, _) -> {});
    StateDigest flushed =
        digest(
            entries,
            (i, test) -> {
              if (i % 23 == 0) {
                test.store().flush();
              }
            });
    StateDigest compacted =
        digest(
            entries,
            (i, test) -> {
              if (i % 71 == 0) {
                test.store().flush();
                test.store().compact();
                test.reopenAfterCrash();
              }
            });
    assertEquals(expected, flushed);
    assertEquals(expected, compacted);
  }

  @Test
  void anyDifferenceInTheStateIsADifferentDigest() throws Exception {
    List<List<LogEntry>> histories = new ArrayList<>();
    histories.add(history(put("a", "1"), put("b", "2")));
    histories.add(history(put("a", "1"), put("b", "3")));
    histories.add(history(put("a", "1"), put("c", "2")));
    histories.add(history(put("a1", ""), put("b", "2")));
    histories.add(history(put("b", "2"), put("a", "1")));
    histories.add(history(put("a", "1"), delete("b")));
    histories.add(history(delete("a"), put("b", "2")));
    histories.add(history(delete("a"), delete("b")));
    Set<Digest128> digests = new HashSet<>();
    for (List<LogEntry> history : histories) {
      digests.add(digest(history, (_, _) -> {}).digest());
    }
    assertEquals(histories.size(), digests.size());
  }

  private static List<LogEntry> history(Mutation... mutations) {
    TestLog log = new TestLog();
    List<LogEntry> entries = new ArrayList<>();
    for (Mutation mutation : mutations) {
      entries.add(log.data(mutation));
    }
    return entries;
  }

  @Test
  void digestIsOfTheBytesThatItIsSaidToBe() throws Exception {
    StateDigest digest = digest(history(put("aa", "123"), put("b", "x")), (_, _) -> {});
    ByteBuffer bytes = ByteBuffer.allocate(100);
    List<String> keys = List.of("aa", "b");
    List<String> items = List.of("123", "x");
    for (int i = 0; i < keys.size(); i++) {
      byte[] key = TestLog.bytes(keys.get(i));
      bytes.putInt(key.length).put(key);
      bytes.put(ItemDigest.of(key, TestLog.bytes(items.get(i))).toBytes()).putLong(i);
    }
    HashValue128 hash = Hashing.xxh3_128().hashBytesTo128Bits(bytes.array(), 0, bytes.position());
    assertEquals(
        new Digest128(hash.getMostSignificantBits(), hash.getLeastSignificantBits()),
        digest.digest());
  }

  @Test
  void itemsAndBytesAreCounted() throws Exception {
    StateDigest digest = digest(history(put("aa", "123"), put("b", ""), delete("c")), (_, _) -> {});
    assertEquals(2, digest.items());
    assertEquals(2 + 3 + 1, digest.bytes());
    assertEquals(2, digest.position().applied().lsn());
  }

  @Test
  void itemThatOneReplicaLostShows() throws Exception {
    try (TestStore test = new TestStore(temporary.resolve("store"))) {
      test.open();
      test.applyAll(randomHistory(2));
      CheckpointInfo before = test.store().checkpointNow(new UUID(1, 1));
      StateDigest whole = StateDigest.of(before.folder());
      test.crash();
      removeFirstItem(test);
      test.open();
      StateDigest damaged = StateDigest.of(test.store().checkpointNow(new UUID(1, 2)).folder());
      assertEquals(whole.position(), damaged.position());
      assertEquals(whole.items() - 1, damaged.items());
      assertNotEquals(whole.digest(), damaged.digest());
    }
  }

  private static void removeFirstItem(TestStore test) throws IOException, RocksDBException {
    try (OpenData data = OpenData.open(test.data(), false, test.shared, _ -> {});
        RowBatch rows = new RowBatch()) {
      List<byte[]> keys = new ArrayList<>();
      data.range(null, null, false, (key, _) -> !keys.add(key));
      rows.delete(keys.getFirst());
      rows.writeTo(data);
      data.flush();
    }
  }

  @Test
  void checkpointThatCannotBeReadHasNoDigest() throws Exception {
    try (TestStore test = new TestStore(temporary.resolve("store"))) {
      test.open().apply(new TestLog().data(put("a", "1".repeat(100))));
      CheckpointInfo info = test.store().checkpointNow(new UUID(1, 2));
      TestStore.flipBit(TestStore.tables(info.data()).getLast(), 10);
      assertThrows(IOException.class, () -> StateDigest.of(info.folder()));
      assertThrows(IOException.class, () -> StateDigest.of(temporary.resolve("nowhere")));
    }
  }
}
