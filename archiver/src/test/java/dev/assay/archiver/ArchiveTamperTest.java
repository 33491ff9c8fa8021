package dev.assay.archiver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.assay.archiver.ArchiveVerification.Range;
import dev.assay.archiver.ArchiveVerification.State;
import dev.assay.archiver.TestArchive.Cluster;
import dev.assay.archiver.TestArchive.Sealed;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.Frame;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every way to tamper with the objects of an archive is planted, and gives exactly its finding. */
class ArchiveTamperTest extends TamperedArchive {
  private static final int SEEDS = 100;

  @Test
  void aFlippedBitAnywhereInASegmentIsCorrupt() throws Exception {
    for (long seed = 0; seed < SEEDS; seed++) {
      seal(seed);
      Sealed at = second.get(archive.random.nextInt(SEGMENTS));
      archive.put(at.key(), flipped(at.object(), archive.random));
      ArchiveVerification verification = verify(true);
      assertFinding(verification, State.CORRUPT, at, at.key(), "SHA-256 of the segment object");
      assertFoundAround(verification, at);
      assertEquals(State.FOUND, verify(false).state(), "only a deep look sees inside");
    }
  }

  @Test
  void aFlippedBitAnywhereInAManifestIsCorrupt() throws Exception {
    for (long seed = 0; seed < SEEDS; seed++) {
      seal(seed);
      Sealed at = first.get(archive.random.nextInt(SEGMENTS));
      archive.put(at.manifestKey(), flipped(at.file(), archive.random));
      assertFinding(seed % 2 == 0, State.CORRUPT, at, at.manifestKey(), "manifest's ");
    }
  }

  private static byte[] flipped(byte[] bytes, Random random) {
    byte[] flipped = bytes.clone();
    int bit = random.nextInt(8 * bytes.length);
    flipped[bit / 8] ^= (byte) (1 << (bit % 8));
    return flipped;
  }

  @Test
  void aTruncatedSegmentIsCorruptWithoutADeepLook() throws Exception {
    for (int kept : new int[] {0, 1, first.get(1).object().length - 1}) {
      Sealed at = first.get(1);
      archive.put(at.key(), Arrays.copyOf(at.object(), kept));
      String words =
          "length of the segment object: expected " + at.object().length + ", actual " + kept;
      assertFinding(false, State.CORRUPT, at, at.key(), words);
      assertFinding(true, State.CORRUPT, at, at.key(), words);
    }
  }

  @Test
  void aTruncatedOrLengthenedManifestIsCorrupt() throws Exception {
    Sealed at = first.get(1);
    for (int length : new int[] {0, 1, at.file().length - 1, at.file().length + 1, 5000}) {
      archive.put(at.manifestKey(), Arrays.copyOf(at.file(), length));
      assertFinding(false, State.CORRUPT, at, at.manifestKey(), "manifest's ");
    }
  }

  @Test
  void aDeletedSegmentIsLost() throws Exception {
    for (boolean deep : new boolean[] {false, true}) {
      for (int i = 0; i < SEGMENTS; i++) {
        seal(i);
        Sealed at = first.get(i);
        archive.store.objects.remove(at.key());
        assertFinding(deep, State.LOST, at, at.key(), "expected an object, actual none");
      }
    }
  }

  @Test
  void aDeletedManifestIsLost() throws Exception {
    for (int i = 0; i < SEGMENTS; i++) {
      seal(i);
      Sealed at = first.get(i);
      archive.store.objects.remove(at.manifestKey());
      assertFinding(false, State.LOST, at, at.manifestKey(), "expected an object, actual none");
    }
  }

  @Test
  void aHoleWhereASegmentAndItsManifestWereIsLost() throws Exception {
    for (int i = 0; i < SEGMENTS; i++) {
      seal(i);
      Sealed at = first.get(i);
      archive.store.objects.remove(at.key());
      archive.store.objects.remove(at.manifestKey());
      String words =
          i == SEGMENTS - 1
              ? "the known head is LSN " + at.last()
              : "no segment begins before LSN " + (at.last() + 1);
      assertFinding(true, State.LOST, at, at.manifestKey(), words);
    }
  }

