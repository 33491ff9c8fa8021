package dev.assay.referencebuilder;

import static dev.assay.referencebuilder.ArchivedPartition.PARTITION;
import static dev.assay.referencebuilder.ArchivedPartition.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Fence;
import dev.assay.logformat.tree.Digest;
import dev.assay.logformat.tree.TreeComparison;
import dev.assay.logformat.tree.TreeCursor;
import dev.assay.logformat.tree.TreeItem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Folds that make a mistake on purpose, between reading the log and sorting it. Each comes to a
 * tree that is not the state, and the comparison names the keys; or it ends with an error. The log
 * has what each mistake touches, among other things, and nothing later makes it good.
 */
class FoldMutantsTest {
  private static final byte[] ONE = {1};
  private static final byte[] TWO = {2};

  /** A mistake, and the keys that it makes wrong. */
  @SuppressWarnings("ImmutableEnumChecker") // a function without state, and a list that is a copy
  enum Mutant {
    DELETE_DROPPED(frames -> changed(frames, "deleted", c -> c.after() != null), "deleted"),
    PUT_DROPPED(frames -> changed(frames, "put", c -> false), "put"),
    EXPIRE_IGNORED(frames -> changed(frames, "expired", c -> c.after() != null), "expired"),
    ORDER_WITHIN_A_BATCH_SWAPPED(
        frames -> batchOf(frames, "twice", changes -> changes.reversed()), "twice"),
    ONLY_FIRST_OF_A_KEY_IN_A_BATCH(
        frames -> batchOf(frames, "twice", changes -> changes.subList(0, 1)), "twice"),
    LSN_OFF_BY_ONE(
        frames -> put(frames, i -> new TreeItem(i.key(), i.digest(), i.lsn() + 1, i.bytes())),
        "put"),
    DIGEST_WRONG(
        frames -> put(frames, i -> new TreeItem(i.key(), flipped(i.digest()), i.lsn(), i.bytes())),
        "put"),
    LENGTH_WRONG(
        frames -> put(frames, i -> new TreeItem(i.key(), i.digest(), i.lsn(), i.bytes() + 1)),
        "put"),
    ITEM_OF_ANOTHER_KEY(frames -> put(frames, i -> item(frames, "beside", i.key())), "put"),
    DELETE_TAKEN_FOR_AN_EMPTY_PUT(FoldMutantsTest::emptyInPlaceOfDelete, "deleted"),
    EMPTY_PUT_TAKEN_FOR_A_DELETE(
        frames -> changedTo(frames, "empty", c -> with(c, c.key(), null)), "empty"),
    KEY_CHANGED_BY_A_BYTE(
        frames ->
            changedTo(frames, "put", c -> with(c, bytes("puu"), keyed(c.item(), bytes("puu")))),
        "put",
        "puu"),
    KEY_CUT_SHORT(
        frames -> changedTo(frames, "put", c -> with(c, bytes("pu"), keyed(c.item(), bytes("pu")))),
        "pu",
        "put"),
    TWO_KEYS_EXCHANGED(FoldMutantsTest::exchanged, "x", "y"),
    APPLIED_AGAIN_AFTER_A_LATER_ONE(frames -> again(frames, "late", "late"), "late"),
    STALE_ITEM_RESURRECTED(frames -> again(frames, "deleted", "end"), "deleted"),
    REFUSED_BATCH_APPLIED(frames -> again(frames, "refused", "end"), "refused"),
    REFUSED_BATCH_ACCEPTED(FoldMutantsTest::refusedAccepted, "refused", "*"),
    ACCEPTED_BATCH_REFUSED(FoldMutantsTest::acceptedRefused, "accepted", "*"),
    BATCH_LOST(frames -> batchOf(frames, "first", changes -> List.of()), "first", "second"),
    FIRST_MUTATION_OF_EACH_BATCH_LOST(
        frames -> batches(frames, c -> c.subList(Math.min(1, c.size()), c.size())), "first", "*"),
    LAST_MUTATION_OF_EACH_BATCH_LOST(
        frames -> batches(frames, c -> c.subList(0, Math.max(0, c.size() - 1))), "second", "*"),
    LAST_FRAME_LOST(frames -> frames.subList(0, frames.size() - 1)),
    FIRST_FRAME_LOST(frames -> frames.subList(1, frames.size())),
    FRAME_LOST(FoldMutantsTest::frameLost),
    FRAME_TWICE(FoldMutantsTest::frameTwice),
    FRAMES_REVERSED(List::reversed),
    ALL_FRAMES_LOST(frames -> List.of()),
    SORTED_BY_A_WRONG_PREFIX(frames -> changedTo(frames, "put", FoldMutantsTest::misplaced));

    private final UnaryOperator<List<FoldedFrame>> mistake;

    /** None: the fold ends with an error. A star: others too. */
    private final List<String> keys;

    Mutant(UnaryOperator<List<FoldedFrame>> mistake, String... keys) {
      this.mistake = mistake;
      this.keys = List.of(keys);
    }
  }

  @TempDir Path folder;

  private final ArchivedPartition archive = new ArchivedPartition();

