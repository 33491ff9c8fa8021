package dev.assay.replicastore.store;

import dev.assay.logformat.Fence;
import dev.assay.logformat.FormatException;
import dev.assay.replicastore.consensus.LogPosition;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How far a store has applied its log, and what it needs to judge the next entry. It is a row of
 * the store, written in one write with the data that it covers:
 *
 * <pre>
 *   version (1 byte, 01)
 *   applied: position (8), term (8)
 *   cursor: term (8), sequence (8)
 *   hybrid time (8)
 *   CRC-32C of everything before (4)
 * </pre>
 *
 * @param applied the last entry that was applied
 * @param cursor the last batch that was accepted
 * @param hybridTime that of the last batch that was accepted; 0 before the first
 */
public record Position(LogPosition applied, Cursor cursor, long hybridTime) {
  static final Position NONE = new Position(LogPosition.NONE, new Cursor(0, 0), 0);

  private static final int VERSION = 1;
  private static final int BYTES = 1 + 5 * Long.BYTES + Integer.BYTES;

  /** The term and sequence of the last accepted batch; 0 and 0 before the first. */
  public record Cursor(long term, long sequence) {

    /** Whether a batch with this fence, in an entry of this term, is the next to be accepted. */
    boolean accepts(Fence fence, long entryTerm) {
      long last = fence.term() == term ? sequence : 0;
      return fence.term() == entryTerm && fence.term() >= term && fence.follows() == last;
    }
  }

  /** After an entry that changed nothing. */
  Position after(LogPosition entry) {
    return new Position(entry, cursor, hybridTime);
  }

  byte[] encode() {
    ByteBuffer row = ByteBuffer.allocate(BYTES);
    row.put((byte) VERSION)
        .putLong(applied.lsn())
        .putLong(applied.term())
        .putLong(cursor.term())
        .putLong(cursor.sequence())
        .putLong(hybridTime);
    row.putInt(checksum(row.array()));
    return row.array();
  }

  static Position decode(byte[] bytes) throws FormatException {
    if (bytes.length != BYTES) {
      throw new FormatException.Corrupt("position row's length", BYTES, bytes.length);
    }
    ByteBuffer row = ByteBuffer.wrap(bytes);
    int checksum = checksum(bytes);
    if (row.getInt(BYTES - Integer.BYTES) != checksum) {
      throw new FormatException.Corrupt(
          "position row's checksum", checksum, row.getInt(BYTES - Integer.BYTES));
    }
    int version = row.get();
    if (version != VERSION) {
      throw new FormatException.TooNew("position row", VERSION, version);
    }
    return new Position(
        new LogPosition(row.getLong(), row.getLong()),
        new Cursor(row.getLong(), row.getLong()),
        row.getLong());
  }

  private static int checksum(byte[] row) {
    CRC32C checksum = new CRC32C();
    checksum.update(row, 0, BYTES - Integer.BYTES);
    return (int) checksum.getValue();
  }
}
