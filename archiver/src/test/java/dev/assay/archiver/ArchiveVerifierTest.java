package dev.assay.archiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.archiver.ArchiveVerification.Range;
import dev.assay.archiver.ArchiveVerification.State;
import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.archiver.TestArchive.Cluster;
import dev.assay.archiver.TestArchive.Sealed;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.Frame;
import dev.assay.logformat.Sha256;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Archives with which nobody has tampered, and stores that fail. */
class ArchiveVerifierTest {
  private static final Cluster OURS = Cluster.create();
  private static final long NOW_MS = TestArchive.NOW.toEpochMilli();

  private final TestArchive archive = new TestArchive(OURS, 1);

  private static ArchiveVerification verify(
      ObjectStore store, boolean deep, List<ExpectedPartition> expected)
      throws InterruptedException {
    return verifier(store).verify(expected, deep, (_, _, _, _) -> {});
  }

  private static ArchiveVerifier verifier(ObjectStore store) {
    return new ArchiveVerifier(
        store,
        OURS.authority().root(),
        InstantSource.fixed(TestArchive.NOW),
        Duration.ofSeconds(60));
  }

  @Test
  void aCleanArchiveIsCleanAThousandTimes() throws Exception {
    for (long seed = 0; seed < 1000; seed++) {
      TestArchive clean = new TestArchive(OURS, seed);
      int segments = 1 + clean.random.nextInt(6);
      List<Sealed> first = clean.seal(0, clean.frames(0, segments));
      List<Sealed> second = clean.seal(1, clean.frames(1, 1 + clean.random.nextInt(3)));
      List<ExpectedPartition> expected =
          List.of(TestArchive.expected(first), TestArchive.expected(second));
      ArchiveVerification verification = verify(clean.store, true, expected);
      assertEquals(List.of(found(first), found(second)), verification.ranges(), "seed " + seed);
      assertEquals(State.FOUND, verification.state());
      assertEquals(2L * (first.size() + second.size()), verification.objects());
    }
  }

  private static Range found(List<Sealed> sealed) {
    return new Range(
        sealed.getFirst().owner(),
        0,
        sealed.getLast().last(),
        TestArchive.wal(sealed.getFirst().owner()),
        State.FOUND,
        "");
  }

  @Test
  void manyPagesOfNamesAreRead() throws Exception {
    List<Sealed> sealed = archive.seal(0, archive.frames(0, 1100));
    ArchiveVerification verification =
        verify(archive.store, false, List.of(TestArchive.expected(sealed)));
    assertEquals(List.of(found(sealed)), verification.ranges());
  }

  @Test
  void theReferenceBesideTheLogIsNotLookedAt() throws Exception {
    List<Sealed> sealed = archive.seal(0, archive.frames(0, 3));
    Owner owner = TestArchive.owner(0);
    String reference =
        ArchivePaths.reference(owner.cluster(), owner.table(), owner.tableId(), owner.partition());
    byte[] garbage = {1, 2, 3};
    archive.put(ArchivePaths.root(reference, 1, Sha256.NONE), garbage);
    archive.put(ArchivePaths.pack(reference, Sha256.NONE), garbage);
    ArchiveVerification verification =
        verify(archive.store, true, List.of(TestArchive.expected(sealed)));
    assertEquals(List.of(found(sealed)), verification.ranges());
    assertEquals(2L * sealed.size(), verification.objects());
  }

  @Test
  void theTailBehindTheHeadIsDelayed() throws Exception {
    List<Sealed> sealed = archive.seal(0, archive.frames(0, 3));
    long head = sealed.getLast().last();
    for (long ageS : new long[] {30, 90}) {
      ExpectedPartition expected =
          new ExpectedPartition(
              sealed.getFirst().owner(),
              head,
              Sha256.of(sealed.getLast().file()),
              head + 7,
              NOW_MS - 1000 * ageS);
      ArchiveVerification verification = verify(archive.store, true, List.of(expected));
      assertEquals(State.DELAYED, verification.state());
      assertEquals(found(sealed), verification.ranges().getFirst());
      Range tail = verification.ranges().getLast();
      assertEquals(head + 1, tail.firstLsn());
      assertEquals(head + 7, tail.lastLsn());
      String words = ageS < 60 ? "within the bound of 60 s" : "beyond the bound of 60 s";
      assertTrue(tail.detail().endsWith(ageS + " s old, " + words), tail.detail());
    }
  }