  @Test
  void anArchiveThatWasCutBackIsLostFromThereToTheHead() throws Exception {
    Sealed from = first.get(2);
    for (Sealed each : first.subList(2, SEGMENTS)) {
      archive.store.objects.remove(each.key());
      archive.store.objects.remove(each.manifestKey());
    }
    Range lost = findings(verify(false)).getFirst();
    assertEquals(State.LOST, lost.state());
    assertEquals(from.first(), lost.firstLsn());
    assertEquals(first.getLast().last(), lost.lastLsn());
    assertEquals(from.manifestKey(), lost.object());
  }

  @Test
  void anEmptyArchiveIsLostUpToTheHead() throws Exception {
    archive.store.objects.clear();
    List<Range> findings = findings(verify(true));
    assertEquals(2, findings.size());
    assertEquals(State.LOST, findings.getFirst().state());
    assertEquals(0, findings.getFirst().firstLsn());
    assertEquals(first.getLast().last(), findings.getFirst().lastLsn());
  }

  @Test
  void twoSwappedSegmentsAreBothCorrupt() throws Exception {
    assertSwapIsFound(first.get(1), first.get(3), Sealed::key, " of the segment object: expected");
    assertSwapIsFound(first.get(2), second.get(2), Sealed::key, " of the segment object: expected");
  }

  @Test
  void twoSwappedManifestsAreBothCorrupt() throws Exception {
    assertSwapIsFound(
        first.get(1), first.get(3), Sealed::manifestKey, "manifest's place: expected");
    assertSwapIsFound(
        first.get(2), second.get(2), Sealed::manifestKey, "manifest's place: expected");
  }

  private interface KeyOf {
    String of(Sealed sealed);
  }

  private void assertSwapIsFound(Sealed one, Sealed other, KeyOf key, String words)
      throws InterruptedException {
    swap(key.of(one), key.of(other));
    ArchiveVerification verification = verify(true);
    List<Range> findings = findings(verification);
    assertEquals(2, findings.size(), findings::toString);
    assertRange(findings.get(0), State.CORRUPT, one, key.of(one), words);
    assertRange(findings.get(1), State.CORRUPT, other, key.of(other), words);
    swap(key.of(one), key.of(other));
  }

  private void swap(String one, String other) {
    byte[] kept = archive.object(one);
    archive.put(one, archive.object(other));
    archive.put(other, kept);
  }

  @Test
  void twoSwappedPairsAreBothCorrupt() throws Exception {
    swap(first.get(2).key(), second.get(2).key());
    assertSwapIsFound(
        first.get(2), second.get(2), Sealed::manifestKey, "manifest's place: expected");
  }

  @Test
  void aSegmentsOlderVersionIsCorrupt() throws Exception {
    Sealed at = first.get(2);
    List<Frame> shorter = List.of(TestArchive.metadata(at.first(), 1));
    archive.put(at.key(), TestArchive.object(shorter));
    assertFinding(true, State.CORRUPT, at, at.key(), " of the segment object: expected");
  }

  @Test
  void aManifestsOlderVersionIsAForkBeforeTheNext() throws Exception {
    for (int i = 0; i < SEGMENTS - 1; i++) {
      seal(i);
      Sealed at = first.get(i);
      Sealed older = older(at);
      Sealed next = first.get(i + 1);
      assertFinding(
          false,
          State.FORKED,
          next,
          next.manifestKey(),
          "manifest's previous: expected %s, actual %s"
              .formatted(Sha256.of(older.file()), Sha256.of(at.file())));
    }
  }

  @Test
  void theHeadManifestsOlderVersionIsAFork() throws Exception {
    Sealed head = first.getLast();
    Sealed older = older(head);
    assertFinding(
        false,
        State.FORKED,
        head,
        head.manifestKey(),
        "manifest at the known head: expected %s, actual %s"
            .formatted(Sha256.of(head.file()), Sha256.of(older.file())));
  }

