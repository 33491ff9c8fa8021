package dev.assay.referencebuilder;

import static dev.assay.referencebuilder.ArchivedPartition.PARTITION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.archiver.ObjectStore;
import dev.assay.archiver.StoreFailed;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.ReferenceRoot;
import dev.assay.logformat.tree.NodeSource;
import dev.assay.logformat.tree.TreeCursor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest {
  private static final RetentionOptions TWO =
      new RetentionOptions(2, Duration.ofDays(3), Duration.ofHours(1));

  @TempDir Path folder;

  private final ArchivedPartition archive = new ArchivedPartition();
  private final Random random = new Random(7);
  private Instant now = ArchivedPartition.NOW;

  private ReferenceBuilder builder(String name) throws IOException {
    return new ReferenceBuilder(
        archive.store,
        archive.store,
        archive.signers,
        archive.key,
        () -> now,
        new FoldOptions(folder.resolve(name), 1, 1 << 20, 1 << 20, 1 << 20));
  }

  private Reference fold(ReferenceBuilder builder) throws IOException {
    for (int i = 0; i < 20; i++) {
      byte[] item = new byte[50];
      random.nextBytes(item);
      archive.batch(archive.put("key-" + random.nextInt(300), item));
    }
    archive.archive();
    return Objects.requireNonNull(builder.build(PARTITION, Long.MAX_VALUE, FoldProgress.NONE));
  }

  private long records() {
    return count(ArchivePaths.roots(PARTITION.reference()));
  }

  private long packs() {
    return count(ArchivePaths.packs(PARTITION.reference()));
  }

  private long count(String prefix) {
    return archive.store.objects.keySet().stream().filter(key -> key.startsWith(prefix)).count();
  }

  /** Reads every node of it. */
  private static long items(ReferenceBuilder builder, Reference reference) throws IOException {
    NodeSource nodes = builder.nodes(PARTITION, reference);
    TreeCursor cursor = new TreeCursor(PARTITION.suite(), reference.root().tree(), nodes);
    long items = 0;
    while (cursor.descend() != null) {
      items++;
      cursor.skip();
    }
    return items;
  }

  @Test
  void theNewestAreKeptAndTheLastOfEachDay() throws IOException {
    try (ReferenceBuilder builder = builder("a")) {
      for (int hour = 0; hour < 120; hour += 8) {
        now = ArchivedPartition.NOW.plus(Duration.ofHours(hour));
        fold(builder);
      }
      assertEquals(15, records());
      Collected collected = builder.collect(PARTITION, TWO, archive.store);
      // Three o'clock on the first day: the newest two, and the last of the three days before.
      assertEquals(collected.kept(), records());
      assertEquals(5, collected.kept());
      assertEquals(10, collected.recordsDeleted());
      assertEquals(0, collected.packsDeleted(), "packs stay for the time of grace");
    }
  }

  @Test
  void packsGoWhenNothingHasNeededThemForTheTimeOfGrace() throws IOException {
    Reference newest;
    try (ReferenceBuilder builder = builder("a")) {
      for (int i = 0; i < 6; i++) {
        newest = fold(builder);
      }
      newest = fold(builder);
      long before = packs();
      assertEquals(0, builder.collect(PARTITION, TWO, archive.store).packsDeleted());
      now = now.plus(Duration.ofMinutes(59));
      assertEquals(0, builder.collect(PARTITION, TWO, archive.store).packsDeleted());
      now = now.plus(Duration.ofMinutes(1));
      int deleted = builder.collect(PARTITION, TWO, archive.store).packsDeleted();
      assertTrue(deleted > 0);
      assertEquals(before - deleted, packs());
    }
    try (ReferenceBuilder another = builder("empty-cache")) {
      assertEquals(newest.root().tree().items(), items(another, newest));
      assertTrue(archive.states.getLast().sameState(newest.root().tree()));
      fold(another);
    }
  }

  @Test
  void aRecordThatCannotBeReadKeepsEverything() throws IOException {
    try (ReferenceBuilder builder = builder("a")) {
      Reference first = fold(builder);
      fold(builder);
      fold(builder);
      byte[] record = Objects.requireNonNull(archive.store.objects.get(first.record()));
      record[20] ^= 1;
      long objects = archive.store.objects.size();
      Unprovable found =
          assertThrows(Unprovable.class, () -> builder.collect(PARTITION, TWO, archive.store));
      assertEquals(first.record(), found.object());
      assertEquals(objects, archive.store.objects.size());
    }
  }

  @Test
  void recordsThatSayDifferentThingsOfOnePositionAreKept() throws IOException {
    try (ReferenceBuilder builder = builder("a")) {
      ReferenceRoot first = fold(builder).root();
      Reference second = fold(builder);
      ReferenceRoot other =
          second
              .root()
              .moved(
                  first.tree(),
                  first.packs(),
                  archive.key.certificate(),
                  ArchivedPartition.NOW.toEpochMilli());
      new Roots(archive.store, archive.store, archive.signers).write(PARTITION, other, archive.key);
      long objects = archive.store.objects.size();
      assertThrows(Unprovable.class, () -> builder.collect(PARTITION, TWO, archive.store));
      assertEquals(objects, archive.store.objects.size());
    }
  }

  @Test
  void anUnreadableNoteIsAnError() throws IOException {
    try (ReferenceBuilder builder = builder("a")) {
      fold(builder);
      Path note =
          folder
              .resolve("a")
              .resolve(PARTITION.tableId() + "-" + PARTITION.partition() + ".unneeded");
      Files.writeString(note, "yesterday some/pack\n");
      assertThrows(IOException.class, () -> builder.collect(PARTITION, TWO, archive.store));
    }
  }

  @Test
  void whateverItIsInterruptedInTheReferencesThatStayAreWhole() throws IOException {
    try (ReferenceBuilder builder = builder("a")) {
      for (int i = 0; i < 8; i++) {
        fold(builder);
      }
      builder.collect(PARTITION, TWO, archive.store);
      fold(builder);
      fold(builder);
      now = now.plus(Duration.ofHours(2));
      for (int calls = 0; ; calls++) {
        int[] left = {calls};
        ObjectStore.Deleting failing =
            key -> {
              if (left[0]-- == 0) {
                throw StoreFailed.temporary("no answer", null);
              }
              archive.store.delete(key);
            };
        boolean done = collected(builder, failing);
        Reference newest = Objects.requireNonNull(builder.newest(PARTITION, Long.MAX_VALUE));
        try (ReferenceBuilder another = builder("fresh-" + calls)) {
          assertEquals(newest.root().tree().items(), items(another, newest));
        }
        if (done) {
          return;
        }
      }
    }
  }

  private static boolean collected(ReferenceBuilder builder, ObjectStore.Deleting deleting)
      throws IOException {
    try {
      builder.collect(PARTITION, TWO, deleting);
      return true;
    } catch (StoreFailed e) {
      return false;
    }
  }

  @Test
  void manySmallPacksBecomeOne() throws IOException {
    try (ReferenceBuilder builder = builder("a")) {
      Reference last = fold(builder);
      int most = 0;
      for (int i = 0; i < 100; i++) {
        last = fold(builder);
        most = Math.max(most, last.root().packs().size());
        assertTrue(archive.states.getLast().sameState(last.root().tree()));
      }
      assertTrue(most <= Repacking.POOR_PACKS_MAX, most + " packs");
      try (ReferenceBuilder another = builder("fresh")) {
        assertEquals(last.root().tree().items(), items(another, last));
        Reference again =
            Objects.requireNonNull(
                another.buildFromGenesis(PARTITION, Long.MAX_VALUE, FoldProgress.NONE));
        assertTrue(again.root().tree().sameState(last.root().tree()));
      }
    }
  }
}
