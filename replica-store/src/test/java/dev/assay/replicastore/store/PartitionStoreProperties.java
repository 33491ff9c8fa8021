package dev.assay.replicastore.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Mutation;
import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import dev.assay.replicastore.consensus.LogEntry;
import dev.assay.replicastore.consensus.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * A store against a sorted map that keeps every state it ever had. Whatever is done in between
 * (flushes, compactions, crashes, replays, checkpoints, reopenings), the store is in the state that
 * the map had at the store's position, and its position is never behind what was flushed.
 */
class PartitionStoreProperties {

  @Property(tries = 12)
  void storeIsAlwaysTheStateAtItsPosition(@ForAll long seed) throws Exception {
    Path folder = Files.createTempDirectory("store-properties");
    try (TestStore test = new TestStore(folder.resolve("store"))) {
      new Walk(new Random(seed), test).run();
    } finally {
      DurableFiles.deleteTree(folder);
    }
  }

  /** One random history of one store, and what the store should hold at each position. */
  private static final class Walk {
    private static final int STEPS = 300;

    private final Random random;
    private final TestStore test;
    private final TestLog log = new TestLog();
    private final List<LogEntry> entries = new ArrayList<>();
    private final List<SortedMap<String, String>> states = new ArrayList<>();
    private final List<Position> positions = new ArrayList<>();
    private final List<UUID> barriers = new ArrayList<>();
    private PartitionStore store;
    private long durable = LogPosition.NONE.lsn();

    Walk(Random random, TestStore test) throws IOException {
      this.random = random;
      this.test = test;
      this.store = test.open();
    }

    void run() throws Exception {
      for (int step = 0; step < STEPS; step++) {
        step();
      }
      catchUp();
      verify();
      assertEquals(barriers.size(), test.listener.taken.size());
      for (CheckpointInfo info : store.checkpoints()) {
        verifyCheckpoint(info);
      }
    }

    private void step() throws Exception {
      switch (random.nextInt(40)) {
        case 0 -> {
          durable = store.flush().lsn();
          assertEquals(store.position().applied().lsn(), durable);
        }
        case 1 -> store.compact();
        case 2 -> {
          store = test.reopenAfterCrash();
          afterReopening();
        }
        case 3 -> {
          store.close();
          store = test.open();
          afterReopening();
        }
        case 4 -> {
          durable =
              store
                  .checkpointNow(new UUID(9, entries.size() * 1000L + random.nextInt(1000)))
                  .position()
                  .applied()
                  .lsn();
        }
        case 5 -> verify();
        case 6 -> replaySome();
        default -> {
          if (store.position().applied().lsn() < log.lastLsn()) {
            catchUp();
          } else {
            applyNew();
          }
        }
      }
    }

    private void afterReopening() throws Exception {
      assertTrue(store.position().applied().lsn() >= durable, "what was flushed is there");
      assertEquals(store.position().applied(), store.durable());
      durable = store.durable().lsn();
      verify();
    }

    private void catchUp() throws ReplicaStopped {
      for (long lsn = store.position().applied().lsn() + 1; lsn <= log.lastLsn(); lsn++) {
        store.apply(entries.get((int) lsn));
        assertEquals(positions.get((int) lsn), store.position());
      }
    }

    private void replaySome() throws ReplicaStopped {
      long applied = store.position().applied().lsn();
      for (long lsn = Math.max(0, applied - random.nextInt(20)); lsn <= applied; lsn++) {
        assertEquals(Applied.ALREADY, store.apply(entries.get((int) lsn)));
      }
    }

    private void applyNew() throws ReplicaStopped {
      SortedMap<String, String> state =
          states.isEmpty() ? new TreeMap<>() : new TreeMap<>(states.getLast());
      LogEntry entry;
      switch (random.nextInt(12)) {
        case 0 -> entry = log.withoutData(LogEntry.Kind.METADATA);
        case 1 -> entry = log.lateCopy(randomMutations(new TreeMap<>(), -1));
        case 2 -> {
          log.newLeader();
          entry = log.withoutData(LogEntry.Kind.CONFIGURATION);
        }
        default -> entry = log.data(randomMutations(state, log.lastLsn() + 1));
      }
      entries.add(entry);
      states.add(state);
      store.apply(entry);
      positions.add(store.position());
      assertEquals(entry.lsn(), store.position().applied().lsn());
    }

    private Mutation[] randomMutations(SortedMap<String, String> state, long lsn) {
      Mutation[] mutations = new Mutation[random.nextInt(8)];
      for (int i = 0; i < mutations.length; i++) {
        String key = "k" + random.nextInt(50);
        mutations[i] =
            switch (random.nextInt(8)) {
              case 0 -> TestLog.delete(key);
              case 1 -> TestLog.expire(key);
              default -> TestLog.put(key, "v" + random.nextInt(1000));
            };
        if (mutations[i] instanceof Mutation.Put put) {
          state.put(key, lsn + " " + TestStore.text(put.item()));
        } else {
          state.remove(key);
        }
      }
      if (lsn >= 0 && random.nextInt(30) == 0) {
        UUID run = new UUID(5, lsn);
        barriers.add(run);
        mutations = Arrays.copyOf(mutations, mutations.length + 1);
        mutations[mutations.length - 1] = TestLog.barrier(run);
        durable = lsn;
      }
      return mutations;
    }

    private SortedMap<String, String> stateAt(long lsn) {
      return lsn < 0 ? new TreeMap<>() : states.get((int) lsn);
    }

    private void verify() throws ReplicaStopped {
      SortedMap<String, String> expected = stateAt(store.position().applied().lsn());
      assertEquals(expected, TestStore.contents(store));
      for (int i = 0; i < 50; i++) {
        StoredItem item = store.get(TestLog.bytes("k" + i));
        assertEquals(
            expected.get("k" + i),
            item == null ? null : item.lsn() + " " + TestStore.text(item.bytes()));
      }
    }

    private void verifyCheckpoint(CheckpointInfo info) throws Exception {
      long lsn = info.position().applied().lsn();
      SortedMap<String, String> contents = new TreeMap<>();
      try (OpenData data = OpenData.openReadOnly(info.data())) {
        data.range(
            null,
            null,
            false,
            (key, item) -> {
              contents.put(TestStore.text(key), item.lsn() + " " + TestStore.text(item.bytes()));
              return true;
            });
      }
      assertEquals(stateAt(lsn), contents);
      if (info.run().getMostSignificantBits() == 5) {
        assertEquals(info.run().getLeastSignificantBits(), lsn, "a barrier's is at its barrier");
      }
    }
  }
}