  /** Puts a version in its place that one of our own nodes has signed an hour before. */
  private Sealed older(Sealed at) {
    long before = TestArchive.NOW.minus(Duration.ofHours(1)).toEpochMilli();
    return archive.seal(
        TestArchive.changed(at.manifest(), at.manifest().previous(), OURS.key(), before),
        OURS.key(),
        at.object());
  }

  @Test
  void aManifestSignedAgainByAKeyThatIsNotOursIsAFork() throws Exception {
    SigningKey foreign = Cluster.create().key();
    for (int i = 0; i < SEGMENTS; i++) {
      seal(i);
      Sealed at = first.get(i);
      signAgain(at, foreign);
      assertFinding(
          false,
          State.FORKED,
          at,
          at.manifestKey(),
          "the signing key " + foreign.certificate().fingerprint() + " is not known");

      archive.publish(foreign.certificate());
      assertFinding(true, State.FORKED, at, at.manifestKey(), "is not signed by the cluster root");
    }
  }

  private void signAgain(Sealed at, SigningKey key) {
    archive.seal(
        TestArchive.changed(
            at.manifest(), at.manifest().previous(), key, TestArchive.NOW.toEpochMilli()),
        key,
        at.object());
  }

  @Test
  void aManifestWithAnotherCertificateInItsSignersPlaceIsCorrupt() throws Exception {
    SigningKey other = Cluster.key(OURS.authority(), "node-b");
    String place = ArchivePaths.certificate("demo", other.certificate().fingerprint());
    archive.put(place, OURS.key().certificate().pem().getBytes(StandardCharsets.US_ASCII));
    signAgain(first.get(4), other);
    assertFinding(
        false, State.CORRUPT, first.get(4), first.get(4).manifestKey(), place + ": fingerprint");
  }

  @Test
  void aDamagedCertificateIsNamed() throws Exception {
    SigningKey other = Cluster.key(OURS.authority(), "node-b");
    String place = ArchivePaths.certificate("demo", other.certificate().fingerprint());
    archive.put(place, new byte[20]);
    signAgain(first.get(4), other);
    assertFinding(false, State.CORRUPT, first.get(4), first.get(4).manifestKey(), place);
  }

  @Test
  void aSecondClusterOfTheSameNameIsAForkEverywhere() throws Exception {
    TestArchive theirs = new TestArchive(Cluster.create(), 7);
    List<Sealed> their = theirs.seal(0, theirs.frames(0, SEGMENTS));
    archive
        .store
        .objects
        .keySet()
        .removeIf(key -> key.startsWith(TestArchive.wal(first.getFirst().owner())));
    archive.store.objects.putAll(theirs.store.objects);
    ArchiveVerification verification =
        verifier().verify(List.of(TestArchive.expected(their)), true, (_, _, _, _) -> {});
    List<Range> ranges = verification.ranges();
    assertEquals(SEGMENTS, ranges.size(), ranges::toString);
    for (int i = 0; i < SEGMENTS; i++) {
      assertRange(
          ranges.get(i),
          State.FORKED,
          their.get(i),
          their.get(i).manifestKey(),
          "is not signed by the cluster root " + OURS.authority().root().fingerprint());
    }
  }

  @Test
  void aSecondClusterThatGoesOnAfterOurHeadIsAFork() throws Exception {
    TestArchive theirs = new TestArchive(Cluster.create(), 7);
    long lsn = first.getLast().last() + 1;
    List<Frame> frames = List.of(theirs.end(0, lsn, 99));
    Sealed their = theirs.seal(0, frames, TestArchive.summary(frames), first.getLast());
    archive.store.objects.putAll(theirs.store.objects);
    assertFinding(
        true, State.FORKED, their, their.manifestKey(), "is not signed by the cluster root");
  }