  @Test
  void nothingCommittedIsNothingToFind() throws Exception {
    ExpectedPartition expected = new ExpectedPartition(TestArchive.owner(0), -1, null, -1, 0);
    ArchiveVerification verification = verify(archive.store, true, List.of(expected));
    assertEquals(List.of(), verification.ranges());
    assertEquals(State.FOUND, verification.state());
  }

  @Test
  void anArchiveThatIsAheadOfTheKnownHeadIsFound() throws Exception {
    List<Sealed> sealed = archive.seal(0, archive.frames(0, 4));
    Sealed known = sealed.get(1);
    ExpectedPartition expected =
        new ExpectedPartition(
            known.owner(), known.last(), Sha256.of(known.file()), sealed.getLast().last(), 0);
    assertEquals(List.of(found(sealed)), verify(archive.store, true, List.of(expected)).ranges());
  }

  @Test
  void aSegmentThatWaitsForItsManifestIsNoFinding() throws Exception {
    List<List<Frame>> frames = archive.frames(0, 4);
    List<Sealed> sealed = archive.seal(0, frames);
    archive.store.objects.remove(sealed.getLast().manifestKey());
    List<Sealed> archived = sealed.subList(0, 3);
    ArchiveVerification verification =
        verify(archive.store, true, List.of(TestArchive.expected(archived)));
    assertEquals(List.of(found(archived)), verification.ranges());
  }

  @Test
  void aManifestBehindALostOneShowsThatItIsLostEvenAboveTheKnownHead() throws Exception {
    List<Sealed> sealed = archive.seal(0, archive.frames(0, 4));
    archive.store.objects.remove(sealed.get(2).manifestKey());
    ArchiveVerification verification =
        verify(archive.store, true, List.of(TestArchive.expected(sealed.subList(0, 2))));
    assertEquals(State.LOST, verification.state());
    assertEquals(sealed.get(2).manifestKey(), verification.ranges().get(1).object());
  }

  @Test
  void theSignersOfAllNodesAreTrusted() throws Exception {
    TestArchive other = new TestArchive(new Cluster(OURS.authority(), OURS.key()), 5);
    List<Sealed> sealed = new ArrayList<>(other.seal(0, other.frames(0, 2)));
    var key = Cluster.key(OURS.authority(), "node-b");
    other.publish(key.certificate());
    Sealed last = sealed.getLast();
    sealed.set(
        1,
        other.seal(
            TestArchive.changed(last.manifest(), last.manifest().previous(), key, NOW_MS),
            key,
            last.object()));
    assertEquals(
        List.of(found(sealed)),
        verify(other.store, true, List.of(TestArchive.expected(sealed))).ranges());
  }

  @Test
  void whatTheStoreDoesNotListIsUnchecked() throws Exception {
    List<Sealed> sealed = archive.seal(0, archive.frames(0, 3));
    ObjectStore failing = new FailingStore(archive.store, key -> key.endsWith("/wal/"));
    ArchiveVerification verification = verify(failing, true, List.of(TestArchive.expected(sealed)));
    Range unchecked =
        new Range(
            sealed.getFirst().owner(),
            0,
            sealed.getLast().last(),
            "",
            State.UNCHECKED,
            "the store failed: out of order");
    assertEquals(List.of(unchecked), verification.ranges());
    assertEquals(State.UNCHECKED, verification.state());
  }

  @Test
  void whatTheStoreDoesNotGiveIsUncheckedAndTheRestIsChecked() throws Exception {
    List<Sealed> sealed = archive.seal(0, archive.frames(0, 3));
    Sealed at = sealed.get(1);
    for (String key : List.of(at.key(), at.manifestKey())) {
      ObjectStore failing = new FailingStore(archive.store, key::equals);
      ArchiveVerification verification =
          verify(failing, true, List.of(TestArchive.expected(sealed)));
      assertEquals(3, verification.ranges().size());
      assertEquals(State.FOUND, verification.ranges().getFirst().state());
      assertEquals(
          new Range(
              at.owner(),
              at.first(),
              at.last(),
              key,
              State.UNCHECKED,
              "the store failed: out of order"),
          verification.ranges().get(1));
      assertEquals(State.FOUND, verification.ranges().getLast().state());
      assertEquals(State.UNCHECKED, verification.state());
    }
  }

