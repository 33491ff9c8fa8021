package dev.assay.referencebuilder;

import static dev.assay.referencebuilder.ArchivedPartition.PARTITION;
import static dev.assay.referencebuilder.Unprovable.Kind.CORRUPT;
import static dev.assay.referencebuilder.Unprovable.Kind.FORKED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.Digest128;
import dev.assay.logformat.FormatException.TooNew;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that are sound as objects, and whose log breaks a rule: the fold stops before it. */
class LogRulesTest {
  private static final byte[] ITEM = {1, 2, 3};

  @TempDir Path folder;

  private final ArchivedPartition archive = new ArchivedPartition();

  private Reference build() throws IOException {
    try (ReferenceBuilder builder =
        archive.builder(new FoldOptions(folder, 2, 1 << 20, 1 << 20, 1 << 20))) {
      return ArchivedPartition.build(builder, Long.MAX_VALUE, FoldProgress.NONE);
    }
  }

  private void found(Unprovable.Kind kind, String object, long first, long last, String detail) {
    List<String> roots = archive.roots();
    Findings.found(kind, object, first, last, detail, this::build);
    assertEquals(roots, archive.roots());
  }

  private void tooNew(String message) {
    List<String> roots = archive.roots();
    assertEquals(message, assertThrows(TooNew.class, this::build).getMessage());
    assertEquals(roots, archive.roots());
  }

  private void requireState() throws IOException {
    Reference reference = build();
    assertEquals(archive.lastLsn(), reference.lsn());
    assertTrue(archive.states.getLast().sameState(reference.root().tree()));
  }

  private void oneSegment() throws IOException {
    archive.batch(archive.put("a", ITEM));
    archive.archive();
  }

  @Test
  void termThatGoesBackInASegmentIsCorrupt() throws IOException {
    oneSegment();
    long term = 1;
    archive.batch(archive.put("b", ITEM));
    archive.newTerm();
    archive.newTerm();
    archive.turnTermBack();
    long lsn = archive.lastLsn() + 1;
    archive.batch(archive.put("c", ITEM));
    archive.archive();
    found(
        CORRUPT,
        archive.segmentKey(1),
        archive.firstLsn(1),
        archive.lastLsn(),
        "frame at LSN %d: term: expected at least %d, actual %d"
            .formatted(lsn, term + 2, term + 1));
  }

  @Test
  void termThatGoesBackFromSegmentToSegmentIsForked() throws IOException {
    archive.newTerm();
    oneSegment();
    archive.turnTermBack();
    oneSegment();
    found(
        FORKED,
        archive.manifestKey(1),
        archive.firstLsn(1),
        Long.MAX_VALUE,
        "manifest's first term: expected at least 2, actual 1");
  }

  /** The manifest before says that its segment ended in a lower term than it did. */
  @Test
  void termThatGoesBackBehindAManifestThatLiesIsCorrupt() throws IOException {
    archive.batch(archive.put("a", ITEM));
    archive.newTerm();
    archive.newTerm();
    archive.archive();
    archive.store(withLastTerm(archive.manifest(0), 2), archive.key);
    archive.turnTermBack();
    long lsn = archive.lastLsn() + 1;
    oneSegment();
    found(
        CORRUPT,
        archive.segmentKey(1),
        lsn,
        Long.MAX_VALUE,
        "frame at LSN %d: term: expected at least 3, actual 2".formatted(lsn));
  }

  private static Manifest withLastTerm(Manifest of, long lastTerm) {
    SegmentSummary segment = of.segment();
    return new Manifest(
        of.cluster(),
        of.table(),
        of.tableId(),
        of.partition(),
        new SegmentSummary(
            segment.firstLsn(),
            segment.lastLsn(),
            segment.firstTerm(),
            lastTerm,
            segment.firstTime(),
            segment.lastTime(),
            segment.entries(),
            segment.mutations(),
            segment.framesBytes(),
            segment.frames()),
        of.objectBytes(),
        of.object(),
        of.chain(),
        of.previous(),
        of.writer(),
        of.key(),
        of.writtenAtMs());
  }

  @Test
  void timeThatGoesBackIsCorrupt() throws IOException {
    oneSegment();
    long time = build().root().time();
    archive.batch(archive.put("b", ITEM));
    archive.turnTimeBack();
    long lsn = archive.lastLsn() + 1;
    archive.batch(archive.put("c", ITEM));
    archive.archive();
    found(
        CORRUPT,
        archive.segmentKey(1),
        lsn,
        Long.MAX_VALUE,
        "frame at LSN %d: batch's time: expected at least %d, actual %d"
            .formatted(lsn, time + 1, time + 2 - (1 << 20)));
  }

