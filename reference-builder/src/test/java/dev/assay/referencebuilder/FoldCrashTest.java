package dev.assay.referencebuilder;

import static dev.assay.referencebuilder.ArchivedPartition.PARTITION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.archiver.ObjectStore;
import dev.assay.archiver.StoreFailed;
import dev.assay.logformat.ArchivePaths;
import dev.assay.referencebuilder.HookedStore.Call;
import dev.assay.referencebuilder.HookedStore.Hook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folds that are killed, or whose store fails, at each of their calls; and folds side by side. */
class FoldCrashTest {
  private static final int SEGMENTS = 4;

  @TempDir Path folder;

  private final ArchivedPartition archive = new ArchivedPartition();

  /** The caller dies here. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @BeforeEach
  void write() throws IOException {
    for (int segment = 0; segment < SEGMENTS; segment++) {
      for (int i = 0; i < 6; i++) {
        byte[] item = new byte[100];
        new Random(i).nextBytes(item);
        archive.batch(archive.put("key-" + segment + "-" + i, item), archive.put("all", item));
      }
      archive.archive();
    }
  }

  /** A step keeps one segment or two. */
  private FoldOptions options(String name) {
    return new FoldOptions(folder.resolve(name), 1, 1 << 10, 1 << 20, 2 << 10);
  }

  private void forgetReferences() {
    archive.roots().forEach(archive.store.objects::remove);
    archive.packs().forEach(archive.store.objects::remove);
  }

  private interface Build {
    Reference with(ReferenceBuilder builder) throws IOException;
  }

  private static Reference build(ReferenceBuilder builder) throws IOException {
    return ArchivedPartition.build(builder, Long.MAX_VALUE, FoldProgress.NONE);
  }

  private static Reference buildFromGenesis(ReferenceBuilder builder) throws IOException {
    return ArchivedPartition.buildFromGenesis(builder, Long.MAX_VALUE, FoldProgress.NONE);
  }

  private Reference run(String name, ObjectStore store, Build build) throws IOException {
    try (ReferenceBuilder builder = archive.builder(options(name), store)) {
      return build.with(builder);
    }
  }

  private void requireWhole(Reference built) {
    assertEquals(archive.lastLsn(), built.lsn());
    assertTrue(archive.states.getLast().sameState(built.root().tree()));
  }

  private static Hook kill(AtomicInteger calls, int at) {
    return (call, key) -> {
      if (calls.incrementAndGet() >= at) { // and none after it is made
        throw new Killed();
      }
    };
  }

