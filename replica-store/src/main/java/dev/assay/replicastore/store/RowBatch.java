package dev.assay.replicastore.store;

import java.nio.ByteBuffer;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * The rows of one write, collected in memory that is kept from write to write. For one thread at a
 * time.
 */
final class RowBatch implements AutoCloseable {
  /** A batch that grew beyond this gives its memory back. */
  private static final long KEPT_BYTES_MAX = 1 << 20;

  private WriteBatch rows = new WriteBatch();
  private ByteBuffer key = ByteBuffer.allocateDirect(256);
  private ByteBuffer value = ByteBuffer.allocateDirect(4096);

  void put(byte[] itemKey, long lsn, byte[] item) throws RocksDBException {
    value = cleared(value, Rows.LSN_BYTES + item.length);
    value.putLong(lsn).put(item).flip();
    rows.put(row(itemKey), value);
  }

  void delete(byte[] itemKey) throws RocksDBException {
    rows.delete(row(itemKey));
  }

  void position(Position position) throws RocksDBException {
    rows.put(Rows.positionKey(), position.encode());
  }

  void head(HeadRow head) throws RocksDBException {
    rows.put(Rows.headKey(), head.encode());
  }

  void writeTo(OpenData data) throws RocksDBException {
    data.write(rows);
  }

  void clear() {
    if (rows.getDataSize() > KEPT_BYTES_MAX) {
      rows.close();
      rows = new WriteBatch();
    } else {
      rows.clear();
    }
  }

  private ByteBuffer row(byte[] itemKey) {
    key = cleared(key, 1 + itemKey.length);
    key.put(Rows.ITEM).put(itemKey).flip();
    return key;
  }

  private static ByteBuffer cleared(ByteBuffer buffer, int size) {
    return buffer.capacity() >= size
        ? buffer.clear()
        : ByteBuffer.allocateDirect(Math.max(size, 2 * buffer.capacity()));
  }

  @Override
  public void close() {
    rows.close();
  }
}
