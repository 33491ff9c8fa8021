package dev.assay.replicastore.store;

import dev.assay.logformat.Batch;
import dev.assay.logformat.BatchCodec;
import dev.assay.logformat.FormatException;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.consensus.LogEntry;
import dev.assay.replicastore.consensus.LogPosition;

/**
 * Decides what an entry does, from its bytes and the position alone. Every replica decides the
 * same, and so does the reference, by code of its own.
 */
final class EntryJudge {
  private EntryJudge() {}

  sealed interface Judgement {

    /** It was applied before. */
    record Already() implements Judgement {}

    /** It changes nothing but the position. */
    record Passed(Applied how, Position after) implements Judgement {}

    /** Its mutations are to be done. */
    record Accepted(Batch batch, Position after) implements Judgement {}
  }

  static Judgement judge(PartitionId partition, Position before, LogEntry entry) throws WrongEntry {
    LogPosition applied = before.applied();
    if (entry.lsn() <= applied.lsn()) {
      return new Judgement.Already();
    }
    requireNext(partition, applied, entry);
    LogPosition here = new LogPosition(entry.lsn(), entry.term());
    return switch (entry.kind()) {
      case CONFIGURATION, METADATA -> new Judgement.Passed(Applied.NOTHING, before.after(here));
      case DATA -> judge(partition, before, entry, here);
    };
  }

  private static Judgement judge(
      PartitionId partition, Position before, LogEntry entry, LogPosition here) throws WrongEntry {
    Batch batch = decode(partition, entry);
    PartitionId owner = new PartitionId(batch.table(), batch.partition());
    if (!owner.equals(partition)) {
      throw wrong(partition, entry, "its batch is of partition " + owner);
    }
    if (!before.cursor().accepts(batch.fence(), entry.term())) {
      return new Judgement.Passed(Applied.REFUSED, before.after(here));
    }
    if (batch.hybridTime() < before.hybridTime()) {
      throw wrong(
          partition,
          entry,
          "its hybrid time %d is before %d, that of the batch before"
              .formatted(batch.hybridTime(), before.hybridTime()));
    }
    Position.Cursor cursor = new Position.Cursor(batch.fence().term(), batch.fence().sequence());
    return new Judgement.Accepted(batch, new Position(here, cursor, batch.hybridTime()));
  }

  private static void requireNext(PartitionId partition, LogPosition applied, LogEntry entry)
      throws WrongEntry {
    if (entry.lsn() != applied.lsn() + 1) {
      throw wrong(partition, entry, "the log has a hole: expected position " + (applied.lsn() + 1));
    }
    if (entry.term() < applied.term()) {
      throw wrong(
          partition,
          entry,
          "its term is below %d, that of the entry before".formatted(applied.term()));
    }
  }

  private static Batch decode(PartitionId partition, LogEntry entry) throws WrongEntry {
    try {
      return BatchCodec.decode(entry.payload());
    } catch (FormatException unreadable) {
      throw new WrongEntry(
          message(partition, entry, "its batch can't be read: " + unreadable.getMessage()),
          unreadable);
    }
  }

  static WrongEntry wrong(PartitionId partition, LogEntry entry, String what) {
    return new WrongEntry(message(partition, entry, what));
  }

  private static String message(PartitionId partition, LogEntry entry, String what) {
    return "partition %s: the entry at position %d, term %d, can't be applied: %s"
        .formatted(partition, entry.lsn(), entry.term(), what);
  }
}