  @ParameterizedTest
  @EnumSource
  void everyMistakeIsFound(Mutant mutant) throws IOException {
    log(new Random(mutant.name().hashCode()));
    for (long sortHeapBytes : new long[] {500, 1 << 20}) {
      if (mutant.keys.isEmpty()) {
        Exception end = assertThrows(Exception.class, () -> differing(mutant, sortHeapBytes));
        assertTrue(end instanceof Unprovable || end instanceof IllegalArgumentException, "" + end);
        assertEquals(List.of(), archive.roots());
      } else {
        Set<String> differing = differing(mutant, sortHeapBytes);
        Set<String> expected = new TreeSet<>(mutant.keys);
        if (expected.remove("*")) {
          differing.retainAll(expected);
        }
        assertEquals(expected, differing);
        archive.roots().forEach(archive.store.objects::remove);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void correctFoldIsSilentOnTheSameLogs(long seed) throws IOException {
    log(new Random(seed));
    FoldOptions options = new FoldOptions(folder, 2, 500, 1 << 20, 1 << 20);
    try (ReferenceBuilder builder = archive.builder(options)) {
      Reference reference = ArchivedPartition.build(builder, Long.MAX_VALUE, FoldProgress.NONE);
      ArchivedPartition.Truth truth = archive.truth();
      assertEquals(archive.lastLsn(), reference.lsn());
      assertEquals(0, reference.root().lineageBreaks());
      assertTrue(truth.root().sameState(reference.root().tree()));
      assertEquals(Set.of(), differing(truth, builder, reference));
    }
  }

  /** The keys that the comparison with the true state names, after a fold with the mistake. */
  private Set<String> differing(Mutant mutant, long sortHeapBytes) throws IOException {
    SegmentFrames frames = new SegmentFrames(archive.store);
    FoldOptions options = new FoldOptions(folder, 2, sortHeapBytes, 1 << 20, 1 << 20);
    try (ReferenceBuilder builder =
        archive.builder(
            options, (segment, suite) -> mutant.mistake.apply(frames.read(segment, suite)))) {
      Reference reference = ArchivedPartition.build(builder, Long.MAX_VALUE, FoldProgress.NONE);
      ArchivedPartition.Truth truth = archive.truth();
      assertFalse(truth.root().sameState(reference.root().tree()));
      return differing(truth, builder, reference);
    }
  }

  private static Set<String> differing(
      ArchivedPartition.Truth truth, ReferenceBuilder builder, Reference reference)
      throws IOException {
    Set<String> keys = new TreeSet<>();
    TreeComparison.compare(
        new TreeCursor(PARTITION.suite(), truth.root(), truth.nodes()),
        new TreeCursor(
            PARTITION.suite(), reference.root().tree(), builder.nodes(PARTITION, reference)),
        (left, right) -> keys.add(key(left != null ? left : Objects.requireNonNull(right))));
    return keys;
  }

  private static String key(TreeItem item) {
    return new String(item.key(), UTF_8);
  }

  private void log(Random random) throws IOException {
    RandomLog.write(archive, random, 2);
    for (int i = 0; i < 2; i++) {
      archive.batch(archive.put("deleted", ONE), archive.put("expired", ONE));
      RandomLog.batch(archive, random);
      archive.batch(archive.put("first", ONE), archive.put("second", ONE));
      archive.batch(archive.put("late", ONE));
      archive.batch(archive.put("x", ONE), archive.put("y", TWO));
      archive.batch(archive.put("put", ONE));
      archive.batch(archive.put("beside", TWO));
      archive.batch(archive.put("empty", new byte[0]));
      RandomLog.batch(archive, random);
      archive.refusedBatch(archive.put("refused", ONE));
      archive.batch(archive.put("accepted", ONE));
      archive.batch(archive.put("late", TWO));
      archive.batch(archive.put("twice", ONE), ArchivedPartition.put("twice", TWO, ONE));
      RandomLog.batch(archive, random);
      archive.batch(archive.delete("deleted"));
      archive.batch(archive.expire("expired"));
      archive.batch(archive.put("end", ONE));
      archive.archive();
    }
    RandomLog.write(archive, random, 2);
  }

  private static boolean holds(FoldedFrame frame, String key) {
    return frame.changes().stream().anyMatch(c -> Arrays.equals(c.key(), bytes(key)));
  }

  private static FoldedFrame with(FoldedFrame frame, List<Change> changes) {
    return new FoldedFrame(
        frame.lsn(), frame.term(), frame.fence(), frame.time(), changes, frame.unknownKind());
  }

  private static FoldedFrame with(FoldedFrame frame, Fence fence) {
    return new FoldedFrame(
        frame.lsn(), frame.term(), fence, frame.time(), frame.changes(), frame.unknownKind());
  }

  private static Change with(Change change, byte[] key, @Nullable TreeItem after) {
    return after == null
        ? Change.delete(key, change.lsn(), change.before(), change.node())
        : Change.put(
            key, after.lsn(), change.before(), after.digest(), after.bytes(), change.node());
  }

  private static Change misplaced(Change change) {
    return new Change(
        ~change.prefix(),
        change.key(),
        change.lsn(),
        change.beforeHigh(),
        change.beforeLow(),
        change.after(),
        change.bytes(),
        change.node());
  }

  private static List<FoldedFrame> batches(
      List<FoldedFrame> frames, UnaryOperator<List<Change>> mistake) {
    return frames.stream().map(each -> with(each, mistake.apply(each.changes()))).toList();
  }

  /** In the batches that change the key. */
  private static List<FoldedFrame> batchOf(
      List<FoldedFrame> frames, String key, UnaryOperator<List<Change>> mistake) {
    return frames.stream()
        .map(each -> holds(each, key) ? with(each, mistake.apply(each.changes())) : each)
        .toList();
  }

  private static List<FoldedFrame> changedTo(
      List<FoldedFrame> frames, String key, UnaryOperator<Change> mistake) {
    return batches(
        frames,
        changes ->
            changes.stream()
                .map(c -> Arrays.equals(c.key(), bytes(key)) ? mistake.apply(c) : c)
                .toList());
  }

  private static List<FoldedFrame> changed(
      List<FoldedFrame> frames, String key, Function<Change, Boolean> kept) {
    return batches(
        frames,
        changes ->
            changes.stream()
                .filter(c -> !Arrays.equals(c.key(), bytes(key)) || kept.apply(c))
                .toList());
  }

  private static List<FoldedFrame> put(List<FoldedFrame> frames, UnaryOperator<TreeItem> mistake) {
    return changedTo(
        frames, "put", c -> with(c, c.key(), mistake.apply(Objects.requireNonNull(c.item()))));
  }

  private static TreeItem keyed(@Nullable TreeItem item, byte[] key) {
    TreeItem of = Objects.requireNonNull(item);
    return new TreeItem(key, of.digest(), of.lsn(), of.bytes());
  }

  private static Digest flipped(Digest digest) {
    byte[] bytes = digest.toBytes();
    bytes[bytes.length - 1] ^= 1;
    return Digest.of(bytes);
  }

  /** What is put at one key, put at another. */
  private static TreeItem item(List<FoldedFrame> frames, String from, byte[] key) {
    return keyed(lastChange(frames, from).item(), key);
  }

  private static Change lastChange(List<FoldedFrame> frames, String key) {
    return frames.stream()
        .flatMap(each -> each.changes().stream())
        .filter(c -> Arrays.equals(c.key(), bytes(key)))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private static List<FoldedFrame> emptyInPlaceOfDelete(List<FoldedFrame> frames) {
    return changedTo(
        frames,
        "deleted",
        c -> {
          Digest empty = PARTITION.suite().item(c.key(), new byte[0]);
          return c.after() != null ? c : with(c, c.key(), new TreeItem(c.key(), empty, c.lsn(), 0));
        });
  }

  private static List<FoldedFrame> exchanged(List<FoldedFrame> frames) {
    return batchOf(
        frames,
        "x",
        changes ->
            List.of(
                with(changes.get(0), bytes("x"), keyed(changes.get(1).item(), bytes("x"))),
                with(changes.get(1), bytes("y"), keyed(changes.get(0).item(), bytes("y")))));
  }

  /** The first batch of the segment that changes the key, again with the last one of another. */
  private static List<FoldedFrame> again(List<FoldedFrame> frames, String key, String with) {
    List<Change> changes =
        frames.stream()
            .filter(each -> holds(each, key))
            .findFirst()
            .map(FoldedFrame::changes)
            .orElse(List.of())
            .stream()
            .filter(c -> Arrays.equals(c.key(), bytes(key)))
            .toList();
    return batchOf(frames, with, own -> Stream.concat(own.stream(), changes.stream()).toList());
  }

  private static List<FoldedFrame> refusedAccepted(List<FoldedFrame> frames) {
    List<FoldedFrame> all = new ArrayList<>();
    long follows = 0;
    for (FoldedFrame frame : frames) {
      Fence fence = frame.fence();
      if (fence != null && holds(frame, "refused")) {
        Fence lie = new Fence(fence.term(), fence.sequence(), follows, fence.node());
        all.add(with(frame, lie));
      } else {
        all.add(frame);
      }
      if (fence != null && fence.node().equals("node-a")) {
        follows = fence.sequence();
      }
    }
    return all;
  }

  private static List<FoldedFrame> acceptedRefused(List<FoldedFrame> frames) {
    return frames.stream()
        .map(
            each -> {
              Fence fence = each.fence();
              return fence != null && holds(each, "accepted")
                  ? with(
                      each,
                      new Fence(
                          fence.term(), fence.sequence() + 5, fence.follows() + 1, fence.node()))
                  : each;
            })
        .toList();
  }

  private static List<FoldedFrame> frameLost(List<FoldedFrame> frames) {
    return frames.stream().filter(each -> !holds(each, "put")).toList();
  }

  private static List<FoldedFrame> frameTwice(List<FoldedFrame> frames) {
    return frames.stream()
        .flatMap(each -> holds(each, "put") ? Stream.of(each, each) : Stream.of(each))
        .toList();
  }
}
