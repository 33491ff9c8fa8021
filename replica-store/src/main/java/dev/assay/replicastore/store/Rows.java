package dev.assay.replicastore.store;

import dev.assay.logformat.FormatException;
import dev.assay.replicastore.PartitionId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;

/**
 * How keys and values are laid out in RocksDB.
 *
 * <pre>
 *   00 'I'   identity: table (16), partition (4)
 *   00 'P'   {@link Position}
 *   00 'A'   {@link HeadRow}; none before the first head
 *   01 key   an item: position of its last mutation (8), item bytes as they were logged
 * </pre>
 *
 * <p>Numbers are big-endian. Our own rows sort before all items.
 */
final class Rows {
  static final byte ITEM = 1;
  static final int LSN_BYTES = Long.BYTES;

  private static final byte[] IDENTITY = {0, 'I'};
  private static final byte[] POSITION = {0, 'P'};
  private static final byte[] HEAD = {0, 'A'};
  private static final byte[] ITEMS_BEGIN = {ITEM};
  private static final byte[] ITEMS_END = {ITEM + 1};

  private Rows() {}

  static byte[] identityKey() {
    return IDENTITY.clone();
  }

  static byte[] positionKey() {
    return POSITION.clone();
  }

  static byte[] headKey() {
    return HEAD.clone();
  }

  static byte[] itemsBegin() {
    return ITEMS_BEGIN.clone();
  }

  static byte[] itemsEnd() {
    return ITEMS_END.clone();
  }

  static byte[] itemKey(byte[] key) {
    byte[] row = new byte[1 + key.length];
    row[0] = ITEM;
    System.arraycopy(key, 0, row, 1, key.length);
    return row;
  }

  static byte[] keyOf(byte[] row) {
    return Arrays.copyOfRange(row, 1, row.length);
  }

  static StoredItem item(byte[] value) throws FormatException {
    if (value.length < LSN_BYTES) {
      throw new FormatException.Corrupt("item row's length", "at least " + LSN_BYTES, value.length);
    }
    long lsn = ByteBuffer.wrap(value).getLong();
    return new StoredItem(lsn, Arrays.copyOfRange(value, LSN_BYTES, value.length));
  }

  static byte[] encode(PartitionId partition) {
    return ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES)
        .putLong(partition.table().getMostSignificantBits())
        .putLong(partition.table().getLeastSignificantBits())
        .putInt(partition.number())
        .array();
  }

  static PartitionId partition(byte[] value) throws FormatException {
    if (value.length != 2 * Long.BYTES + Integer.BYTES) {
      throw new FormatException.Corrupt(
          "identity row's length", 2 * Long.BYTES + Integer.BYTES, value.length);
    }
    ByteBuffer row = ByteBuffer.wrap(value);
    return new PartitionId(new UUID(row.getLong(), row.getLong()), row.getInt());
  }
}