  @Test
  void timeThatIsBackOnARefusedBatchIsNoMatter() throws IOException {
    oneSegment();
    archive.turnTimeBack();
    archive.refusedBatch(archive.put("c", ITEM));
    archive.turnTimeBack(-1);
    archive.archive();
    requireState();
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 23, 24, 31, 32, 39, 40, 47, 49, 55})
  void reservedKindStopsTheFold(int kind) throws IOException {
    unknownKindStopsTheFold(new Mutation.Reserved(kind, new byte[3]), kind);
  }

  @Test
  void ingestStopsTheFold() throws IOException {
    unknownKindStopsTheFold(new Mutation.Ingest(new byte[Sha256.BYTES]), 6);
  }

  private void unknownKindStopsTheFold(Mutation unknown, int kind) throws IOException {
    oneSegment();
    archive.refusedBatch(archive.put("b", ITEM), unknown);
    archive.staleBatch(unknown);
    archive.archive();
    requireState();
    archive.batch(archive.put("c", ITEM));
    archive.batch(archive.put("d", ITEM), unknown, archive.put("e", ITEM));
    long lsn = archive.lastLsn();
    archive.batch(archive.put("f", ITEM));
    archive.archive();
    tooNew(
        "frame at LSN %d: mutation's kind: too new: expected one of 1 to 5, 48, actual %d"
            .formatted(lsn, kind));
    try (ReferenceBuilder builder =
        archive.builder(new FoldOptions(folder, 2, 1 << 20, 1 << 20, 1 << 20))) {
      Reference before = ArchivedPartition.build(builder, lsn - 1, FoldProgress.NONE);
      assertTrue(archive.states.get((int) lsn - 1).sameState(before.root().tree()));
    }
  }

  /** It can't even be read, so nobody knows whether it is accepted. */
  @ParameterizedTest
  @ValueSource(ints = {7, 15, 56, 255})
  void kindThatNobodyKnowsStopsTheFoldAndIsNoDamage(int kind) throws IOException {
    oneSegment();
    byte[] known = archive.batchOf(PARTITION.tableId(), PARTITION.partition());
    byte[] body = Arrays.copyOf(known, known.length - 5);
    long lsn = archive.lastLsn() + 1;
    archive.payload(new BytesWriter().bytes(body).u8(1).u8(kind).u8(0).checksum(0).toBytes());
    archive.archive();
    tooNew(
        "%s: frame at LSN %d: mutation's kind: too new: expected one of 1 to 6, 16 to 55, actual %d"
            .formatted(archive.segmentKey(1), lsn, kind));
  }

  @Test
  void batchOfANewerVersionStopsTheFoldAndIsNoDamage() throws IOException {
    oneSegment();
    byte[] known = archive.batchOf(PARTITION.tableId(), PARTITION.partition());
    byte[] body = Arrays.copyOf(known, known.length - 4);
    body[0] = 2;
    long lsn = archive.lastLsn() + 1;
    archive.payload(new BytesWriter().bytes(body).checksum(0).toBytes());
    archive.archive();
    tooNew(
        "%s: frame at LSN %d: batch: too new: expected version 1 or older, actual 2"
            .formatted(archive.segmentKey(1), lsn));
  }

  private void payloadIsCorrupt(byte[] payload, String detail) throws IOException {
    oneSegment();
    long lsn = archive.lastLsn() + 1;
    archive.payload(payload);
    archive.archive();
    found(
        CORRUPT,
        archive.segmentKey(1),
        archive.firstLsn(1),
        archive.lastLsn(),
        "frame at LSN " + lsn + ": " + detail);
  }

  @Test
  void payloadThatIsNoBatchIsCorrupt() throws IOException {
    payloadIsCorrupt(new byte[3], "batch's length: expected more than 4 bytes, actual 3");
  }

  @Test
  void batchOfAnotherPartitionIsCorrupt() throws IOException {
    payloadIsCorrupt(
        archive.batchOf(PARTITION.tableId(), 3), "batch's partition: expected 2, actual 3");
  }

  @Test
  void batchOfAnotherTableIsCorrupt() throws IOException {
    UUID other = new UUID(1, 2);
    payloadIsCorrupt(
        archive.batchOf(other, PARTITION.partition()),
        "batch's table: expected " + PARTITION.tableId() + ", actual " + other);
  }

  @Test
  void archiveHeadsBarriersAndCutsChangeNothing() throws IOException {
    archive.batch(archive.put("a", ITEM), new Mutation.ArchiveHead(7, Sha256.of(ITEM)));
    archive.batch(new Mutation.Barrier(new UUID(1, 2)), archive.put("b", ITEM));
    archive.archiveAsItIs();
    archive.batch(archive.put("c", ITEM), new Mutation.Cut());
    archive.archiveAsItIs();
    archive.refusedBatch(new Mutation.Cut(), archive.put("d", ITEM));
    archive.archiveAsItIs();
    requireState();
    assertEquals(Digest128.NONE, archive.before("d"));
  }
}
