package dev.assay.archiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.archiver.AgentStatus.State;
import dev.assay.archiver.ArchiveFinding.Kind;
import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.BatchCodec;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentTest extends AgentFixture {
  // ---- who writes, and when

  @Test
  void leaderWritesAtOnceAndOthersCompare() throws Exception {
    writeSegment();
    run(agent(partition.leader));
    run(agent(follower()));
    assertEquals(1, events.written);
    assertEquals(1, events.adopted);
    assertEquals(1, events.uploads);
    assertEquals(List.of(), events.findings);
  }

  @Test
  void nextSegmentIsUploadedWhileOneIsCommitted() throws Exception {
    writeSegment();
    writeSegment();
    try (Agent agent = agent(partition.leader)) {
      agent.step();
      assertEquals(4, agent.cursor().lastLsn());
      assertTrue(store.objects.containsKey(ArchivePaths.segment(WAL, 5)));
      assertFalse(store.objects.containsKey(ArchivePaths.manifest(WAL, 5)));
      run(agent);
    }
    assertEquals(2, events.written);
    assertEquals(2, events.uploads);
    assertEquals(0, events.conflicts);
  }

  @Test
  void uploadsAheadOutliveAFailure() throws Exception {
    for (int i = 0; i < 4; i++) {
      writeSegment();
    }
    SimulatedPartition.Replica replica = partition.replicas.get(partition.leader);
    try (Agent agent = agent(partition.leader)) {
      agent.step();
      replica.fails = true;
      assertEquals(Agent.Step.FAILED, agent.step());
      replica.fails = false;
      run(agent);
      assertEquals(partition.agreed.size() - 1, agent.cursor().lastLsn());
    }
    assertEquals(4, events.uploads);
    assertEquals(1, events.conflicts);
    assertEquals(List.of(), events.findings);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void segmentUploadedAheadMayBeCommittedByAnother(boolean headIsLogged) throws Exception {
    writeSegment();
    writeSegment();
    int first = partition.leader;
    try (Agent agent = agent(first)) {
      agent.step();
      partition.leader = follower();
      run(agent(partition.leader));
      if (headIsLogged) {
        logHead();
      }
      partition.leader = first;
      run(agent);
      assertEquals(partition.agreed.size() - 1, agent.cursor().lastLsn());
    }
    assertEquals(List.of(), events.findings);
  }

  @Test
  void othersWriteWhenTheLeaderDoesNotInTime() throws Exception {
    writeSegment();
    try (Agent agent = agent(follower())) {
      run(agent);
      assertEquals(State.ARCHIVING, agent.status().state());
      assertEquals(0, events.uploads);
      partition.clock.advanceMs(ArchiveOptions.DEFAULTS.patience().toMillis());
      run(agent);
      assertEquals(1, events.uploads);
      assertEquals(State.CURRENT, agent.status().state());
    }
  }

  @Test
  void orphanSegmentIsComparedAndCommitted() throws Exception {
    writeSegment();
    run(agent(partition.leader));
    store.objects.remove(ArchivePaths.manifest(WAL, 0));
    cursors.get(partition.leader).kept.clear();
    run(agent(partition.leader));
    assertEquals(1, events.conflicts);
    assertEquals(2, events.written);
    assertEquals(List.of(), events.findings);
  }

  @Test
  void storeThatIsDownBlocksNothingAndLosesNothing() throws Exception {
    FaultyStore down = new FaultyStore(store, new Random(1), 1, 0);
    try (Agent agent = agent(partition.leader, down)) {
      for (int i = 0; i < 5; i++) {
        writeSegment();
        assertEquals(Agent.Step.FAILED, agent.step());
      }
      assertEquals(State.RETRYING, agent.status().state());
      assertEquals(-1, agent.status().archivedLsn());
      assertEquals(partition.agreed.size(), agent.status().tailEntries());
      assertTrue(agent.status().tailBytes() > 0);
      down.heal();
      run(agent);
      assertEquals(partition.agreed.size() - 1, agent.status().archivedLsn());
      assertEquals(0, agent.status().tailBytes());
    }
  }

  @Test
  void pausesGrowUpToTheirBound() throws Exception {
    writeSegment();
    try (Agent agent = agent(partition.leader, new FaultyStore(store, new Random(1), 1, 0))) {
      agent.step();
      assertTrue(agent.pause().compareTo(ArchiveOptions.DEFAULTS.retryMin()) <= 0);
      for (int i = 0; i < 30; i++) {
        agent.step();
      }
      assertTrue(agent.pause().compareTo(ArchiveOptions.DEFAULTS.retryMax().dividedBy(2)) >= 0);
      assertTrue(agent.pause().compareTo(ArchiveOptions.DEFAULTS.retryMax()) <= 0);
    }
  }

  @Test
  void tailAboveItsBoundIsSaid() throws Exception {
    writeSegment();
    ArchiveAccess access =
        TestAgents.access(
            new FaultyStore(store, new Random(1), 1, 0),
            TestAgents.KEYS.get(0),
            partition.clock,
            events);
    try (Agent agent =
        new Agent(
            access,
            partition.replicas.get(partition.leader),
            cursors.getFirst(),
            ArchiveOptions.DEFAULTS.withTailBytesMax(200),
            new SegmentBudget(1),
            Runnable::run,
            new Random(1))) {
      agent.step();
      assertTrue(agent.status().tailTooLong());
    }
  }

  // ---- cuts by age

  @Test
  void leaderLogsACutWhenTheTailIsOld() throws Exception {
    partition.put();
    partition.replicate();
    try (Agent agent = agent(partition.leader)) {
      run(agent);
      long before = partition.agreed.size();
      partition.clock.advanceMs(59_999);
      run(agent);
      assertEquals(before, partition.agreed.size());
      partition.clock.advanceMs(1);
      run(agent);
      assertEquals(before + 1, partition.agreed.size());
      partition.replicate();
      run(agent);
      assertEquals(before, agent.cursor().lastLsn());
    }
  }

  @Test
  void cutNamesTheArchivesHead() throws Exception {
    writeSegment();
    partition.put();
    partition.replicate();
    try (Agent agent = agent(partition.leader)) {
      run(agent);
      partition.clock.advanceMs(60_000);
      run(agent);
      List<Mutation> last = BatchCodec.decode(partition.agreed.getLast().payload()).mutations();
      Sha256 manifest = Sha256.of(object(ArchivePaths.manifest(WAL, 0)));
      assertEquals(
          List.of(new Mutation.ArchiveHead(agent.cursor().lastLsn(), manifest), new Mutation.Cut()),
          last);
    }
  }

  @Test
  void idlePartitionIsNotCutAgainAndAgain() throws Exception {
    writeSegment();
    try (Agent agent = agent(partition.leader)) {
      run(agent);
      partition.put();
      for (int i = 0; i < 50; i++) {
        partition.clock.advanceMs(30_000);
        partition.replicate();
        run(agent);
      }
      long entries = partition.agreed.size();
      partition.clock.advanceMs(600_000);
      run(agent);
      assertEquals(entries, partition.agreed.size());
      assertEquals(entries - 1, agent.cursor().lastLsn());
    }
  }

  @Test
  void followersLogNoCut() throws Exception {
    partition.put();
    partition.replicate();
    partition.clock.advanceMs(600_000);
    long before = partition.agreed.size();
    run(agent(follower()));
    assertEquals(before, partition.agreed.size());
  }

  // ---- restarts

  @Test
  void replicaWhoseLogBeginsLaterFollowsTheArchiveUntilTheyMeet() throws Exception {
    writeSegment();
    run(agent(partition.leader));
    writeSegment();
    SimulatedPartition.Replica replica = partition.replicas.get(follower());
    replica.first = partition.agreed.size() - 2;
    Agent agent = agent(follower());
    run(agent);
    assertEquals(State.JOINING, agent.status().state());
    run(agent(partition.leader));
    run(agent);
    assertEquals(partition.agreed.size() - 1, agent.cursor().lastLsn());
    writeSegment();
    run(agent(partition.leader));
    run(agent);
    assertEquals(State.CURRENT, agent.status().state());
    assertEquals(partition.agreed.size() - 1, agent.cursor().lastLsn());
    assertEquals(List.of(), events.findings);
  }

  @Test
  void leaderThatJoinsCutsForTheOthers() throws Exception {
    writeSegment();
    run(agent(partition.leader));
    partition.put();
    partition.replicate();
    partition.leader = follower();
    partition.replicas.get(partition.leader).first = partition.agreed.size();
    long before = partition.agreed.size();
    Agent agent = agent(partition.leader);
    run(agent);
    run(agent);
    assertEquals(State.JOINING, agent.status().state());
    assertEquals(before + 1, partition.agreed.size());
  }

  @Test
  void lossIsFoundByAnAgentThatJoins() throws Exception {
    writeSegment();
    run(agent(partition.leader));
    logHead();
    store.objects.remove(ArchivePaths.manifest(WAL, 0));
    partition.replicas.get(follower()).first = partition.agreed.size() - 1;
    run(agent(follower()));
    assertFinding(Kind.LOST, ArchivePaths.manifest(WAL, 0), "the log says");
  }

  @Test
  void cursorFileSurvivesAndADamagedOneIsAnError(@TempDir Path folder) throws Exception {
    CursorFiles files = new CursorFiles(folder);
    assertEquals(ArchiveCursor.NONE, files.load(OWNER));
    ArchiveCursor cursor =
        new ArchiveCursor(30, 41, 3, Sha256.of(new byte[] {1}), Sha256.of(new byte[] {2}));
    files.save(OWNER, cursor);
    assertEquals(cursor, files.load(OWNER));
    Path file = folder.resolve(OWNER.tableId() + "-3.cursor");
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 1;
      Files.write(file, damaged);
      IOException e = assertThrows(IOException.class, () -> files.load(OWNER));
      assertTrue(String.valueOf(e.getMessage()).contains(file.toString()));
    }
    Files.write(file, new byte[0]);
    assertThrows(IOException.class, () -> files.load(OWNER));
  }

  @Test
  void cursorOfAnotherPartitionIsRefused(@TempDir Path folder) throws Exception {
    CursorFiles files = new CursorFiles(folder);
    files.save(OWNER, ArchiveCursor.NONE);
    Owner other = new Owner(OWNER.cluster(), OWNER.table(), OWNER.tableId(), 4);
    Files.move(
        folder.resolve(OWNER.tableId() + "-3.cursor"),
        folder.resolve(OWNER.tableId() + "-4.cursor"));
    assertThrows(IOException.class, () -> files.load(other));
  }
}
