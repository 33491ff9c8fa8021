package dev.assay.referencebuilder;

import static dev.assay.referencebuilder.ArchivedPartition.PARTITION;
import static dev.assay.referencebuilder.ArchivedPartition.edited;
import static dev.assay.referencebuilder.Unprovable.Kind.CORRUPT;
import static dev.assay.referencebuilder.Unprovable.Kind.LOST;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.archiver.ObjectStore;
import dev.assay.archiver.StoreFailed;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.ReferenceRoot;
import dev.assay.logformat.ReferenceRoot.Pack;
import dev.assay.logformat.Sha256;
import dev.assay.referencebuilder.Unprovable.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sound reference is clean; whatever is damaged in its objects is named, all of it. */
class ReferenceCheckTest {
  @TempDir Path folder;

  private final ArchivedPartition archive = new ArchivedPartition();

  private FoldOptions options(String name) {
    return new FoldOptions(folder.resolve(name), 2, 1 << 10, 1 << 20, 8 << 10);
  }

  private ReferenceReport check(Reference reference, boolean deep) throws IOException {
    return check("empty", archive.store, reference, deep);
  }

  private ReferenceReport check(String name, ObjectStore store, Reference reference, boolean deep)
      throws IOException {
    try (ReferenceBuilder builder = archive.builder(options(name), store)) {
      return builder.check(PARTITION, reference, deep, CheckProgress.NONE);
    }
  }

  /** One that many folds have made: its nodes are in several packs. */
  private Reference reference(long seed) throws IOException {
    Random random = new Random(seed);
    try (ReferenceBuilder builder = archive.builder(options("first"))) {
      Reference reference = null;
      for (int fold = 0; reference == null || reference.root().packs().size() < 3; fold++) {
        assertTrue(fold < 20);
        for (int i = 0; i < (fold == 0 ? 400 : 2); i++) {
          RandomLog.batch(archive, random);
        }
        archive.archive();
        reference = ArchivedPartition.build(builder, Long.MAX_VALUE, FoldProgress.NONE);
      }
      return reference;
    }
  }

  private static void assertClean(ReferenceReport report, long items) {
    assertEquals(List.of(), report.findings());
    assertTrue(report.clean());
    assertEquals(items, report.items());
  }

  private static void assertFindings(ReferenceReport report, String... expected) {
    assertFalse(report.clean());
    assertEquals(0, report.leftOut());
    assertEquals(
        Stream.of(expected).sorted().toList(),
        report.findings().stream().map(ReferenceCheckTest::text).sorted().toList());
  }

  private static String text(Unprovable finding) {
    return "%s %s %d %d %s"
        .formatted(
            finding.kind(),
            finding.object(),
            finding.firstLsn(),
            finding.lastLsn(),
            finding.detail());
  }

  private static String text(Kind kind, String object, long lsn, String detail) {
    return "%s %s %d %d %s".formatted(kind, object, lsn, lsn, detail);
  }

