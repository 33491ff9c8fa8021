package dev.assay.referencebuilder;

import static dev.assay.referencebuilder.ArchivedPartition.PARTITION;
import static dev.assay.referencebuilder.Unprovable.Kind.CORRUPT;
import static dev.assay.referencebuilder.Unprovable.Kind.FORKED;
import static dev.assay.referencebuilder.Unprovable.Kind.LOST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Manifest;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.SigningKey;
import dev.assay.referencebuilder.Unprovable.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is wrong with the archive is named, nothing is kept beyond it, and what lies before it
 * is still proven. A reference of an earlier position is there already, so that both ways are met:
 * on from it, and from genesis.
 */
class ArchiveDamageTest {
  private static final int SEGMENTS = 6;

  /** The segment that is damaged. */
  private static final int DAMAGED = 4;

  @TempDir Path folder;

  private final ArchivedPartition archive = new ArchivedPartition();
  private ReferenceBuilder builder;

  @BeforeEach
  void write() throws IOException {
    RandomLog.write(archive, new Random(7), SEGMENTS);
    builder = archive.builder(new FoldOptions(folder, 2, 1 << 20, 1 << 20, 1 << 20));
    ArchivedPartition.build(builder, archive.firstLsn(2) + 1, FoldProgress.NONE);
  }

  @AfterEach
  void close() throws IOException {
    builder.close();
  }

  private Manifest manifest() throws IOException {
    return archive.manifest(DAMAGED);
  }

  private String segmentKey() {
    return archive.segmentKey(DAMAGED);
  }

  private String manifestKey() {
    return archive.manifestKey(DAMAGED);
  }

  private void put(String key, byte[] object) {
    archive.store.objects.put(key, object);
  }

  /** Both ways end with this finding, and keep nothing. */
  private Unprovable found(Kind kind, String object, long firstLsn, long lastLsn)
      throws IOException {
    List<String> roots = archive.roots();
    Unprovable found = Findings.found(kind, object, firstLsn, lastLsn, () -> build(Long.MAX_VALUE));
    Unprovable again =
        Findings.found(
            kind,
            object,
            firstLsn,
            lastLsn,
            () -> {
              try (ReferenceBuilder second =
                  archive.builder(new FoldOptions(folder.resolve("b"), 2, 4 << 10, 0, 1 << 20))) {
                new Fold(second.parts(), PARTITION, null, FoldProgress.NONE).run(Long.MAX_VALUE);
              }
            });
    assertEquals(found.detail(), again.detail());
    assertEquals(roots, archive.roots());
    requireProven(firstLsn - 1);
    return found;
  }

  private void found(Kind kind, String object, long firstLsn, long lastLsn, String detail)
      throws IOException {
    assertEquals(detail, found(kind, object, firstLsn, lastLsn).detail());
  }

  private Reference build(long lsnMax) throws IOException {
    return ArchivedPartition.build(builder, lsnMax, FoldProgress.NONE);
  }

  private void requireProven(long lsn) throws IOException {
    Reference before = build(lsn);
    assertEquals(lsn, before.lsn());
    assertTrue(archive.states.get((int) lsn).sameState(before.root().tree()));
  }

  private static String expected(String what, Object expected, Object actual) {
    return what + ": expected " + expected + ", actual " + actual;
  }

  @Test
  void missingSegmentIsLost() throws IOException {
    SegmentSummary segment = manifest().segment();
    archive.store.objects.remove(segmentKey());
    found(
        LOST,
        segmentKey(),
        segment.firstLsn(),
        segment.lastLsn(),
        "expected an object, actual none");
  }

