package dev.assay.referencebuilder;

import static dev.assay.referencebuilder.ArchivedPartition.PARTITION;
import static dev.assay.referencebuilder.ArchivedPartition.edited;
import static dev.assay.referencebuilder.Unprovable.Kind.CORRUPT;
import static dev.assay.referencebuilder.Unprovable.Kind.FORKED;
import static dev.assay.referencebuilder.Unprovable.Kind.LOST;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.archiver.ObjectStore;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.Digest128;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.ReferenceRoot;
import dev.assay.logformat.ReferenceRoot.Pack;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.SigningKey;
import dev.assay.logformat.tree.Subtree;
import dev.assay.referencebuilder.Unprovable.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is wrong with the reference that a fold would go on from is named, and nothing else is
 * taken in its place: neither an older one, nor an empty state.
 */
class ReferenceDamageTest {
  private static final int SEGMENTS = 5;

  @TempDir Path folder;

  private final ArchivedPartition archive = new ArchivedPartition();
  private Reference older;
  private Reference reference;

  @BeforeEach
  void write() throws IOException {
    RandomLog.write(archive, new Random(11), SEGMENTS);
    older = first(archive.firstLsn(1));
    reference = first(archive.firstLsn(3) + 3);
    assertTrue(reference.root().tree().level() > 0);
  }

  private Reference first(long lsnMax) throws IOException {
    try (ReferenceBuilder builder = archive.builder(options("first"))) {
      return ArchivedPartition.build(builder, lsnMax, FoldProgress.NONE);
    }
  }

  private FoldOptions options(String name) {
    return new FoldOptions(folder.resolve(name), 2, 4 << 10, 1 << 20, 1 << 20);
  }

  /** With a local cache that is empty. */
  private Reference build() throws IOException {
    return build("empty", archive.store);
  }

  private Reference build(String name, ObjectStore store) throws IOException {
    try (ReferenceBuilder builder = archive.builder(options(name), store)) {
      return ArchivedPartition.build(builder, Long.MAX_VALUE, FoldProgress.NONE);
    }
  }

  private Unprovable found(Kind kind, String object) {
    return found(kind, object, reference.lsn());
  }

  private Unprovable found(Kind kind, String object, long lsn) {
    List<String> roots = archive.roots();
    Unprovable found = Findings.found(kind, object, lsn, lsn, this::build);
    assertEquals(roots, archive.roots());
    return found;
  }

  private void put(String key, byte[] object) {
    archive.store.objects.put(key, object);
  }

  private void requireWhole(Reference built) {
    assertEquals(archive.lastLsn(), built.lsn());
    assertTrue(archive.states.getLast().sameState(built.root().tree()));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void alteredRecordIsCorrupt(long seed) {
    byte[] record = archive.object(reference.record());
    put(reference.record(), ArchiveDamageTest.flipped(record, new Random(seed)));
    found(CORRUPT, reference.record());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 200, 700})
  void truncatedRecordIsCorrupt(int length) {
    put(reference.record(), Arrays.copyOf(archive.object(reference.record()), length));
    found(CORRUPT, reference.record());
  }

  @Test
  void hugeRecordIsCorrupt() {
    put(reference.record(), new byte[(4 << 20) + 1]);
    assertEquals(
        "object's length: expected at most 4194304, actual 4194305",
        found(CORRUPT, reference.record()).detail());
  }

  @Test
  void recordOfAForeignKeyIsForked() {
    SigningKey foreign = ArchivedPartition.foreignKey();
    ReferenceRoot root = reference.root();
    archive.store.objects.remove(reference.record());
    Reference signed = archive.store(edited(root, root.tree(), root.packs(), foreign), foreign);
    assertEquals(
        "the signing key " + foreign.certificate().fingerprint() + " is not known",
        found(FORKED, signed.record()).detail());
  }

  @Test
  void recordThatWasRenamedToAnotherPositionIsCorrupt() {
    byte[] file = archive.object(reference.record());
    String name = ArchivePaths.root(PARTITION.reference(), reference.lsn() + 1, Sha256.of(file));
    put(name, file);
    assertEquals(
        "root record's name: expected " + reference.record() + ", actual " + name,
        found(CORRUPT, name, reference.lsn() + 1).detail());
  }

  @Test
  void olderRecordInItsPlaceIsCorrupt() {
    put(reference.record(), archive.object(older.record()));
    assertEquals(
        "root record's name: expected " + older.record() + ", actual " + reference.record(),
        found(CORRUPT, reference.record()).detail());
  }

  @Test
  void recordThatIsListedAndMissingIsLost() {
    HookedStore losing =
        new HookedStore(
            archive.store,
            (call, key) -> {
              if (call == HookedStore.Call.GET && key.equals(reference.record())) {
                archive.store.objects.remove(key);
              }
            });
    Findings.found(
        LOST,
        reference.record(),
        reference.lsn(),
        reference.lsn(),
        "expected a root's record, actual none",
        () -> build("empty", losing));
    assertEquals(List.of(older.record()), archive.roots());
  }