  private static String packKey(Pack pack) {
    return ArchivePaths.pack(PARTITION.reference(), pack.sha256());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void referencesOfManyFoldsAreClean(long seed) throws IOException {
    Random random = new Random(seed);
    for (int segment = 0; segment < 8; segment++) {
      for (int i = random.nextInt(60); i >= 0; i--) {
        RandomLog.batch(archive, random);
      }
      archive.archive();
    }
    int packs = 0;
    try (ReferenceBuilder builder = archive.builder(options("first"))) {
      for (long lsn = 0; lsn <= archive.lastLsn(); lsn += 1 + random.nextInt(20)) {
        Reference reference = ArchivedPartition.build(builder, lsn, FoldProgress.NONE);
        boolean deep = random.nextInt(8) == 0;
        assertClean(
            builder.check(PARTITION, reference, deep, CheckProgress.NONE),
            reference.root().tree().items());
        packs = Math.max(packs, reference.root().packs().size());
      }
      Reference last = ArchivedPartition.build(builder, Long.MAX_VALUE, FoldProgress.NONE);
      assertClean(check(last, true), last.root().tree().items());
      assertTrue(packs > 2, "packs: " + packs);
    }
  }

  /** Down to nothing and up again, key by key, so that the topmost node is an old one at times. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void treesThatShrinkToNothingAndGrowAgainAreClean(long seed) throws IOException {
    Random random = new Random(seed);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      names.add("key-" + random.nextInt(100_000));
    }
    try (ReferenceBuilder builder = archive.builder(options("first"))) {
      for (int round = 0; round < 2; round++) {
        putAll(names);
        requireClean(builder);
        boolean fromTheEnd = seed == 1;
        List<String> order = new ArrayList<>(names);
        order.sort(fromTheEnd ? Comparator.reverseOrder() : Comparator.naturalOrder());
        int size = order.size();
        for (int from = 0; from < size; from += 5) {
          deleteAll(order.subList(from, Math.min(size, from + 5)));
          requireClean(builder);
        }
        assertTrue(archive.states.getLast().isEmpty());
      }
      archive.batch(archive.put("", new byte[0]));
      archive.archive();
      requireClean(builder);
    }
  }

  private void putAll(List<String> names) throws IOException {
    for (String name : names) {
      archive.batch(archive.put(name, name.getBytes(UTF_8)));
    }
    archive.archive();
  }

  private void deleteAll(List<String> names) throws IOException {
    for (String name : names) {
      archive.batch(archive.delete(name));
    }
    archive.archive();
  }

  private void requireClean(ReferenceBuilder builder) throws IOException {
    Reference reference = ArchivedPartition.build(builder, Long.MAX_VALUE, FoldProgress.NONE);
    assertTrue(archive.states.getLast().sameState(reference.root().tree()));
    assertClean(
        builder.check(PARTITION, reference, false, CheckProgress.NONE),
        reference.root().tree().items());
    assertEquals(reference.root().tree().isEmpty(), reference.root().packs().isEmpty());
  }

  /** So many small folds that nodes are moved together. */
  @Test
  void repackedReferencesAreClean() throws IOException {
    String longKey = "key-%03d" + "x".repeat(220);
    Mutation[] mutations = new Mutation[600];
    for (int i = 0; i < mutations.length; i++) {
      mutations[i] = archive.put(longKey.formatted(i), new byte[i % 7]);
    }
    archive.batch(mutations);
    archive.archive();
    int packsMax = 0;
    boolean repacked = false;
    try (ReferenceBuilder builder = archive.builder(options("first"))) {
      for (int fold = 0; fold < 75; fold++) {
        archive.batch(archive.put(longKey.formatted(fold * 8), new byte[9]));
        archive.archive();
        Reference reference = ArchivedPartition.build(builder, Long.MAX_VALUE, FoldProgress.NONE);
        int packs = reference.root().packs().size();
        repacked |= packs < packsMax / 2;
        packsMax = Math.max(packsMax, packs);
        assertClean(builder.check(PARTITION, reference, false, CheckProgress.NONE), 600);
      }
    }
    assertTrue(repacked, "packs: " + packsMax);
  }

  @Test
  void progressIsTold() throws IOException {
    Reference reference = reference(1);
    AtomicInteger packs = new AtomicInteger();
    AtomicInteger items = new AtomicInteger();
    AtomicInteger bodies = new AtomicInteger();
    CheckProgress progress =
        new CheckProgress() {
          @Override
          public void packRead(String object, long bytes) {
            packs.incrementAndGet();
          }

          @Override
          public void itemsListed(long more) {
            items.addAndGet((int) more);
          }

          @Override
          public void bodiesRead(long more) {
            bodies.addAndGet((int) more);
          }
        };
    try (ReferenceBuilder builder = archive.builder(options("empty"))) {
      builder.check(PARTITION, reference, true, progress);
    }
    assertEquals(reference.root().packs().size(), packs.get());
    assertEquals(reference.root().tree().items(), items.get());
    assertEquals(reference.root().tree().items(), bodies.get());
  }

  @Test
  void alteredRecordIsNamed() throws IOException {
    Reference reference = reference(2);
    byte[] record = archive.object(reference.record());
    archive.store.objects.put(reference.record(), ArchiveDamageTest.flipped(record, new Random(1)));
    ReferenceReport report = check(reference, false);
    assertEquals(1, report.findings().size());
    assertEquals(reference.record(), report.findings().getFirst().object());
    assertEquals(CORRUPT, report.findings().getFirst().kind());
    assertEquals(reference.root().tree().items(), report.items());
  }

  @Test
  void missingRecordIsNamed() throws IOException {
    Reference reference = reference(2);
    archive.store.objects.remove(reference.record());
    assertFindings(
        check(reference, false),
        text(LOST, reference.record(), reference.lsn(), "expected a root's record, actual none"));
  }

  @Test
  void recordThatSaysSomethingElseThanIsKnownIsNamed() throws IOException {
    Reference reference = reference(2);
    ReferenceRoot root = reference.root();
    ReferenceRoot known = edited(root, root.tree(), root.packs(), archive.otherKey);
    assertFindings(
        check(new Reference(reference.record(), known), false),
        text(
            CORRUPT,
            reference.record(),
            reference.lsn(),
            "root's record: expected the one that is known, actual another"));
  }

  @Test
  void everyMissingPackIsNamedAndTheRestIsRead() throws IOException {
    Reference reference = reference(3);
    List<Pack> packs = reference.root().packs();
    for (Pack pack : List.of(packs.get(0), packs.get(1))) {
      archive.store.objects.remove(packKey(pack));
    }
    String detail = "expected a pack, actual none";
    assertFindings(
        check(reference, false),
        text(LOST, packKey(packs.get(0)), reference.lsn(), detail),
        text(LOST, packKey(packs.get(1)), reference.lsn(), detail));
  }

  /** What is on the local disk does not hide what is wrong in the store. */
  @Test
  void missingPackIsNamedThoughItIsOnTheLocalDisk() throws IOException {
    Reference reference = reference(3);
    Pack pack = reference.root().packs().getFirst();
    archive.store.objects.remove(packKey(pack));
    ReferenceReport report = check("first", archive.store, reference, false);
    assertFindings(
        report, text(LOST, packKey(pack), reference.lsn(), "expected a pack, actual none"));
    assertEquals(reference.root().tree().items(), report.items());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void damagedPackIsNamed(long seed) throws IOException {
    Random random = new Random(seed);
    Reference reference = reference(4);
    List<Pack> packs = reference.root().packs();
    Pack pack = packs.get(random.nextInt(packs.size()));
    byte[] sound = archive.object(packKey(pack));
    byte[] damaged =
        switch ((int) seed) {
          case 1 -> Arrays.copyOf(sound, sound.length - 1);
          case 2 -> Arrays.copyOf(sound, sound.length + 1);
          case 3 -> new byte[0];
          case 4 -> archive.object(packKey(packs.get(packs.indexOf(pack) == 0 ? 1 : 0)));
          default -> ArchiveDamageTest.flipped(sound, random);
        };
    archive.store.objects.put(packKey(pack), damaged);
    String detail =
        damaged.length > sound.length
            ? "object's length: expected at most " + sound.length + ", actual " + damaged.length
            : damaged.length < sound.length
                ? "pack's length: expected " + sound.length + ", actual " + damaged.length
                : "pack's SHA-256: expected " + pack.sha256() + ", actual " + Sha256.of(damaged);
    String expected = text(CORRUPT, packKey(pack), reference.lsn(), detail);
    assertFindings(check(reference, false), expected);
    assertFindings(check("first", archive.store, reference, false), expected);
  }

  @Test
  void damagedLocalCacheIsNoFinding() throws IOException {
    Reference reference = reference(4);
    try (Stream<Path> files = Files.list(folder.resolve("first").resolve("packs"))) {
      for (Path file : files.toList()) {
        Files.write(file, new byte[30]);
      }
    }
    assertClean(check("first", archive.store, reference, true), reference.root().tree().items());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void wrongLiveBytesAreNamed(int more) throws IOException {
    Reference reference = reference(5);
    ReferenceRoot root = reference.root();
    List<Pack> packs = new ArrayList<>(root.packs());
    Pack pack = packs.getFirst();
    long live = pack.liveBytes() + more;
    packs.set(0, new Pack(pack.number(), pack.bytes(), live, pack.sha256()));
    Reference wrong =
        archive.store(edited(root, root.tree(), packs, archive.otherKey), archive.otherKey);
    assertFindings(
        check(wrong, false),
        text(
            CORRUPT,
            wrong.record(),
            wrong.lsn(),
            "live bytes of pack %d: expected %d, actual %d"
                .formatted(pack.number(), pack.liveBytes(), live)));
  }

  @Test
  void packThatNobodyNeedsIsNamed() throws IOException {
    Reference reference = reference(5);
    ReferenceRoot root = reference.root();
    List<Pack> packs = new ArrayList<>(root.packs());
    Pack pack = packs.getLast();
    packs.add(new Pack(pack.number() + 1, pack.bytes(), 0, pack.sha256()));
    Reference wrong =
        archive.store(edited(root, root.tree(), packs, archive.otherKey), archive.otherKey);
    assertFindings(
        check(wrong, false),
        text(
            CORRUPT,
            wrong.record(),
            wrong.lsn(),
            "pack %d: expected nodes of the tree, actual none".formatted(pack.number() + 1)));
  }

  @Test
  void packThatIsNotListedIsNamed() throws IOException {
    Reference reference = reference(5);
    ReferenceRoot root = reference.root();
    List<Pack> packs = root.packs().subList(1, root.packs().size());
    Reference wrong =
        archive.store(edited(root, root.tree(), packs, archive.otherKey), archive.otherKey);
    ReferenceReport report = check(wrong, false);
    assertFalse(report.clean());
    for (Unprovable finding : report.findings()) {
      assertEquals(wrong.record(), finding.object());
      assertTrue(finding.detail().startsWith("place of a node: "), finding.detail());
    }
  }

  private Reference twoSegments() throws IOException {
    for (int segment = 0; segment < 3; segment++) {
      for (int i = 0; i < 10; i++) {
        archive.batch(archive.put("s" + segment + "-" + i, new byte[i]));
      }
      archive.archive();
    }
    try (ReferenceBuilder builder = archive.builder(options("first"))) {
      return ArchivedPartition.build(builder, Long.MAX_VALUE, FoldProgress.NONE);
    }
  }

  /** Only a deep check looks there. */
  @Test
  void everySegmentThatIsMissingOrDamagedIsNamed() throws IOException {
    Reference reference = twoSegments();
    archive.store.objects.remove(archive.segmentKey(0));
    byte[] second = archive.object(archive.segmentKey(1));
    archive.store.objects.put(archive.segmentKey(1), Arrays.copyOf(second, second.length + 1));
    assertClean(check(reference, false), 30);
    ReferenceReport report = check(reference, true);
    assertFindings(
        report,
        "LOST %s %d %d expected an object, actual none"
            .formatted(archive.segmentKey(0), 0, archive.ends.get(0)),
        "CORRUPT %s %d %d object's length: expected at most %d, actual %d"
            .formatted(
                archive.segmentKey(1),
                archive.firstLsn(1),
                archive.ends.get(1),
                second.length,
                second.length + 1));
  }

  @Test
  void everyItemBehindTheEndOfTheArchiveIsNamed() throws IOException {
    Reference reference = twoSegments();
    archive.store.objects.remove(archive.manifestKey(2));
    Stream<String> items =
        LongStream.range(archive.firstLsn(2), archive.lastLsn())
            .mapToObj(lsn -> text(LOST, PARTITION.wal(), lsn, "no segment holds this position"));
    String manifest =
        "LOST %s %d %d expected a manifest, actual none"
            .formatted(archive.manifestKey(2), archive.firstLsn(2), reference.lsn());
    assertFindings(
        check(reference, true), Stream.concat(items, Stream.of(manifest)).toArray(String[]::new));
  }

  /** The segment is whole, and of another history. */
  @Test
  void everyItemThatIsAnotherIsNamed() throws IOException {
    Reference reference = twoSegments();
    ArchivedPartition another = archive.another();
    for (int i = 0; i < 10; i++) {
      boolean same = i % 2 == 0;
      another.batch(another.put("s0-" + i, new byte[same ? i : i + 1]));
    }
    another.archive();
    archive.store.objects.putAll(another.store.objects);
    String[] expected =
        LongStream.of(1, 3, 5, 7, 9)
            .mapToObj(
                i ->
                    text(
                        CORRUPT,
                        archive.segmentKey(0),
                        i,
                        "the frame at this position puts no such item as the reference holds at"
                            + " key 73302d3"
                            + i))
            .toArray(String[]::new);
    assertFindings(check(reference, true), expected);
  }

  @Test
  void itemsOfOneBatchAreAllLookedFor() throws IOException {
    Mutation[] mutations = new Mutation[300];
    for (int i = 0; i < mutations.length; i++) {
      mutations[i] = archive.put("key-" + i, new byte[] {1, 2});
    }
    archive.batch(mutations);
    archive.archive();
    try (ReferenceBuilder builder = archive.builder(options("first"))) {
      Reference reference = ArchivedPartition.build(builder, Long.MAX_VALUE, FoldProgress.NONE);
      assertClean(check(reference, true), 300);
    }
  }

  @Test
  void storeThatFailsForATimeIsNoFinding() throws IOException {
    Reference reference = reference(6);
    AtomicInteger calls = new AtomicInteger(Integer.MAX_VALUE);
    int failures = 0;
    for (int at = 1; calls.get() >= at; at++) {
      calls.set(0);
      StoreFailed failure = StoreFailed.temporary("no answer", null);
      int failing = at;
      HookedStore store =
          new HookedStore(
              archive.store,
              (call, key) -> {
                if (calls.incrementAndGet() == failing) {
                  throw failure;
                }
              });
      try (ReferenceBuilder builder = archive.builder(options("f" + at), store)) {
        if (at < 10 || at % 3 == 0) {
          try {
            assertClean(
                builder.check(PARTITION, reference, true, CheckProgress.NONE),
                reference.root().tree().items());
          } catch (StoreFailed e) {
            assertSame(failure, e);
            failures++;
          }
        } else {
          calls.set(failing);
        }
      }
    }
    assertTrue(failures > 5, "failures: " + failures);
  }

  @Test
  void findingsAreBoundedAndTheRestIsCounted() throws IOException {
    Reference reference = reference(6);
    try (ReferenceBuilder builder = archive.builder(options("empty"))) {
      ReferenceCheck check =
          new ReferenceCheck(builder.parts(), PARTITION, reference, CheckProgress.NONE);
      for (int i = 0; i < ReferenceCheck.FINDINGS_MAX + 7; i++) {
        check.found(new Unprovable(LOST, "object", i, i, "lost"));
      }
      assertEquals(ReferenceCheck.FINDINGS_MAX, check.report().findings().size());
      assertEquals(7, check.report().leftOut());
    }
  }

  @Test
  void storeThatRefusesIsNoFinding() throws IOException {
    Reference reference = reference(6);
    HookedStore store =
        new HookedStore(
            archive.store,
            (call, key) -> {
              if (key.equals(reference.record())) {
                throw StoreFailed.refused("forbidden", null);
              }
            });
    assertThrows(StoreFailed.class, () -> check("empty", store, reference, false));
  }
}