  /** Restored from an old copy, the same cluster with the same keys has written on. */
  @Test
  void anotherHistoryUnderOurOwnKeysIsAForkAtTheKnownHead() throws Exception {
    List<ExpectedPartition> expected = List.of(TestArchive.expected(first));
    List<List<Frame>> frames = new ArrayList<>();
    for (Sealed each : first) {
      List<Frame> other = new ArrayList<>();
      for (long lsn = each.first(); lsn < each.last(); lsn++) {
        other.add(archive.put(0, lsn, 50));
      }
      other.add(archive.end(0, each.last(), 50));
      frames.add(other);
    }
    List<Sealed> again = archive.seal(0, frames);
    ArchiveVerification verification = verifier().verify(expected, true, (_, _, _, _) -> {});
    assertFinding(
        verification,
        State.FORKED,
        again.getLast(),
        again.getLast().manifestKey(),
        "manifest at the known head");
  }

  @Test
  void anotherHistoryThatIsCutOtherwiseIsAForkAtTheKnownHead() throws Exception {
    List<ExpectedPartition> expected = List.of(TestArchive.expected(first));
    List<Frame> frames = new ArrayList<>();
    for (long lsn = 0; lsn <= first.getLast().last(); lsn++) {
      frames.add(TestArchive.metadata(lsn, 50));
    }
    frames.add(archive.end(0, frames.size(), 50));
    archive
        .store
        .objects
        .keySet()
        .removeIf(key -> key.startsWith(TestArchive.wal(first.getFirst().owner())));
    Sealed only = archive.seal(0, List.of(frames)).getFirst();
    assertFinding(
        verifier().verify(expected, true, (_, _, _, _) -> {}),
        State.FORKED,
        only,
        only.manifestKey(),
        "end of a segment at the known head: expected " + first.getLast().last());
  }

  @Test
  void aHoleBetweenManifestsThatNameEachOtherIsLost() throws Exception {
    archive = new TestArchive(OURS, 3);
    List<List<Frame>> frames = archive.frames(0, SEGMENTS);
    List<Frame> left = frames.remove(2);
    first = archive.seal(0, frames);
    second = archive.seal(1, archive.frames(1, 1));
    Range lost = findings(verify(true)).getFirst();
    String key =
        ArchivePaths.manifest(TestArchive.wal(first.getFirst().owner()), left.getFirst().lsn());
    assertEquals(
        new Range(
            first.getFirst().owner(),
            left.getFirst().lsn(),
            left.getLast().lsn(),
            key,
            State.LOST,
            lost.detail()),
        lost);
    assertEquals(1, findings(verify(true)).size());
  }

  @Test
  void aSegmentThatBeginsInsideAnotherIsAFork() throws Exception {
    Sealed around = first.stream().filter(s -> s.last() > s.first()).findFirst().orElseThrow();
    long inside = around.first() + 1;
    List<Frame> frames = List.of(archive.end(0, inside, 1));
    Sealed planted = archive.seal(0, frames, TestArchive.summary(frames), null);
    assertFinding(
        false,
        State.FORKED,
        planted,
        planted.manifestKey(),
        "begins inside a segment that goes on");

    archive.store.objects.remove(planted.manifestKey());
    assertFinding(
        false, State.FORKED, planted, planted.key(), "begins inside a segment that goes on");
  }

  @Test
  void aNameThatNoAgentMakesIsNamed() throws Exception {
    String wal = TestArchive.wal(first.getFirst().owner());
    for (String name :
        List.of("7.seg", "00000000000000000007.SEG.seg", "x/00000000000000000007.manifest.json")) {
      archive.put(wal + name, new byte[1]);
      Range finding = findings(verify(false)).getFirst();
      assertEquals(State.CORRUPT, finding.state());
      assertEquals(wal + name, finding.object());
      assertEquals(-1, finding.firstLsn());
      archive.store.objects.remove(wal + name);
    }
    archive.put(wal + "readme.txt", new byte[1]);
    assertEquals(State.FOUND, verify(false).state());
  }
}
