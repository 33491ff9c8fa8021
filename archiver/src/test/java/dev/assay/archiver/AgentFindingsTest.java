package dev.assay.archiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import dev.assay.archiver.AgentStatus.State;
import dev.assay.archiver.ArchiveFinding.Kind;
import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.Digest128;
import dev.assay.logformat.Frame;
import dev.assay.logformat.FrameCodec;
import dev.assay.logformat.FrameKind;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.ManifestCodec;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.SegmentWriter;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.SigningKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every fault that is planted is found, by its name and with its evidence. */
class AgentFindingsTest extends AgentFixture {
  // ---- the archive differs

  @Test
  void flippedBitInASegmentIsFound() throws Exception {
    writeSegment();
    run(agent(partition.leader));
    object(ArchivePaths.segment(WAL, 0))[60] ^= 4;
    Agent agent = agent(follower());
    run(agent);
    assertFinding(Kind.CORRUPT, ArchivePaths.segment(WAL, 0), "can't be decoded");
    assertEquals(State.FINDING, agent.status().state());
    assertEquals(-1, agent.status().archivedLsn());
  }

  @Test
  void flippedBitInAManifestIsFound() throws Exception {
    writeSegment();
    run(agent(partition.leader));
    byte[] manifest = object(ArchivePaths.manifest(WAL, 0));
    manifest[manifest.length - 10] ^= 1;
    run(agent(follower()));
    assertEquals(Kind.CORRUPT, onlyFinding().kind());
    assertEquals(ArchivePaths.manifest(WAL, 0), onlyFinding().object());
  }

  @Test
  void otherObjectThatHoldsTheSameEntriesIsFound() throws Exception {
    writeSegment();
    run(agent(partition.leader));
    String key = ArchivePaths.segment(WAL, 0);
    store.objects.put(key, segment(0, null, 1));
    run(agent(follower()));
    assertFinding(Kind.CORRUPT, key, "the manifest names an object of");
  }

  @Test
  void anotherHistoryIsFoundWithBothSides() throws Exception {
    writeSegment();
    Frame other = partition.frame(3, OWNER, new Mutation.Delete(new byte[] {1}, Digest128.NONE));
    store.objects.put(ArchivePaths.segment(WAL, 0), segment(0, other, 0));
    run(agent(partition.leader));
    assertFinding(
        Kind.FORKED,
        ArchivePaths.segment(WAL, 0),
        "the log has DATA at position 3",
        "the archive has DATA at position 3",
        Sha256.of(FrameCodec.encode(other)).toString());
  }

  @Test
  void segmentThatGoesOnIsFound() throws Exception {
    writeSegment();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (SegmentWriter writer = new SegmentWriter(bytes)) {
      for (Frame frame : partition.agreed) {
        writer.write(frame);
      }
      writer.write(new Frame(partition.agreed.size(), 2, FrameKind.METADATA, new byte[0]));
    }
    store.objects.put(ArchivePaths.segment(WAL, 0), bytes.toByteArray());
    run(agent(partition.leader));
    // More bytes than the segment may have are refused before the surplus entry is read.
    assertEquals(Kind.CORRUPT, onlyFinding().kind());
  }

  @Test
  void manifestOfAForeignKeyIsFound() throws Exception {
    writeSegment();
    run(agent(partition.leader));
    SigningKey foreign = TestAgents.keys(TestAgents.FOREIGN_AUTHORITY).getFirst();
    resign(foreign, foreign.certificate().node());
    store.objects.put(
        ArchivePaths.certificate(TestAgents.CLUSTER, foreign.certificate().fingerprint()),
        foreign.certificate().pem().getBytes(StandardCharsets.US_ASCII));
    run(agent(follower()));
    assertEquals(Kind.FORKED, onlyFinding().kind());
  }

