package dev.assay.logformat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatException.TooNew;
import dev.assay.logformat.Mutation.Cut;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SegmentCheckTest {
  private final SegmentCheck check = new SegmentCheck(Segments.TABLE, Segments.PARTITION, 7, 3);

  @Test
  void framesThatFollowEachOtherPass() throws FormatException {
    assertNull(check.check(Segments.metadata(7, 3)));
    Frame data = Segments.data(8, 3, new Cut());
    assertEquals(BatchCodec.decode(data.payload()), check.check(data));
    assertNull(check.check(new Frame(9, 5, FrameKind.CONFIGURATION, new byte[0])));
  }

  @Test
  void aHoleIsRefused() throws FormatException {
    check.check(Segments.metadata(7, 3));
    assertRefused("frame's LSN: expected 8, actual 9", Segments.metadata(9, 3));
  }

  @Test
  void anEntryThatComesTwiceIsRefused() throws FormatException {
    check.check(Segments.metadata(7, 3));
    assertRefused("frame's LSN: expected 8, actual 7", Segments.metadata(7, 3));
  }

  @Test
  void anotherBeginningIsRefused() {
    assertRefused("frame's LSN: expected 7, actual 0", Segments.metadata(0, 3));
  }

  @Test
  void aTermThatFallsIsRefused() throws FormatException {
    assertRefused("frame at LSN 7: term: expected at least 3, actual 2", Segments.metadata(7, 2));
    check.check(Segments.metadata(7, 4));
    assertRefused("frame at LSN 8: term: expected at least 4, actual 3", Segments.data(8, 3));
  }

  @Test
  void anEntryOfAnotherPartitionIsRefusedThoughItsChecksumsAreRight() {
    assertRefused(
        "frame at LSN 7: batch's partition: expected 2, actual 1",
        Segments.data(Segments.TABLE, 1, 7, 3));
  }

  @Test
  void anEntryOfAnotherTableIsRefusedThoughItsChecksumsAreRight() {
    assertRefused(
        "frame at LSN 7: batch's table: expected 6f1ed002-ab5e-4c2d-9a53-3c6a3f0e7b11, actual"
            + " 00000000-0000-0001-0000-000000000002",
        Segments.data(new UUID(1, 2), Segments.PARTITION, 7, 3));
  }

  @Test
  void aPayloadThatIsNoBatchIsRefused() {
    assertRefused(
        "frame at LSN 7: batch's length: expected more than 4 bytes, actual 0",
        new Frame(7, 3, FrameKind.DATA, new byte[0]));
  }

  @Test
  void aBatchOfANewerVersionIsNotTakenForDamage() {
    byte[] payload = Segments.data(7, 3).payload().clone();
    payload[0] = 2;
    Frame newer = new Frame(7, 3, FrameKind.DATA, Checksums.repairLast(payload));
    TooNew refusal = assertThrows(TooNew.class, () -> check.check(newer));
    assertEquals(
        "frame at LSN 7: batch: too new: expected version 1 or older, actual 2",
        refusal.getMessage());
  }

  @Test
  void consensussOwnEntriesAreArchivedWithoutAPayload() {
    assertRefused(
        "frame at LSN 7: payload of kind METADATA: expected 0 bytes, actual 1 bytes",
        new Frame(7, 3, FrameKind.METADATA, new byte[1]));
  }

  private void assertRefused(String message, Frame frame) {
    Corrupt refusal = assertThrows(Corrupt.class, () -> check.check(frame));
    assertEquals(message, refusal.getMessage());
  }
}