  @Test
  void aSignerThatCannotBeReadLeavesEverythingUnchecked() throws Exception {
    List<Sealed> sealed = archive.seal(0, archive.frames(0, 3));
    ObjectStore failing = new FailingStore(archive.store, key -> key.endsWith(".pem"));
    for (Range range : verify(failing, true, List.of(TestArchive.expected(sealed))).ranges()) {
      assertEquals(State.UNCHECKED, range.state());
    }
  }

  @Test
  void anObjectThatGoesWhileTheArchiveIsReadIsLost() throws Exception {
    List<Sealed> sealed = archive.seal(0, archive.frames(0, 3));
    for (String key : List.of(sealed.get(1).key(), sealed.get(1).manifestKey())) {
      ObjectStore forgetful =
          new FailingStore(archive.store, _ -> false) {
            @Override
            public byte @Nullable [] get(String wanted, long bytesMax) throws StoreFailed {
              return wanted.equals(key) ? null : super.get(wanted, bytesMax);
            }
          };
      ArchiveVerification verification =
          verify(forgetful, true, List.of(TestArchive.expected(sealed)));
      assertEquals(State.LOST, verification.state());
      assertEquals(key, verification.ranges().get(1).object());
    }
  }

  @Test
  void progressEndsAtItsTotal() throws Exception {
    List<Sealed> sealed = archive.seal(0, archive.frames(0, 9));
    for (boolean deep : new boolean[] {false, true}) {
      List<List<Long>> steps = new ArrayList<>();
      ArchiveVerification verification =
          verifier(archive.store)
              .verify(
                  List.of(TestArchive.expected(sealed)),
                  deep,
                  (objects, objectsTotal, bytes, bytesTotal) ->
                      steps.add(List.of(objects, objectsTotal, bytes, bytesTotal)));
      long bytes =
          sealed.stream().mapToLong(s -> s.file().length + (deep ? s.object().length : 0)).sum();
      assertEquals(9, steps.size());
      assertEquals(List.of(18L, 18L, bytes, bytes), steps.getLast());
      assertEquals(bytes, verification.bytesRead());
    }
  }

  @Test
  void fewObjectsAreHeldAtATime() throws Exception {
    List<Sealed> sealed = archive.seal(0, archive.frames(0, 200));
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ObjectStore counting =
        new FailingStore(archive.store, _ -> false) {
          @Override
          public byte @Nullable [] get(String key, long bytesMax) throws StoreFailed {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
              return super.get(key, bytesMax);
            } finally {
              now.decrementAndGet();
            }
          }
        };
    verify(counting, true, List.of(TestArchive.expected(sealed)));
    assertTrue(most.get() <= 4, () -> most + " at a time");
    assertFalse(most.get() == 0);
  }

  /** A store that refuses what is said about some keys or prefixes. */
  private static class FailingStore implements ObjectStore {
    private final ObjectStore store;
    private final Predicate<String> fails;

    FailingStore(ObjectStore store, Predicate<String> fails) {
      this.store = store;
      this.fails = fails;
    }

    private void check(String key) throws StoreFailed {
      if (fails.test(key)) {
        throw StoreFailed.temporary("out of order", null);
      }
    }

    @Override
    public Created create(String key, ByteBuffer object) {
      throw new AssertionError("a verifier writes " + key);
    }

    @Override
    public byte @Nullable [] get(String key, long bytesMax) throws StoreFailed {
      check(key);
      return store.get(key, bytesMax);
    }

    @Override
    public Listing list(String prefix, String after, int max) throws StoreFailed {
      check(prefix);
      return store.list(prefix, after, max);
    }

    @Override
    public void close() {}
  }
}