  private void corruptSegment(byte[] object) throws IOException {
    Manifest manifest = manifest();
    put(segmentKey(), object);
    String detail =
        object.length > manifest.objectBytes()
            ? expected("object's length", "at most " + manifest.objectBytes(), object.length)
            : object.length < manifest.objectBytes()
                ? expected("length of the segment object", manifest.objectBytes(), object.length)
                : expected("SHA-256 of the segment object", manifest.object(), Sha256.of(object));
    SegmentSummary segment = manifest.segment();
    found(CORRUPT, segmentKey(), segment.firstLsn(), segment.lastLsn(), detail);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void truncatedSegmentIsCorrupt(long seed) throws IOException {
    byte[] object = archive.object(segmentKey());
    corruptSegment(Arrays.copyOf(object, new Random(seed).nextInt(object.length)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void flippedBitInASegmentIsCorrupt(long seed) throws IOException {
    corruptSegment(flipped(archive.object(segmentKey()), new Random(seed)));
  }

  static byte[] flipped(byte[] object, Random random) {
    byte[] flipped = object.clone();
    flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    return flipped;
  }

  @Test
  void longerSegmentIsCorrupt() throws IOException {
    byte[] object = archive.object(segmentKey());
    corruptSegment(Arrays.copyOf(object, object.length + 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 5})
  void anotherSegmentInItsPlaceIsCorrupt(int other) throws IOException {
    corruptSegment(archive.object(archive.segmentKey(other)));
  }

  @Test
  void segmentOfAnotherHistoryInItsPlaceIsCorrupt() throws IOException {
    ArchivedPartition another = archive.another();
    RandomLog.write(another, new Random(8), SEGMENTS);
    corruptSegment(another.object(another.segmentKey(DAMAGED)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void damagedManifestIsCorrupt(int seed) throws IOException {
    Random random = new Random(seed);
    byte[] manifest = archive.object(manifestKey());
    put(
        manifestKey(),
        seed % 3 == 0
            ? Arrays.copyOf(manifest, random.nextInt(manifest.length))
            : flipped(manifest, random));
    found(CORRUPT, manifestKey(), archive.firstLsn(DAMAGED), Long.MAX_VALUE);
  }

  @Test
  void hugeManifestIsCorrupt() throws IOException {
    put(manifestKey(), new byte[5000]);
    found(
        CORRUPT,
        manifestKey(),
        archive.firstLsn(DAMAGED),
        Long.MAX_VALUE,
        expected("object's length", "at most 4096", 5000));
  }

  @Test
  void missingManifestBeforeOthersIsLost() throws IOException {
    archive.store.objects.remove(manifestKey());
    found(
        LOST,
        manifestKey(),
        archive.firstLsn(DAMAGED),
        archive.ends.get(DAMAGED),
        "expected a manifest, actual none: the next one is " + archive.manifestKey(DAMAGED + 1));
  }

  @Test
  void missingManifestAtTheEndIsTheEnd() throws IOException {
    archive.store.objects.remove(archive.manifestKey(SEGMENTS - 1));
    assertEquals(archive.firstLsn(SEGMENTS - 1) - 1, build(Long.MAX_VALUE).lsn());
    requireProven(archive.firstLsn(SEGMENTS - 1) - 1);
  }

  @Test
  void otherObjectsBesideTheLogAreNoManifests() throws IOException {
    put(PARTITION.wal() + "notes.manifest.json", new byte[10]);
    put(PARTITION.wal() + "99999999999999999999.manifest.json", new byte[10]);
    requireProven(archive.lastLsn());
    assertEquals(archive.lastLsn(), build(Long.MAX_VALUE).lsn());
  }

  @Test
  void manifestOfAForeignKeyIsForked() throws IOException {
    SigningKey foreign = ArchivedPartition.foreignKey();
    archive.store(signedBy(manifest(), foreign), foreign);
    found(
        FORKED,
        manifestKey(),
        archive.firstLsn(DAMAGED),
        Long.MAX_VALUE,
        "the signing key " + foreign.certificate().fingerprint() + " is not known");
  }

  /** A foreign key that says it is the known one. */
  @Test
  void manifestWithASignatureOfAnotherKeyIsCorrupt() throws IOException {
    byte[] by = archive.object(manifestKey());
    archive.store(signedBy(manifest(), archive.otherKey), archive.otherKey);
    byte[] other = archive.object(manifestKey());
    int signature = by.length - 131;
    System.arraycopy(other, other.length - 131, by, signature, 131);
    put(manifestKey(), by);
    found(
        CORRUPT,
        manifestKey(),
        archive.firstLsn(DAMAGED),
        Long.MAX_VALUE,
        expected("manifest's signature", "one by " + archive.key.certificate(), "another"));
  }

  private static Manifest signedBy(Manifest manifest, SigningKey key) {
    return edited(manifest, manifest.segment(), manifest.chain(), manifest.previous(), key);
  }

  private static Manifest edited(
      Manifest manifest, SegmentSummary segment, Sha256 chain, Sha256 previous, SigningKey key) {
    return new Manifest(
        manifest.cluster(),
        manifest.table(),
        manifest.tableId(),
        manifest.partition(),
        segment,
        manifest.objectBytes(),
        manifest.object(),
        chain,
        previous,
        key.certificate().node(),
        key.certificate().fingerprint(),
        manifest.writtenAtMs());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 5})
  void anotherManifestInItsPlaceIsCorrupt(int other) throws IOException {
    put(manifestKey(), archive.object(archive.manifestKey(other)));
    found(
        CORRUPT,
        manifestKey(),
        archive.firstLsn(DAMAGED),
        Long.MAX_VALUE,
        expected("manifest's first LSN", archive.firstLsn(DAMAGED), archive.firstLsn(other)));
  }

  @Test
  void manifestOfAnotherPartitionIsCorrupt() throws IOException {
    Manifest sound = manifest();
    Manifest other =
        new Manifest(
            sound.cluster(),
            sound.table(),
            sound.tableId(),
            sound.partition() + 1,
            sound.segment(),
            sound.objectBytes(),
            sound.object(),
            sound.chain(),
            sound.previous(),
            sound.writer(),
            sound.key(),
            sound.writtenAtMs());
    archive.store(other, archive.key);
    found(
        CORRUPT,
        manifestKey(),
        archive.firstLsn(DAMAGED),
        Long.MAX_VALUE,
        expected("manifest's partition", 2, 3));
  }

  /** One that another node has written of the same segment, before the one that was followed. */
  @Test
  void olderManifestBreaksTheOneBehindIt() throws IOException {
    Sha256 sound = Sha256.of(archive.object(manifestKey()));
    archive.store(signedBy(manifest(), archive.otherKey), archive.otherKey);
    found(
        FORKED,
        archive.manifestKey(DAMAGED + 1),
        archive.firstLsn(DAMAGED + 1),
        Long.MAX_VALUE,
        expected("manifest's previous", Sha256.of(archive.object(manifestKey())), sound));
  }

  @Test
  void brokenChainIsForked() throws IOException {
    Manifest sound = manifest();
    Sha256 chain = Sha256.of(new byte[1]);
    archive.store(
        edited(sound, sound.segment(), chain, sound.previous(), archive.key), archive.key);
    found(
        FORKED,
        manifestKey(),
        archive.firstLsn(DAMAGED),
        Long.MAX_VALUE,
        expected("manifest's chain", sound.chain(), chain));
  }

  @Test
  void anotherPredecessorIsForked() throws IOException {
    Manifest sound = manifest();
    archive.store(
        edited(sound, sound.segment(), sound.chain(), Sha256.NONE, archive.key), archive.key);
    found(
        FORKED,
        manifestKey(),
        archive.firstLsn(DAMAGED),
        Long.MAX_VALUE,
        expected("manifest's previous", sound.previous(), Sha256.NONE));
  }

  @Test
  void referenceThatReachesBeyondTheArchiveIsLost() throws IOException {
    Reference reference = build(archive.firstLsn(3) + 2);
    for (int segment = 3; segment < SEGMENTS; segment++) {
      archive.store.objects.remove(archive.manifestKey(segment));
    }
    Findings.found(
        LOST,
        archive.manifestKey(3),
        archive.firstLsn(3),
        reference.lsn(),
        "expected a manifest, actual none",
        () -> build(Long.MAX_VALUE));
    Findings.found(
        LOST,
        archive.manifestKey(3),
        archive.firstLsn(3),
        reference.lsn(),
        "expected a manifest, actual none: there is a reference, " + reference.record(),
        () -> ArchivedPartition.buildFromGenesis(builder, Long.MAX_VALUE, FoldProgress.NONE));
  }

  @Test
  void archiveThatWasReplacedIsForked() throws IOException {
    Reference reference = build(archive.firstLsn(3) + 2);
    ArchivedPartition another = archive.another();
    RandomLog.write(another, new Random(7), 3);
    RandomLog.write(another, new Random(9), 3);
    archive.store.objects.putAll(another.store.objects);
    Findings.found(
        FORKED,
        archive.manifestKey(3),
        archive.firstLsn(3),
        Long.MAX_VALUE,
        expected(
            "manifest that the reference was made of",
            reference.root().manifest(),
            Sha256.of(another.object(another.manifestKey(3)))),
        () -> build(Long.MAX_VALUE));
  }

  @Test
  void whatIsAheadOfThePositionThatIsAskedForDoesNotMatter() throws IOException {
    archive.store.objects.remove(manifestKey());
    archive.store.objects.remove(archive.segmentKey(DAMAGED - 1));
    requireProven(archive.firstLsn(DAMAGED - 1) - 1);
  }
}