  @Test
  void lossOfWhatTheLogSaysWasArchivedIsFoundAndNotCoveredUp() throws Exception {
    writeSegment();
    run(agent(partition.leader));
    logHead();
    store.objects.remove(ArchivePaths.manifest(WAL, 0));
    cursors.get(partition.leader).kept.clear();
    run(agent(partition.leader));
    assertFinding(Kind.LOST, ArchivePaths.manifest(WAL, 0), "the log says");
    assertFalse(store.objects.containsKey(ArchivePaths.manifest(WAL, 0)));
  }

  @Test
  void headOtherThanTheLoggedOneIsFound() throws Exception {
    writeSegment();
    run(agent(partition.leader));
    logHead();
    resign(TestAgents.KEYS.get(follower()), TestAgents.KEYS.get(follower()).certificate().node());
    run(agent(follower()));
    assertFinding(Kind.FORKED, ArchivePaths.manifest(WAL, 0), "the log names manifest");
  }

  @Test
  void singleBadAnswerIsNoFinding() throws Exception {
    writeSegment();
    run(agent(partition.leader));
    String key = ArchivePaths.segment(WAL, 0);
    byte[] good = object(key).clone();
    Agent agent = agent(follower());
    object(key)[60] ^= 4;
    agent.step();
    agent.step();
    store.objects.put(key, good);
    run(agent);
    assertEquals(List.of(), events.findings);
    assertEquals(State.CURRENT, agent.status().state());
  }

  @Test
  void findingThatWasDealtWithLetsTheAgentGoOn() throws Exception {
    writeSegment();
    run(agent(partition.leader));
    String key = ArchivePaths.segment(WAL, 0);
    byte[] good = object(key).clone();
    object(key)[60] ^= 4;
    Agent agent = agent(follower());
    run(agent);
    assertEquals(State.FINDING, agent.status().state());
    store.objects.put(key, good);
    run(agent);
    assertEquals(State.CURRENT, agent.status().state());
    assertEquals(1, events.findings.size());
  }

  @Test
  void emptiedArchiveIsFoundAtTheNextStart() throws Exception {
    writeSegment();
    run(agent(partition.leader));
    store.objects.clear();
    Agent agent = agent(partition.leader);
    run(agent);
    assertFinding(Kind.LOST, ArchivePaths.manifest(WAL, 0), "now there is none");
    assertFalse(agent.headChecked());
    assertEquals(0, store.objects.size());
  }

  @Test
  void anotherArchiveIsFoundAtTheNextStart() throws Exception {
    writeSegment();
    run(agent(partition.leader));
    SigningKey other = TestAgents.KEYS.get(follower());
    resign(other, other.certificate().node());
    Agent agent = agent(partition.leader);
    run(agent);
    assertFinding(Kind.FORKED, ArchivePaths.manifest(WAL, 0), "this agent has seen manifest");
    assertFalse(agent.headChecked());
  }

  @Test
  void nothingIsSignedThatNobodyWouldBelieve() throws Exception {
    writeSegment();
    partition.clock.advanceMs(Duration.ofDays(801).toMillis());
    Agent agent = agent(partition.leader);
    assertEquals(Agent.Step.FAILED, agent.step());
    assertEquals(State.RETRYING, agent.status().state());
    assertTrue(agent.status().detail().contains("may not sign now"), "" + agent.status());
    assertFalse(store.objects.containsKey(ArchivePaths.manifest(WAL, 0)));
  }

  @Test
  void storeThatReplacesObjectsIsRefused() {
    ObjectStore replacing =
        new TwoClients(store, store) {
          @Override
          public Created create(String key, byte[] object) {
            store.objects.put(key, object);
            return Created.CREATED;
          }
        };
    StoreFailed refused =
        assertThrows(
            StoreFailed.class,
            () ->
                new CertifiedSigners(store, TestAgents.root())
                    .publish(replacing, TestAgents.KEYS.getFirst().certificate()));
    assertFalse(refused.temporary());
    assertTrue(refused.getMessage().contains("If-None-Match"), refused.getMessage());
  }

