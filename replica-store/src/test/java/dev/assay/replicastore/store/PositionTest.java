package dev.assay.replicastore.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.FormatException;
import dev.assay.replicastore.consensus.LogPosition;
import dev.assay.replicastore.store.Position.Cursor;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PositionTest {
  private static final Position POSITION =
      new Position(new LogPosition(258, 3), new Cursor(2, 41), 0x0102030405060708L);

  @Test
  void rowKeepsItsBytes() {
    assertEquals(
        "01"
            + "0000000000000102"
            + "0000000000000003"
            + "0000000000000002"
            + "0000000000000029"
            + "0102030405060708"
            + "ecdfd392",
        HexFormat.of().formatHex(POSITION.encode()));
  }

  @Test
  void rowReadsBack() throws FormatException {
    assertEquals(POSITION, Position.decode(POSITION.encode()));
    assertEquals(Position.NONE, Position.decode(Position.NONE.encode()));
  }

  @Test
  void anyFlippedBitOfTheRowIsCorrupt() {
    for (int bit = 0; bit < 8 * POSITION.encode().length; bit++) {
      byte[] row = POSITION.encode();
      row[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThrows(FormatException.Corrupt.class, () -> Position.decode(row));
    }
  }

  @Test
  void shortRowIsCorrupt() {
    byte[] row = POSITION.encode();
    assertThrows(
        FormatException.Corrupt.class, () -> Position.decode(Arrays.copyOf(row, row.length - 1)));
  }

  @Test
  void cursorAcceptsWhatFollowsInItsTerm() {
    assertTrue(new Cursor(2, 41).accepts(TestLog.fence(2, 42, 41), 2));
  }

  @Test
  void cursorAcceptsTheFirstOfANewerTerm() {
    assertTrue(new Cursor(2, 41).accepts(TestLog.fence(3, 1, 0), 3));
    assertTrue(new Cursor(0, 0).accepts(TestLog.fence(1, 1, 0), 1));
  }

  @Test
  void cursorRefusesWhatFollowsAnotherBatch() {
    assertFalse(new Cursor(2, 41).accepts(TestLog.fence(2, 42, 40), 2), "a late copy");
    assertFalse(new Cursor(2, 41).accepts(TestLog.fence(2, 44, 43), 2), "one is missing between");
    assertFalse(new Cursor(2, 41).accepts(TestLog.fence(3, 2, 1), 3), "the first is missing");
  }

  @Test
  void cursorRefusesWhatAnotherTermEvaluated() {
    assertFalse(new Cursor(2, 41).accepts(TestLog.fence(2, 42, 41), 3));
    assertFalse(new Cursor(2, 41).accepts(TestLog.fence(3, 1, 0), 2));
    assertFalse(new Cursor(2, 41).accepts(TestLog.fence(1, 1, 0), 1), "an older term");
  }
}
