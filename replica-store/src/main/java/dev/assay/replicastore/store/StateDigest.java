package dev.assay.replicastore.store;

import com.dynatrace.hash4j.hashing.HashStream128;
import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.assay.logformat.Digest128;
import dev.assay.logformat.ItemDigest;
import java.io.IOException;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;

/**
 * One digest of everything that a checkpoint holds, to compare replicas at one position. Reads the
 * checkpoint cold, so any process may make it.
 *
 * <p>Checks every item with its key and the position that it was written at, and every block on the
 * way. Does not say where two states differ, and does not read the blocks that no item needs
 * (filters); {@link Position} is reported beside the digest and is not part of it.
 *
 * <pre>
 *   XXH3-128 (seed 0) over, for each item in key order:
 *     length of the key (4), key, item digest (16), position of the last mutation (8)
 * </pre>
 *
 * <p>Numbers are big-endian.
 *
 * @param items how many there are
 * @param bytes of keys and items
 */
public record StateDigest(Position position, Digest128 digest, long items, long bytes) {

  /**
   * @throws IOException when the checkpoint can't be read to its end
   */
  public static StateDigest of(Path checkpoint) throws IOException {
    CheckpointInfo info = CheckpointInfo.read(checkpoint);
    Fold fold = new Fold();
    try (OpenData data = OpenData.openReadOnly(info.data())) {
      data.range(null, null, false, fold);
      return fold.result(data.position());
    } catch (RocksDBException unreadable) {
      throw new IOException(
          "the checkpoint %s can't be read: %s".formatted(checkpoint, unreadable.getMessage()),
          unreadable);
    }
  }

  private static final class Fold implements ItemVisitor {
    private final HashStream128 hash = Hashing.xxh3_128().hashStream();
    private long items;
    private long bytes;

    @Override
    public boolean visit(byte[] key, StoredItem item) {
      Digest128 digest = ItemDigest.of(key, item.bytes());
      hash.putInt(Integer.reverseBytes(key.length))
          .putBytes(key)
          .putLong(Long.reverseBytes(digest.high()))
          .putLong(Long.reverseBytes(digest.low()))
          .putLong(Long.reverseBytes(item.lsn()));
      items++;
      bytes += key.length + item.bytes().length;
      return true;
    }

    StateDigest result(Position position) {
      HashValue128 value = hash.get();
      return new StateDigest(
          position,
          new Digest128(value.getMostSignificantBits(), value.getLeastSignificantBits()),
          items,
          bytes);
    }
  }
}