  /** Kills at the n-th call, before or after it is made; says whether there were so many calls. */
  private boolean killed(String name, int at, boolean before, Build build) throws IOException {
    AtomicInteger calls = new AtomicInteger();
    Hook nothing = (call, key) -> {};
    Hook kill = kill(calls, at);
    HookedStore store =
        new HookedStore(archive.store, before ? kill : nothing, before ? nothing : kill);
    try {
      requireWhole(run(name, store, build));
      return false;
    } catch (Killed e) {
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void killedAtAnyCallItGoesOn(boolean before) throws IOException {
    int at = 1;
    while (killed("a" + at, at, before, FoldCrashTest::build)) {
      requireWhole(run("a" + at, archive.store, FoldCrashTest::build));
      forgetReferences();
      at++;
    }
    assertTrue(at > 3 * SEGMENTS, "calls: " + at);
  }

  /** The notes of where it is are in one folder, however often it is killed. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void killedAgainAndAgainItComesToTheEnd(boolean before) throws IOException {
    int kills = 0;
    Random random = new Random(3);
    while (killed("a", 10 + random.nextInt(15), before, FoldCrashTest::build)) {
      kills++;
    }
    assertTrue(kills > 0);
    requireWhole(run("a", archive.store, FoldCrashTest::build));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void killedFromGenesisItGoesOnWhereItWas(boolean before) throws IOException {
    run("first", archive.store, FoldCrashTest::build);
    List<String> first = archive.roots();
    int resumed = 0;
    int at = 1;
    for (; killed("g" + at, at, before, FoldCrashTest::buildFromGenesis); at++) {
      long noted = noted("g" + at);
      List<String> read = Collections.synchronizedList(new ArrayList<>());
      HookedStore reading = new HookedStore(archive.store, (call, key) -> read.add(key));
      requireWhole(run("g" + at, reading, FoldCrashTest::buildFromGenesis));
      for (int segment = 0; segment < SEGMENTS; segment++) {
        String key = archive.segmentKey(segment);
        int expected = archive.ends.get(segment) <= noted ? 0 : 1;
        long times = read.stream().filter(key::equals).count();
        assertTrue(
            expected == 0 ? times == 0 : times >= 1,
            key + " read " + times + " times, the note is of " + noted);
      }
      resumed += noted < 0 ? 0 : 1;
      assertEquals(-1, noted("g" + at));
      archive.roots().stream()
          .filter(root -> !first.contains(root))
          .forEach(archive.store.objects::remove);
    }
    assertTrue(resumed > 2 * SEGMENTS, "resumed: " + resumed);
  }

  /** The position in the note of a fold from genesis; -1 when there is no note. */
  private long noted(String name) throws IOException {
    Path note = options(name).folder().resolve(PARTITION.tableId() + "-" + PARTITION.partition());
    return Files.exists(note) ? ArchivePaths.rootLsn(Files.readString(note)) : -1;
  }

  private void interruptGenesis(String name, int keptBefore) {
    AtomicInteger kept = new AtomicInteger();
    HookedStore store =
        new HookedStore(
            archive.store,
            (call, key) -> {
              if (call == Call.CREATE
                  && ArchivePaths.rootLsn(key) >= 0
                  && kept.incrementAndGet() > keptBefore) {
                throw new Killed();
              }
            });
    assertThrows(Killed.class, () -> run(name, store, FoldCrashTest::buildFromGenesis));
  }

  @Test
  void noteOfAFoldThatWentFurtherIsNotUsed() throws IOException {
    interruptGenesis("g", 3);
    long noted = noted("g");
    assertTrue(noted > archive.firstLsn(2));
    long lsn = archive.firstLsn(1) + 1;
    Reference earlier =
        run(
            "g",
            archive.store,
            builder -> ArchivedPartition.buildFromGenesis(builder, lsn, progress()));
    assertEquals(lsn, earlier.lsn());
    assertTrue(archive.states.get((int) lsn).sameState(earlier.root().tree()));
  }

  private static FoldProgress progress() {
    return FoldProgress.NONE;
  }

  @Test
  void noteThatWasCutShortIsNotUsed() throws IOException {
    interruptGenesis("g", 1);
    Path note = options("g").folder().resolve(PARTITION.tableId() + "-" + PARTITION.partition());
    Files.writeString(note, Files.readString(note).substring(0, 40));
    requireWhole(run("g", archive.store, FoldCrashTest::buildFromGenesis));
  }

  /** References that are no longer kept are taken away. */
  @Test
  void noteOfARecordThatIsGoneIsNotUsed() throws IOException {
    interruptGenesis("g", 1);
    archive.store.objects.remove(archive.roots().getFirst());
    requireWhole(run("g", archive.store, FoldCrashTest::buildFromGenesis));
  }

  /** It is told, and the next one begins again. */
  @Test
  void recordThatIsNotedAndDamagedIsToldOnce() throws IOException {
    interruptGenesis("g", 1);
    long lsn = noted("g");
    String record = archive.roots().getFirst();
    byte[] sound = archive.object(record);
    AtomicInteger reads = new AtomicInteger();
    HookedStore damaging =
        new HookedStore(
            archive.store,
            (call, key) -> {
              if (call == Call.GET && key.equals(record)) {
                archive.store.objects.put(
                    record, reads.incrementAndGet() == 1 ? sound : new byte[9]);
              }
            });
    Findings.found(
        Unprovable.Kind.CORRUPT,
        record,
        lsn,
        lsn,
        () -> run("g", damaging, FoldCrashTest::buildFromGenesis));
    assertEquals(-1, noted("g"));
    archive.store.objects.put(record, sound);
    requireWhole(run("g", archive.store, FoldCrashTest::buildFromGenesis));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void storeThatFailsForATimeIsNoFinding(boolean before) throws IOException {
    int failures = 0;
    AtomicInteger calls = new AtomicInteger(Integer.MAX_VALUE);
    for (int at = 1; calls.get() >= at; at++) {
      calls.set(0);
      StoreFailed failure = StoreFailed.temporary("no answer", null);
      int failing = at;
      Hook nothing = (call, key) -> {};
      Hook fail =
          (call, key) -> {
            if (calls.incrementAndGet() == failing) {
              throw failure;
            }
          };
      HookedStore store =
          new HookedStore(archive.store, before ? fail : nothing, before ? nothing : fail);
      try (ReferenceBuilder builder = archive.builder(options("f" + at), store)) {
        try {
          requireWhole(build(builder));
        } catch (StoreFailed e) {
          assertSame(failure, e);
          failures++;
          requireWhole(build(builder));
        }
      }
      forgetReferences();
    }
    assertTrue(failures > 3 * SEGMENTS, "failures: " + failures);
  }

  @Test
  void storeThatRefusesIsNoFinding() {
    HookedStore store =
        new HookedStore(
            archive.store,
            (call, key) -> {
              if (call == Call.GET && key.equals(archive.segmentKey(2))) {
                throw StoreFailed.refused("forbidden", null);
              }
            });
    StoreFailed refused =
        assertThrows(StoreFailed.class, () -> run("r", store, FoldCrashTest::build));
    assertFalse(refused.temporary());
    assertEquals("forbidden", refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void twoBuildersAtOnceComeToTheSameState(long seed) throws Exception {
    Random random = new Random(seed);
    long early = random.nextLong(archive.lastLsn());
    Build one = builder -> ArchivedPartition.build(builder, Long.MAX_VALUE, FoldProgress.NONE);
    Build other =
        builder -> {
          ArchivedPartition.build(builder, early, FoldProgress.NONE);
          return random.nextBoolean() ? build(builder) : buildFromGenesis(builder);
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<Reference> left = threads.submit(() -> run("left", archive.store, one));
      Future<Reference> right =
          threads.submit(
              () -> {
                try (ReferenceBuilder builder =
                    archive.builder(options("right"), archive.otherKey)) {
                  return other.with(builder);
                }
              });
      requireWhole(left.get());
      requireWhole(right.get());
    }
    requireWhole(run("left", archive.store, FoldCrashTest::build));
    requireWhole(run("third", archive.store, FoldCrashTest::buildFromGenesis));
  }
}
