package dev.assay.referencebuilder;

import static dev.assay.referencebuilder.ArchivedPartition.PARTITION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FoldTest {
  @TempDir Path folder;

  private final ArchivedPartition archive = new ArchivedPartition();

  /** Small bounds, so that a short log meets them. */
  private FoldOptions options(String name) {
    return new FoldOptions(folder.resolve(name), 2, 4 << 10, 1 << 20, 8 << 10);
  }

  @Test
  void nothingArchivedGivesNoReference() throws IOException {
    try (ReferenceBuilder builder = archive.builder(options("a"))) {
      assertNull(builder.build(PARTITION, Long.MAX_VALUE, FoldProgress.NONE));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyPathThroughTheLogGivesTheSameTree(long seed) throws IOException {
    Random random = new Random(seed);
    RandomLog.write(archive, random, 12);
    List<LineageBreak> breaks = new ArrayList<>();
    try (ReferenceBuilder builder = archive.builder(options("a"))) {
      for (long lsn = 0; lsn < archive.lastLsn(); lsn += 1 + random.nextInt(60)) {
        assertState(builder.build(PARTITION, lsn, progress(breaks)), lsn);
      }
      long last = archive.lastLsn();
      assertState(builder.build(PARTITION, Long.MAX_VALUE, progress(breaks)), last);
      assertState(builder.buildFromGenesis(PARTITION, Long.MAX_VALUE, progress(breaks)), last);
    }
    assertEquals(List.of(), breaks);
  }

  private void assertState(@Nullable Reference reference, long lsn) {
    if (reference == null) {
      throw new AssertionError("no reference of LSN " + lsn);
    }
    assertEquals(lsn, reference.lsn());
    assertTrue(
        archive.states.get((int) lsn).sameState(reference.root().tree()), "state at LSN " + lsn);
    assertEquals(0, reference.root().lineageBreaks());
  }

  private static FoldProgress progress(List<LineageBreak> breaks) {
    return new FoldProgress() {
      @Override
      public void folded(long lsn, long framesBytes) {}

      @Override
      public void kept(long lsn) {}

      @Override
      public void lineage(LineageBreak found) {
        breaks.add(found);
      }
    };
  }
}
