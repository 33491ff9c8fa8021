package dev.assay.referencebuilder;

import static dev.assay.referencebuilder.ArchivedPartition.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Digest128;
import dev.assay.logformat.ItemDigest;
import dev.assay.logformat.Mutation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A mutation that was evaluated on another item is told, and takes effect all the same. */
class LineageTest {
  private static final byte[] ONE = {1};
  private static final byte[] TWO = {2};
  private static final byte[] THREE = {3};

  @TempDir Path folder;

  private final ArchivedPartition archive = new ArchivedPartition();
  private final List<LineageBreak> breaks = new ArrayList<>();

  private final FoldProgress progress =
      new FoldProgress() {
        @Override
        public void folded(long lsn, long framesBytes) {}

        @Override
        public void kept(long lsn) {}

        @Override
        public void lineage(LineageBreak found) {
          breaks.add(found);
        }
      };

  private ReferenceBuilder builder() throws IOException {
    return archive.builder(new FoldOptions(folder, 2, 1 << 10, 1 << 20, 1));
  }

  /** Builds on, and looks at the state and at how many breaks the reference counts. */
  private void build(long breaksExpected) throws IOException {
    try (ReferenceBuilder builder = builder()) {
      Reference built = ArchivedPartition.build(builder, Long.MAX_VALUE, progress);
      assertEquals(archive.lastLsn(), built.lsn());
      assertTrue(archive.states.getLast().sameState(built.root().tree()));
      assertEquals(breaksExpected, built.root().lineageBreaks());
    }
  }

  private static Digest128 digest(String key, byte[] item) {
    return ItemDigest.of(bytes(key), item);
  }

  private static void assertBreak(
      String key, long lsn, Digest128 expected, Digest128 actual, LineageBreak found) {
    assertArrayEquals(bytes(key), found.key());
    assertEquals(
        new LineageBreak(found.key(), lsn, expected, actual, "node-a"), found, "of " + key);
  }

  private long put(String key, byte[] item, Digest128 before) throws IOException {
    archive.batch(new Mutation.Put(bytes(key), item, before));
    return archive.lastLsn();
  }

  @Test
  void putOnAnItemThatIsAnotherIsTold() throws IOException {
    archive.batch(archive.put("a", ONE), archive.put("b", ONE));
    long lsn = put("a", TWO, digest("a", THREE));
    archive.archive();
    build(1);
    assertEquals(1, breaks.size());
    assertBreak("a", lsn, digest("a", ONE), digest("a", THREE), breaks.getFirst());
  }

  @Test
  void putOnNothingThatSaysAnItemIsTold() throws IOException {
    long lsn = put("a", TWO, digest("a", ONE));
    archive.archive();
    build(1);
    assertBreak("a", lsn, Digest128.NONE, digest("a", ONE), breaks.getFirst());
  }

  @Test
  void putOnAnItemThatSaysNothingIsTold() throws IOException {
    archive.batch(archive.put("a", ONE));
    long lsn = put("a", TWO, Digest128.NONE);
    archive.archive();
    build(1);
    assertBreak("a", lsn, digest("a", ONE), Digest128.NONE, breaks.getFirst());
  }

  @Test
  void deleteAndExpireOfAnotherItemAreTold() throws IOException {
    archive.batch(archive.put("a", ONE), archive.put("b", ONE));
    archive.batch(new Mutation.Delete(bytes("a"), digest("a", TWO)));
    archive.batch(new Mutation.Expire(bytes("b"), digest("b", THREE)));
    long lsn = archive.lastLsn();
    archive.archive();
    build(2);
    assertBreak("a", lsn - 1, digest("a", ONE), digest("a", TWO), breaks.getFirst());
    assertBreak("b", lsn, digest("b", ONE), digest("b", THREE), breaks.getLast());
  }

  @Test
  void deleteOfNothingIsNoBreakAndNoItem() throws IOException {
    archive.batch(archive.delete("a"), archive.expire("b"));
    archive.archive();
    build(0);
    archive.batch(archive.put("m", ONE));
    archive.archive();
    build(0);
    archive.batch(archive.delete("a"), archive.delete("z"));
    archive.batch(archive.delete("m"));
    archive.batch(archive.delete("m"));
    archive.archive();
    build(0);
    assertTrue(archive.states.getLast().isEmpty());
    assertEquals(List.of(), breaks);
  }

  @Test
  void deleteOfNothingThatSaysAnItemIsTold() throws IOException {
    archive.batch(new Mutation.Delete(bytes("a"), digest("a", ONE)));
    long lsn = archive.lastLsn();
    archive.archive();
    build(1);
    assertBreak("a", lsn, Digest128.NONE, digest("a", ONE), breaks.getFirst());
  }

  @Test
  void mutationsOfOneKeyInABatchFollowEachOther() throws IOException {
    archive.batch(
        archive.put("a", ONE),
        ArchivedPartition.put("a", TWO, ONE),
        ArchivedPartition.delete("a", TWO),
        new Mutation.Put(bytes("a"), THREE, Digest128.NONE));
    archive.archive();
    build(0);
    archive.batch(
        ArchivedPartition.put("a", ONE, THREE),
        ArchivedPartition.put("a", TWO, THREE),
        ArchivedPartition.delete("a", TWO),
        ArchivedPartition.delete("a", TWO));
    long lsn = archive.lastLsn();
    archive.archive();
    build(2);
    assertBreak("a", lsn, digest("a", ONE), digest("a", THREE), breaks.getFirst());
    assertBreak("a", lsn, Digest128.NONE, digest("a", TWO), breaks.getLast());
  }

  @Test
  void breakInARefusedBatchIsNone() throws IOException {
    archive.batch(archive.put("a", ONE));
    archive.refusedBatch(new Mutation.Put(bytes("a"), TWO, digest("a", THREE)));
    archive.archive();
    build(0);
    assertEquals(List.of(), breaks);
  }

  /** Agreeing again does not make it good. */
  @Test
  void breaksStayInEveryLaterRoot() throws IOException {
    put("a", ONE, digest("a", THREE));
    archive.archive();
    build(1);
    archive.batch(archive.put("a", TWO));
    archive.archive();
    build(1);
    put("b", ONE, digest("b", THREE));
    put("a", ONE, digest("a", THREE));
    archive.archive();
    build(3);
    archive.batch(archive.delete("a"), archive.delete("b"));
    archive.archive();
    build(3);
    assertEquals(3, breaks.size());
    breaks.clear();
    try (ReferenceBuilder builder = builder()) {
      Reference again = ArchivedPartition.buildFromGenesis(builder, Long.MAX_VALUE, progress);
      assertEquals(3, again.root().lineageBreaks());
    }
    assertEquals(3, breaks.size());
  }

  /** However the log is cut into folds, and whether changes fit the heap. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyBreakInARandomLogIsToldOnce(long seed) throws IOException {
    Random random = new Random(seed);
    List<Long> expected = new ArrayList<>();
    for (int segment = 0; segment < 6; segment++) {
      for (int i = 0; i < 20; i++) {
        RandomLog.batch(archive, random);
        if (random.nextInt(4) == 0) {
          byte[] item = new byte[40];
          random.nextBytes(item);
          expected.add(put("key-" + random.nextInt(200), item, digest("other", item)));
        }
      }
      archive.archive();
      if (random.nextBoolean()) {
        build(expected.size());
      }
    }
    build(expected.size());
    assertEquals(expected, breaks.stream().map(LineageBreak::lsn).sorted().toList());
  }
}
