package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Follows the frames of one partition's log, and refuses the first that does not belong there.
 *
 * <p>Checks: each LSN is the one after the last; no term is below the one before; the payload of a
 * {@code DATA} frame is one whole batch, of this table and partition; the other kinds have an empty
 * payload.
 *
 * <p>Does not check: whether a batch is accepted or refused, times, and what keys and items hold.
 * For one thread at a time.
 */
public final class SegmentCheck {
  private final UUID table;
  private final int partition;
  private long lsnExpected;
  private long termMin;

  /**
   * @param firstLsn of the first frame
   * @param termMin of the frame before that; 0 when there is none
   */
  public SegmentCheck(UUID table, int partition, long firstLsn, long termMin) {
    this.table = table;
    this.partition = partition;
    this.lsnExpected = firstLsn;
    this.termMin = termMin;
  }

  /**
   * The frame's batch; null when it is of another kind than {@code DATA}.
   *
   * @throws FormatException which names the LSN; after it, the check is of no more use
   */
  public @Nullable Batch check(Frame frame) throws FormatException {
    if (frame.lsn() != lsnExpected) {
      throw new Corrupt("frame's LSN", lsnExpected, frame.lsn());
    }
    String where = "frame at LSN " + frame.lsn();
    if (frame.term() < termMin) {
      throw new Corrupt(where + ": term", "at least " + termMin, frame.term());
    }
    Batch batch =
        switch (frame.kind()) {
          case DATA -> decode(frame.payload(), where);
          case CONFIGURATION, METADATA -> {
            if (frame.payload().length != 0) {
              throw new Corrupt(
                  where + ": payload of kind " + frame.kind(),
                  "0 bytes",
                  frame.payload().length + " bytes");
            }
            yield null;
          }
        };
    lsnExpected++;
    termMin = frame.term();
    return batch;
  }

  private Batch decode(byte[] payload, String where) throws FormatException {
    Batch batch;
    try {
      batch = BatchCodec.decode(payload);
    } catch (FormatException e) {
      throw e.in(where);
    }
    if (!batch.table().equals(table)) {
      throw new Corrupt(where + ": batch's table", table, batch.table());
    }
    if (batch.partition() != partition) {
      throw new Corrupt(where + ": batch's partition", partition, batch.partition());
    }
    return batch;
  }
}
