package dev.assay.archiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.Frame;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.ManifestCodec;
import dev.assay.logformat.SegmentReader;
import dev.assay.logformat.SegmentWriter;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Three agents over one log and a store that fails in every way, each of them killed at any moment:
 * the archive ends complete, each segment once, without a hole, and nobody finds anything. One
 * seed, one run.
 */
class ArchiveSimulationTest {
  private static final int SEEDS = Integer.getInteger("assay.archive.seeds", 200);
  private static final long FIRST_SEED = Long.getLong("assay.archive.seed", 1);

  @Test
  void archiveEndsCompleteWhateverFailsAndWhoeverIsKilled() throws Exception {
    int killed = 0;
    int retried = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      ArchiveSimulation run = new ArchiveSimulation(seed, new MemoryStore());
      try {
        run.play(40);
        run.settle();
        run.assertComplete();
      } catch (Exception | AssertionError e) {
        throw new AssertionError(
            "repeat with -Dassay.archive.seeds=1 -Dassay.archive.seed=" + seed, e);
      }
      killed += run.kills;
      retried += run.events.retries;
    }
    assertTrue(SEEDS < 50 || (killed > SEEDS && retried > SEEDS), killed + " kills, " + retried);
  }

  /** One run. */
  static final class ArchiveSimulation {
    final TestAgents.Events events = new TestAgents.Events();
    int kills;

    private final ObjectStore clean;
    private final Random random;
    private final FaultyStore store;
    private final SimulatedPartition partition;
    private final List<TestAgents.Cursors> cursors = new ArrayList<>();
    private final List<Agent> agents = new ArrayList<>();

    ArchiveSimulation(long seed, ObjectStore clean) throws Exception {
      this.clean = clean;
      random = new Random(seed);
      store = new FaultyStore(clean, random, random.nextDouble() * 0.2, random.nextDouble() * 0.03);
      partition = new SimulatedPartition(random);
      for (int i = 0; i < 3; i++) {
        new CertifiedSigners(clean, TestAgents.root())
            .publish(clean, TestAgents.KEYS.get(i).certificate());
        cursors.add(new TestAgents.Cursors());
        cursors.get(i).onSave(store::mayKill);
        agents.add(start(i));
      }
    }

    private Agent start(int node) throws Exception {
      return TestAgents.agent(
          TestAgents.access(store, TestAgents.KEYS.get(node), partition.clock, events),
          partition.replicas.get(node),
          cursors.get(node));
    }

    void play(int rounds) throws Exception {
      for (int round = 0; round < rounds; round++) {
        write();
        for (int turn = 0; turn < 6; turn++) {
          step(random.nextInt(3));
          partition.clock.advanceMs(random.nextInt(4_000));
        }
      }
    }

    private void write() {
      for (int i = random.nextInt(12); i > 0; i--) {
        switch (random.nextInt(12)) {
          case 0 -> partition.barrier();
          case 1 -> partition.newTerm();
          default -> partition.put();
        }
      }
      for (SimulatedPartition.Replica replica : partition.replicas) {
        long last = partition.agreed.size() - 1;
        replica.committed += random.nextLong(last - replica.committed + 1);
      }
      int node = random.nextInt(3);
      if (random.nextInt(4) == 0) {
        dropLog(partition.replicas.get(node), cursors.get(node).load(SimulatedPartition.OWNER));
      }
    }

    /** As far as it is archived; now and then the replica gets a snapshot that skips some log. */
    private void dropLog(SimulatedPartition.Replica replica, ArchiveCursor cursor) {
      long archived = cursor.nextLsn();
      long furthest = random.nextInt(5) == 0 ? othersArchived() : archived;
      replica.first = Math.max(replica.first, Math.min(furthest, replica.committed + 1));
    }

    private long othersArchived() {
      return cursors.stream()
          .mapToLong(each -> each.load(SimulatedPartition.OWNER).nextLsn())
          .max()
          .orElseThrow();
    }

    private Agent.Step step(int node) throws Exception {
      try {
        return agents.get(node).step();
      } catch (FaultyStore.Killed e) {
        kills++;
        agents.set(node, start(node));
        return Agent.Step.FAILED;
      }
    }

    /** Everything works again; a last cut ends the last segment. */
    void settle() throws Exception {
      store.heal();
      partition.cut();
      partition.replicate();
      for (int node = 0; node < 3; node++) {
        for (int steps = 0; archived(node) < partition.agreed.size() - 1; steps++) {
          assertTrue(steps < 2_000, "node " + node + " stands at " + agents.get(node).status());
          step(node);
          partition.clock.advanceMs(500);
          partition.replicate();
        }
      }
    }

    private long archived(int node) {
      return agents.get(node).cursor().lastLsn();
    }

    void assertComplete() throws Exception {
      assertEquals(List.of(), events.findings);
      String wal = SimulatedPartition.OWNER.wal();
      List<String> expected = new ArrayList<>();
      long next = 0;
      while (next < partition.agreed.size()) {
        expected.add(ArchivePaths.manifest(wal, next));
        expected.add(ArchivePaths.segment(wal, next));
        next = assertSegment(wal, next);
      }
      assertEquals(partition.agreed.size(), next);
      List<String> there =
          clean.list(wal, "", 10_000).entries().stream().map(ObjectStore.Entry::key).toList();
      assertEquals(expected.stream().sorted().toList(), there);
    }

    private long assertSegment(String wal, long first) throws Exception {
      byte[] file = clean.get(ArchivePaths.manifest(wal, first), ManifestCodec.FILE_BYTES_MAX);
      assertNotNull(file, "no manifest at " + first);
      Manifest manifest =
          ManifestCodec.verify(file, new CertifiedSigners(clean, TestAgents.root()));
      byte[] object = clean.get(ArchivePaths.segment(wal, first), SegmentWriter.OBJECT_BYTES_MAX);
      assertNotNull(object, "no segment at " + first);
      try (SegmentReader reader = new SegmentReader(new ByteArrayInputStream(object), 64 << 20)) {
        for (long lsn = first; lsn <= manifest.segment().lastLsn(); lsn++) {
          Frame expected = partition.agreed.get((int) lsn);
          assertEquals(expected, reader.next());
        }
        assertNull(reader.next());
      }
      return manifest.segment().lastLsn() + 1;
    }
  }
}