  @Test
  void recordThatIsGoneAltogetherIsMadeAgain() throws IOException {
    archive.store.objects.remove(reference.record());
    requireWhole(build());
  }

  @Test
  void oneOfTwoRecordsIsEnough() throws IOException {
    ReferenceRoot root = reference.root();
    archive.store(edited(root, root.tree(), root.packs(), archive.otherKey), archive.otherKey);
    put(reference.record(), new byte[7]);
    requireWhole(build());
  }

  /** Nobody knows which one is right: only a fold from genesis does. */
  @Test
  void twoRecordsThatSayDifferentThingsAreCorrupt() throws IOException {
    ReferenceRoot root = reference.root();
    ReferenceRoot lie = edited(root, older.root().tree(), older.root().packs(), archive.otherKey);
    Reference liar = archive.store(lie, archive.otherKey);
    List<String> records = Stream.of(reference.record(), liar.record()).sorted().toList();
    Unprovable found = found(CORRUPT, records.getLast());
    assertTrue(found.detail().startsWith("reference's digest: expected "), found.detail());
    for (int attempt = 0; attempt < 2; attempt++) {
      try (ReferenceBuilder builder = archive.builder(options("genesis"))) {
        Unprovable again =
            Findings.found(
                CORRUPT,
                liar.record(),
                liar.lsn(),
                liar.lsn(),
                () ->
                    ArchivedPartition.buildFromGenesis(builder, Long.MAX_VALUE, FoldProgress.NONE));
        assertTrue(again.detail().startsWith("reference's digest: expected "), again.detail());
      }
    }
  }

  /** The pack that holds the topmost node: a fold that goes on always reads it. */
  private String packKey() {
    int number = reference.root().tree().place().pack();
    Pack pack =
        reference.root().packs().stream()
            .filter(each -> each.number() == number)
            .findAny()
            .orElseThrow();
    return ArchivePaths.pack(PARTITION.reference(), pack.sha256());
  }

  @Test
  void missingPackIsLost() {
    archive.store.objects.remove(packKey());
    assertEquals("expected a pack, actual none", found(LOST, packKey()).detail());
  }

