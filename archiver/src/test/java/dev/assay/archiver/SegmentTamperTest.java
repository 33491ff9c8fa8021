package dev.assay.archiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.archiver.ArchiveVerification.State;
import dev.assay.archiver.TestArchive.Sealed;
import dev.assay.logformat.Batch;
import dev.assay.logformat.BatchCodec;
import dev.assay.logformat.Digest128;
import dev.assay.logformat.Fence;
import dev.assay.logformat.Frame;
import dev.assay.logformat.FrameKind;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.SegmentSummary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Segments that hold what they should not, while their digests and manifests are right and signed
 * by one of our own nodes.
 */
class SegmentTamperTest extends TamperedArchive {
  @Test
  void anEntryOfAnotherPartitionWithAValidChecksumIsCorrupt() throws Exception {
    for (int i = 0; i < SEGMENTS; i++) {
      int segment = i;
      Sealed at =
          sealedWith(
              i, frames -> frames.set(0, archive.put(1, frames.getFirst().lsn(), termOf(frames))));
      assertFinding(
          true,
          State.CORRUPT,
          at,
          at.key(),
          "frame at LSN %d: batch's partition: expected 0, actual 1".formatted(at.first()));
      assertEquals(State.FOUND, verify(false).state(), () -> "segment " + segment);
    }
  }

  @Test
  void anEntryOfAnotherTableWithAValidChecksumIsCorrupt() throws Exception {
    Sealed at =
        sealedWith(
            2,
            frames -> {
              Frame old = frames.getFirst();
              frames.set(0, ofAnotherTable(old.lsn(), old.term()));
            });
    assertFinding(
        true,
        State.CORRUPT,
        at,
        at.key(),
        "frame at LSN " + at.first() + ": batch's table: expected " + TestArchive.TABLE);
  }

  private static Frame ofAnotherTable(long lsn, long term) {
    byte[] payload =
        BatchCodec.encode(
            new Batch(
                new UUID(1, 2),
                0,
                new Fence(term, 1, 0, "node-a"),
                0,
                List.of(new Mutation.Delete(new byte[1], Digest128.NONE))));
    return new Frame(lsn, term, FrameKind.DATA, payload);
  }

  private static long termOf(List<Frame> frames) {
    return frames.getFirst().term();
  }

  /** Seals the first partition with one segment changed, its manifest right and signed by us. */
  private Sealed sealedWith(int segment, Consumer<List<Frame>> change) throws IOException {
    archive = new TestArchive(OURS, segment);
    List<List<Frame>> frames = archive.frames(0, SEGMENTS);
    change.accept(frames.get(segment));
    first = archive.seal(0, frames);
    second = archive.seal(1, archive.frames(1, SEGMENTS));
    return first.get(segment);
  }

  @Test
  void aHoleInsideASegmentIsCorruptThoughItsManifestDeniesIt() throws Exception {
    archive = new TestArchive(OURS, 3);
    List<Frame> frames = new ArrayList<>();
    for (int lsn = 0; lsn < 6; lsn++) {
      frames.add(archive.put(0, lsn, 1));
    }
    frames.add(archive.end(0, 6, 1));
    frames.remove(3);
    SegmentSummary s = TestArchive.summary(frames);
    SegmentSummary denied =
        new SegmentSummary(
            0, 6, 1, 1, s.firstTime(), s.lastTime(), 7, 7, s.framesBytes(), s.frames());
    first = List.of(archive.seal(0, frames, denied, null));
    second = archive.seal(1, archive.frames(1, 1));
    Sealed at = first.getFirst();
    assertFinding(true, State.CORRUPT, at, at.key(), "frame's LSN: expected 3, actual 4");
  }

  @Test
  void aTermThatFallsIsCorrupt() throws Exception {
    Sealed at =
        sealedWith(
            3, frames -> frames.replaceAll(f -> new Frame(f.lsn(), 0, f.kind(), f.payload())));
    assertFinding(false, State.CORRUPT, at, at.manifestKey(), "manifest's first term");
  }

  @Test
  void aSegmentThatEndsWithoutAReasonIsCorrupt() throws Exception {
    Sealed at =
        sealedWith(
            3,
            frames ->
                frames.set(
                    frames.size() - 1,
                    TestArchive.metadata(frames.getLast().lsn(), frames.getLast().term())));
    assertFinding(true, State.CORRUPT, at, at.key(), "end of the segment: expected after 16 MiB");
  }

  @Test
  void aSegmentThatGoesOnAfterItsEndIsCorrupt() throws Exception {
    archive = new TestArchive(OURS, 3);
    List<Frame> frames = List.of(archive.end(0, 0, 1), archive.end(0, 1, 1));
    SegmentSummary ended = TestArchive.summary(frames.subList(0, 1));
    byte[] object = TestArchive.object(frames);
    SegmentSummary longer =
        new SegmentSummary(
            0,
            1,
            1,
            1,
            ended.firstTime(),
            ended.lastTime(),
            2,
            2,
            2 * ended.framesBytes() + 100,
            ended.frames());
    first = List.of(archive.seal(0, frames, longer, null));
    second = archive.seal(1, archive.frames(1, 1));
    Sealed at = first.getFirst();
    assertTrue(object.length > 0);
    assertFinding(true, State.CORRUPT, at, at.key(), "end of the segment: expected before LSN 1");
  }

  @Test
  void aManifestThatCountsOtherwiseIsCorrupt() throws Exception {
    Sealed at = first.getLast();
    SegmentSummary s = at.manifest().segment();
    SegmentSummary other =
        new SegmentSummary(
            s.firstLsn(),
            s.lastLsn(),
            s.firstTerm(),
            s.lastTerm(),
            s.firstTime(),
            s.lastTime(),
            s.entries(),
            s.mutations() + 1,
            s.framesBytes(),
            s.frames());
    List<Sealed> changed = new ArrayList<>(first);
    changed.set(SEGMENTS - 1, archive.seal(with(at, other), OURS.key(), at.object()));
    first = changed;
    assertFinding(
        true, State.CORRUPT, first.getLast(), at.key(), "segment: expected SegmentSummary");
  }

  private static Manifest with(Sealed at, SegmentSummary summary) {
    Manifest m = at.manifest();
    return new Manifest(
        m.cluster(),
        m.table(),
        m.tableId(),
        m.partition(),
        summary,
        m.objectBytes(),
        m.object(),
        m.chain(),
        m.previous(),
        m.writer(),
        m.key(),
        m.writtenAtMs());
  }
}
