package dev.assay.archiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.archiver.AgentStatus.State;
import dev.assay.archiver.ArchiveFinding.Kind;
import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.logformat.SigningKey;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;

/** A partition of three replicas, a store in memory, and agents over both. */
abstract class AgentFixture {
  static final Owner OWNER = SimulatedPartition.OWNER;
  static final String WAL = OWNER.wal();

  final MemoryStore store = new MemoryStore();
  final SimulatedPartition partition = new SimulatedPartition(new Random(7));
  final TestAgents.Events events = new TestAgents.Events();
  final List<TestAgents.Cursors> cursors =
      List.of(new TestAgents.Cursors(), new TestAgents.Cursors(), new TestAgents.Cursors());

  @BeforeEach
  final void publishKeys() throws Exception {
    for (SigningKey key : TestAgents.KEYS) {
      new CertifiedSigners(store, TestAgents.root()).publish(store, key.certificate());
    }
  }

  Agent agent(int node) throws IOException {
    return agent(node, store);
  }

  Agent agent(int node, ObjectStore through) throws IOException {
    return TestAgents.agent(
        TestAgents.access(through, TestAgents.KEYS.get(node), partition.clock, events),
        partition.replicas.get(node),
        cursors.get(node));
  }

  int follower() {
    return (partition.leader + 1) % 3;
  }

  void writeSegment() {
    partition.put();
    partition.put();
    partition.barrier();
    partition.replicate();
  }

  /** Lets the leader's agent find an old tail, so that it logs what is archived. */
  void logHead() throws Exception {
    partition.put();
    partition.replicate();
    partition.clock.advanceMs(60_000);
    run(agent(partition.leader));
    partition.replicate();
  }

  /** Until it has nothing more to do, or can't go on. */
  static void run(Agent agent) throws InterruptedException {
    for (int steps = 0; steps < 20 && agent.step() != Agent.Step.IDLE; steps++) {
      assertTrue(steps < 19 || agent.status().state() == State.FINDING, "" + agent.status());
    }
  }

  ArchiveFinding onlyFinding() {
    assertEquals(1, events.findings.size(), () -> "" + events.findings);
    return events.findings.getFirst();
  }

  void assertFinding(Kind kind, String object, String... words) {
    ArchiveFinding finding = onlyFinding();
    assertEquals(kind, finding.kind(), finding::toString);
    assertEquals(object, finding.object());
    for (String word : words) {
      assertTrue(finding.detail().contains(word), finding::toString);
    }
  }

  byte[] object(String key) {
    byte[] object = store.objects.get(key);
    assertNotNull(object, key);
    return object;
  }
}