  private void packIsCorrupt(byte[] pack) {
    byte[] sound = archive.object(packKey());
    put(packKey(), pack);
    assertEquals(
        pack.length > sound.length
            ? "object's length: expected at most " + sound.length + ", actual " + pack.length
            : "expected SHA-256 " + Sha256.of(sound) + ", actual " + Sha256.of(pack),
        found(CORRUPT, packKey()).detail());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void alteredPackIsCorrupt(long seed) {
    packIsCorrupt(ArchiveDamageTest.flipped(archive.object(packKey()), new Random(seed)));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void shorterOrLongerPackIsCorrupt(int more) {
    byte[] pack = archive.object(packKey());
    packIsCorrupt(Arrays.copyOf(pack, pack.length + more));
  }

  @Test
  void emptyPackIsCorrupt() {
    packIsCorrupt(new byte[0]);
  }

  @Test
  void anotherPackInItsPlaceIsCorrupt() {
    String other =
        archive.packs().stream().filter(key -> !key.equals(packKey())).findAny().orElseThrow();
    packIsCorrupt(archive.object(other));
  }

  /** A fold makes again what a fold before it has made, and meets it. */
  @Test
  void damagedPackThatIsMadeAgainIsCorrupt() throws IOException {
    build("made", archive.store);
    String made = archive.roots().getLast();
    String pack =
        archive.packs().stream()
            .filter(key -> names(made, key) && !names(reference.record(), key))
            .findAny()
            .orElseThrow();
    archive.store.objects.remove(made);
    put(pack, new byte[20]);
    assertEquals(
        "a pack of this name is there, and is another one",
        found(CORRUPT, pack, archive.lastLsn()).detail());
  }

  /** Whether a record names a pack. */
  private boolean names(String record, String packKey) {
    return text(record).contains("" + ArchivePaths.packSha256(packKey));
  }

  private String text(String key) {
    return new String(archive.object(key), US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void damagedLocalCacheIsHealedFromTheStore(long seed) throws IOException {
    Random random = new Random(seed);
    for (Path file : filesOf(folder.resolve("first").resolve("packs"))) {
      byte[] bytes = Files.readAllBytes(file);
      Arrays.fill(bytes, 16, bytes.length, (byte) random.nextInt());
      Files.write(file, random.nextBoolean() ? bytes : Arrays.copyOf(bytes, 20));
    }
    requireWhole(build("first", archive.store));
    for (String pack : archive.packs()) {
      Path file =
          folder.resolve("first").resolve("packs").resolve(ArchivePaths.packSha256(pack) + ".pack");
      if (names(archive.roots().getLast(), pack)) {
        assertEquals(Sha256.of(archive.object(pack)), Sha256.of(Files.readAllBytes(file)));
      }
    }
  }

  @Test
  void damagedLocalCacheBeforeADamagedStoreIsCorrupt() throws IOException {
    for (Path file : filesOf(folder.resolve("first").resolve("packs"))) {
      Files.write(file, new byte[20]);
    }
    put(packKey(), new byte[20]);
    Findings.found(
        CORRUPT, packKey(), reference.lsn(), reference.lsn(), () -> build("first", archive.store));
  }

  @Test
  void cacheTooSmallForAPackStillServes() throws IOException {
    FoldOptions tiny = new FoldOptions(folder.resolve("tiny"), 2, 4 << 10, 0, 1);
    try (ReferenceBuilder builder = archive.builder(tiny)) {
      requireWhole(ArchivedPartition.build(builder, Long.MAX_VALUE, FoldProgress.NONE));
    }
  }

  private static List<Path> filesOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void whatAKilledFoldLeavesOnTheDiskGoes() throws IOException {
    Path left = Files.createDirectories(folder.resolve("first").resolve("fold-123"));
    Files.write(left.resolve("changes-0"), new byte[9]);
    Path unfinished = folder.resolve("first").resolve("packs").resolve("abc.fresh");
    Files.write(unfinished, new byte[9]);
    requireWhole(build("first", archive.store));
    assertEquals(
        List.of(folder.resolve("first").resolve("packs")), filesOf(folder.resolve("first")));
    assertTrue(Files.notExists(unfinished));
  }

  /** Every bit of every file, and every length: an error or, never, another tree. */
  @Test
  void damagedChangesOnTheDiskAreAnError() throws IOException {
    Random random = new Random(5);
    Path file = folder.resolve("changes");
    Subtree empty = Subtree.empty(PARTITION.suite());
    try (ExecutorService executor = Executors.newSingleThreadExecutor();
        ChangeSort sort = new ChangeSort(folder, Long.MAX_VALUE, executor)) {
      for (int i = 0; i < 2000; i++) {
        byte[] key = "key-%05d".formatted(i).getBytes(UTF_8);
        sort.add(
            i % 3 == 0
                ? Change.delete(key, i, Digest128.NONE, "node-a")
                : Change.put(key, i, Digest128.NONE, empty.digest(), i, "node-a"));
      }
      ChangeRun.write(file, sort.sorted());
    }
    assertEquals(2000, count(file));
    byte[] sound = Files.readAllBytes(file);
    for (int i = 0; i < 200; i++) {
      Files.write(file, ArchiveDamageTest.flipped(sound, random));
      assertThrows(FormatException.class, () -> count(file));
      Files.write(file, Arrays.copyOf(sound, random.nextInt(sound.length)));
      assertThrows(FormatException.class, () -> count(file));
    }
    int block = ByteBuffer.wrap(sound).getInt() + 4;
    assertTrue(block < sound.length - 4);
    for (int length : new int[] {0, block, sound.length - 4}) {
      Files.write(file, Arrays.copyOf(sound, length));
      assertThrows(FormatException.class, () -> count(file));
    }
    Files.write(file, Arrays.copyOf(sound, sound.length + 1));
    assertThrows(FormatException.class, () -> count(file));
    for (int bit = 0; bit < 32; bit++) {
      byte[] length = sound.clone();
      length[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(file, length);
      assertThrows(FormatException.class, () -> count(file));
    }
  }

  @Test
  void damagedChangesEndAFold() throws IOException {
    List<String> roots = archive.roots();
    FoldProgress damaging =
        new FoldProgress() {
          @Override
          public void folded(long lsn, long framesBytes) {
            if (lsn == archive.lastLsn()) {
              damageChanges(folder.resolve("first"));
            }
          }

          @Override
          public void kept(long lsn) {}

          @Override
          public void lineage(LineageBreak found) {}
        };
    FoldOptions options = new FoldOptions(folder.resolve("first"), 2, 1 << 10, 1 << 20, 1 << 20);
    try (ReferenceBuilder builder = archive.builder(options)) {
      assertThrows(
          FormatException.class, () -> ArchivedPartition.build(builder, Long.MAX_VALUE, damaging));
      assertEquals(roots, archive.roots());
      requireWhole(ArchivedPartition.build(builder, Long.MAX_VALUE, FoldProgress.NONE));
    }
    assertEquals(
        List.of(folder.resolve("first").resolve("packs")), filesOf(folder.resolve("first")));
  }

  private static void damageChanges(Path folder) {
    try {
      Path fold =
          filesOf(folder).stream()
              .filter(each -> each.getFileName().toString().startsWith("fold-"))
              .findAny()
              .orElseThrow();
      Path changes = filesOf(fold).getFirst();
      byte[] bytes = Files.readAllBytes(changes);
      bytes[bytes.length / 2] ^= 4;
      Files.write(changes, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int count(Path file) throws IOException {
    int count = 0;
    try (ChangeRun run = ChangeRun.open(file)) {
      while (run.peek() != null) {
        run.advance();
        count++;
      }
    }
    return count;
  }
}
