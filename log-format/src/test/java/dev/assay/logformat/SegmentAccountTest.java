package dev.assay.logformat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Mutation.Barrier;
import dev.assay.logformat.Mutation.Cut;
import dev.assay.logformat.Mutation.Delete;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SegmentAccountTest {
  private static final Mutation DELETE = new Delete(new byte[] {1}, Digest128.NONE);

  @Test
  void everythingIsAddedUp() throws FormatException {
    List<Frame> frames =
        List.of(
            Segments.metadata(5, 1),
            Segments.data(6, 2, DELETE, DELETE),
            Segments.data(7, 2),
            Segments.data(8, 3, DELETE),
            Segments.metadata(9, 4));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    frames.forEach(frame -> bytes.writeBytes(FrameCodec.encode(frame)));
    SegmentSummary expected =
        new SegmentSummary(
            5,
            9,
            1,
            4,
            HybridTime.of(1_700_000_000_006L, 0),
            HybridTime.of(1_700_000_000_008L, 0),
            5,
            3,
            bytes.size(),
            Sha256.of(bytes.toByteArray()));
    SegmentAccount account = Segments.account(frames);
    assertFalse(account.ended());
    assertEquals(expected, account.summary());
    assertEquals(expected, account.summary());
  }

  @Test
  void withoutABatchThereIsNoTime() throws FormatException {
    SegmentSummary summary = Segments.account(List.of(Segments.metadata(0, 0))).summary();
    assertEquals(0, summary.firstTime());
    assertEquals(0, summary.lastTime());
    assertEquals(FrameCodec.FRAME_BYTES_MIN, summary.framesBytes());
  }

  @Test
  void aBarrierOrACutEndsTheSegment() throws FormatException {
    for (Mutation last : List.of(new Barrier(new UUID(1, 2)), new Cut())) {
      SegmentAccount account = new SegmentAccount();
      Frame before = Segments.data(0, 0, DELETE);
      account.add(before, Segments.batch(before));
      assertFalse(account.ended());
      Frame frame = Segments.data(1, 0, DELETE, last, DELETE);
      account.add(frame, Segments.batch(frame));
      assertTrue(account.ended());
      assertThrows(IllegalStateException.class, () -> account.add(Segments.metadata(2, 0), null));
    }
  }

  @Test
  void sixteenMebibytesEndTheSegmentToTheByte() throws FormatException {
    long overhead = FrameCodec.encodedSize(Segments.put(0, 0, new byte[1 << 20])) - (1 << 20);
    for (int short1 = 0; short1 <= 1; short1++) {
      List<Frame> frames = new ArrayList<>();
      for (int lsn = 0; lsn < 15; lsn++) {
        frames.add(Segments.put(lsn, 0, new byte[1 << 20]));
      }
      SegmentAccount account = Segments.account(frames);
      assertFalse(account.ended());
      int rest = (int) ((1 << 20) - 16 * overhead - short1);
      Frame last = Segments.put(15, 0, new byte[rest]);
      account.add(last, Segments.batch(last));
      assertEquals(short1 == 0, account.ended());
      assertEquals((16 << 20) - short1, account.summary().framesBytes());
    }
  }

  @Test
  void otherFramesAreAnotherIdentity() throws FormatException {
    Sha256 one = Segments.account(List.of(Segments.metadata(0, 0))).summary().frames();
    Sha256 two = Segments.account(List.of(Segments.metadata(0, 1))).summary().frames();
    assertNotEquals(one, two);
  }

  @Test
  void nothingIsNoSegmentAndTheSumIsFinal() {
    SegmentAccount account = new SegmentAccount();
    assertTrue(account.isEmpty());
    assertThrows(IllegalStateException.class, account::summary);
    account.add(Segments.metadata(0, 0), null);
    assertFalse(account.isEmpty());
    account.summary();
    assertThrows(IllegalStateException.class, () -> account.add(Segments.metadata(1, 0), null));
  }

  @Test
  void aBatchBelongsToADataFrameAndToNoOther() throws FormatException {
    SegmentAccount account = new SegmentAccount();
    Frame data = Segments.data(0, 0);
    Batch batch = Segments.batch(data);
    assertThrows(IllegalArgumentException.class, () -> account.add(data, null));
    assertThrows(IllegalArgumentException.class, () -> account.add(Segments.metadata(0, 0), batch));
  }

  @Test
  void theChainDependsOnEverythingBeforeAndOnTheRange() throws FormatException {
    SegmentSummary segment = Segments.account(List.of(Segments.metadata(0, 0))).summary();
    Sha256 chain = SegmentChain.next(Sha256.NONE, segment);
    assertEquals(
        Sha256.of(new byte[32], new byte[8], new byte[8], segment.frames().toBytes()), chain);
    assertNotEquals(chain, SegmentChain.next(chain, segment));
    SegmentSummary longer = new SegmentSummary(0, 1, 0, 0, 0, 0, 2, 0, 29, segment.frames());
    assertNotEquals(chain, SegmentChain.next(Sha256.NONE, longer));
  }
}