  // ---- the own log differs

  @Test
  void damageIsFoundWhileThePartitionTakesWrites() throws Exception {
    writeSegment();
    Frame third = partition.agreed.get(3);
    byte[] payload = third.payload().clone();
    payload[20] ^= 1;
    partition.replicas.get(partition.leader).damagedEntry =
        new Frame(3, third.term(), third.kind(), payload);
    Agent agent = agent(partition.leader);
    for (int i = 0; i < 3; i++) {
      agent.step();
      partition.put();
      partition.replicate();
    }
    assertEquals(Kind.LOG_UNREADABLE, onlyFinding().kind());
  }

  @Test
  void entryOfAnotherPartitionInTheOwnLogIsFoundBeforeUpload() throws Exception {
    writeSegment();
    SimulatedPartition.Replica replica = partition.replicas.get(partition.leader);
    Owner other = new Owner(OWNER.cluster(), "orders", new UUID(9, 9), 0);
    replica.damagedEntry = partition.frame(3, other, new Mutation.Cut());
    run(agent(partition.leader));
    assertFinding(Kind.LOG_UNREADABLE, "", "3");
    assertEquals(0, events.uploads);
  }

  @Test
  void holeInTheOwnLogIsFoundBeforeUpload() throws Exception {
    writeSegment();
    SimulatedPartition.Replica replica = partition.replicas.get(partition.leader);
    Frame third = partition.agreed.get(3);
    replica.damagedEntry = new Frame(3, third.term(), third.kind(), third.payload());
    partition.agreed.set(3, new Frame(4, third.term(), third.kind(), third.payload()));
    run(agent(partition.leader));
    assertEquals(Kind.LOG_UNREADABLE, onlyFinding().kind());
    assertEquals(0, events.uploads);
  }

  @Test
  void entryThatDoesNotDecodeIsFoundBeforeUpload() throws Exception {
    writeSegment();
    Frame third = partition.agreed.get(3);
    byte[] payload = third.payload().clone();
    payload[20] ^= 1;
    partition.replicas.get(partition.leader).damagedEntry =
        new Frame(3, third.term(), third.kind(), payload);
    run(agent(partition.leader));
    assertFinding(Kind.LOG_UNREADABLE, "", "checksum");
    assertEquals(0, events.uploads);
  }

  private void resign(SigningKey key, String writer) throws Exception {
    Manifest manifest = ManifestCodec.read(object(ArchivePaths.manifest(WAL, 0)));
    Manifest changed =
        new Manifest(
            manifest.cluster(),
            manifest.table(),
            manifest.tableId(),
            manifest.partition(),
            manifest.segment(),
            manifest.objectBytes(),
            manifest.object(),
            manifest.chain(),
            manifest.previous(),
            writer,
            key.certificate().fingerprint(),
            manifest.writtenAtMs());
    store.objects.put(ArchivePaths.manifest(WAL, 0), ManifestCodec.sign(changed, key));
  }

  /** A segment of the agreed log with one entry replaced, and of other bytes if padded. */
  private byte[] segment(long first, @Nullable Frame instead, int padding) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (SegmentWriter writer = new SegmentWriter(bytes)) {
      for (Frame frame : partition.agreed.subList((int) first, partition.agreed.size())) {
        writer.write(instead != null && instead.lsn() == frame.lsn() ? instead : frame);
      }
    }
    byte[] object = bytes.toByteArray();
    return padding == 0 ? object : recompressed(object);
  }

  /** The same content in another frame: as an older or newer compressor would write it. */
  private static byte[] recompressed(byte[] object) throws IOException {
    byte[] content;
    try (var in = new ZstdInputStream(new ByteArrayInputStream(object))) {
      content = in.readAllBytes();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var zstd = new ZstdOutputStream(out, 19)) {
      zstd.setChecksum(true);
      zstd.write(content);
    }
    return out.toByteArray();
  }
}
