package dev.assay.replicastore.store;

import static dev.assay.replicastore.store.TestLog.PARTITION;
import static dev.assay.replicastore.store.TestLog.batch;
import static dev.assay.replicastore.store.TestLog.entry;
import static dev.assay.replicastore.store.TestLog.fence;
import static dev.assay.replicastore.store.TestLog.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Batch;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.consensus.LogEntry;
import dev.assay.replicastore.consensus.LogPosition;
import dev.assay.replicastore.store.EntryJudge.Judgement;
import dev.assay.replicastore.store.Position.Cursor;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EntryJudgeTest {
  private static final Position AT_10 = new Position(new LogPosition(10, 4), new Cursor(4, 6), 100);

  private static Judgement judge(LogEntry entry) throws WrongEntry {
    return EntryJudge.judge(PARTITION, AT_10, entry);
  }

  private static void assertWrong(String expected, LogEntry entry) {
    WrongEntry wrong = assertThrows(WrongEntry.class, () -> judge(entry));
    String message = String.valueOf(wrong.getMessage());
    assertTrue(message.contains(expected), message);
    assertTrue(message.contains("position " + entry.lsn()), message);
    assertTrue(message.contains(PARTITION.toString()), message);
  }

  @Test
  void nextBatchIsAccepted() throws WrongEntry {
    Judgement judgement = judge(entry(11, 4, batch(fence(4, 7, 6), 100, put("a", "1"))));
    Judgement.Accepted accepted = assertInstanceOf(Judgement.Accepted.class, judgement);
    assertEquals(new Position(new LogPosition(11, 4), new Cursor(4, 7), 100), accepted.after());
  }

  @Test
  void firstEntryOfALogIsAtZero() throws WrongEntry {
    LogEntry first = entry(0, 1, batch(fence(1, 1, 0), 5));
    assertInstanceOf(Judgement.Accepted.class, EntryJudge.judge(PARTITION, Position.NONE, first));
    LogEntry later = entry(1, 1, batch(fence(1, 1, 0), 5));
    assertThrows(WrongEntry.class, () -> EntryJudge.judge(PARTITION, Position.NONE, later));
  }

  @Test
  void entryAtOrBelowThePositionIsNotEvenRead() throws WrongEntry {
    for (long lsn : new long[] {0, 9, 10}) {
      LogEntry replayed = new LogEntry(lsn, 1, LogEntry.Kind.DATA, new byte[] {9});
      assertInstanceOf(Judgement.Already.class, judge(replayed));
    }
  }

  @Test
  void entryWithoutDataMovesThePositionOnly() throws WrongEntry {
    for (LogEntry.Kind kind : List.of(LogEntry.Kind.CONFIGURATION, LogEntry.Kind.METADATA)) {
      assertEquals(
          new Judgement.Passed(
              Applied.NOTHING, new Position(new LogPosition(11, 5), new Cursor(4, 6), 100)),
          judge(new LogEntry(11, 5, kind, new byte[] {9})));
    }
  }

  @Test
  void refusedBatchMovesThePositionOnly() throws WrongEntry {
    assertEquals(
        new Judgement.Passed(
            Applied.REFUSED, new Position(new LogPosition(11, 4), new Cursor(4, 6), 100)),
        judge(entry(11, 4, batch(fence(4, 7, 5), 100, put("a", "1")))));
  }

  @Test
  void refusedBatchMayBeOlderThanTheLastAccepted() throws WrongEntry {
    assertInstanceOf(
        Judgement.Passed.class, judge(entry(11, 5, batch(fence(4, 7, 6), 1, put("a", "1")))));
  }

  @Test
  void acceptedBatchIsNotOlderThanTheOneBefore() {
    assertWrong("hybrid time 99 is before 100", entry(11, 4, batch(fence(4, 7, 6), 99)));
  }

  @Test
  void holeIsWrong() {
    assertWrong("hole", entry(12, 4, batch(fence(4, 7, 6), 100)));
  }

  @Test
  void termThatGoesBackIsWrong() {
    assertWrong("term", new LogEntry(11, 3, LogEntry.Kind.METADATA, new byte[0]));
  }

  @Test
  void undecodableBatchIsWrong() {
    LogEntry entry = entry(11, 4, batch(fence(4, 7, 6), 100));
    byte[] payload = entry.payload().clone();
    payload[5] ^= 1;
    assertWrong("can't be read", new LogEntry(11, 4, LogEntry.Kind.DATA, payload));
  }

  @Test
  void batchOfAnotherTableIsWrong() {
    Batch other = new Batch(new UUID(1, 1), 3, fence(4, 7, 6), 100, List.of());
    assertWrong(new PartitionId(new UUID(1, 1), 3).toString(), entry(11, 4, other));
  }

  @Test
  void batchOfAnotherPartitionIsWrongEvenIfTheFenceRefusesIt() {
    Batch other = new Batch(PARTITION.table(), 4, fence(4, 7, 5), 100, List.of());
    assertWrong(PARTITION.table() + "-4", entry(11, 4, other));
  }
}
