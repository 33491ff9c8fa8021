package dev.assay.replicastore.store;

import dev.assay.logformat.FormatException;
import dev.assay.logformat.Mutation.ArchiveHead;
import dev.assay.logformat.Sha256;
import dev.assay.replicastore.consensus.LogEntry;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How far the partition's log is archived, by the heads that were logged and accepted: the one that
 * reaches furthest. It is a row of the store, written in one write with the position:
 *
 * <pre>
 *   version (1 byte, 01)
 *   last archived position (8)
 *   SHA-256 of the manifest of the segment that ends there (32)
 *   position of the entry that said so (8)
 *   CRC-32C of everything before (4)
 * </pre>
 *
 * @param loggedAt the entry that carried it
 */
record HeadRow(ArchiveHead head, long loggedAt) {
  private static final int VERSION = 1;
  private static final int BYTES = 1 + Long.BYTES + Sha256.BYTES + Long.BYTES + Integer.BYTES;

  /**
   * The row after a head was accepted. A head that reaches no further than the one before changes
   * nothing: two leaders may log theirs in another order than they had archived.
   */
  static HeadRow after(@Nullable HeadRow before, ArchiveHead head, LogEntry entry) {
    return before != null && before.head.lastLsn() >= head.lastLsn()
        ? before
        : new HeadRow(head, entry.lsn());
  }

  byte[] encode() {
    ByteBuffer row = ByteBuffer.allocate(BYTES);
    row.put((byte) VERSION)
        .putLong(head.lastLsn())
        .put(head.manifest().toBytes())
        .putLong(loggedAt);
    row.putInt(checksum(row.array()));
    return row.array();
  }

  static HeadRow decode(byte[] bytes) throws FormatException {
    if (bytes.length != BYTES) {
      throw new FormatException.Corrupt("archive head row's length", BYTES, bytes.length);
    }
    ByteBuffer row = ByteBuffer.wrap(bytes);
    int checksum = checksum(bytes);
    int written = row.getInt(BYTES - Integer.BYTES);
    if (written != checksum) {
      throw new FormatException.Corrupt("archive head row's checksum", checksum, written);
    }
    int version = row.get();
    if (version != VERSION) {
      throw new FormatException.TooNew("archive head row", VERSION, version);
    }
    long lastLsn = row.getLong();
    byte[] manifest = new byte[Sha256.BYTES];
    row.get(manifest);
    return new HeadRow(new ArchiveHead(lastLsn, Sha256.ofBytes(manifest)), row.getLong());
  }

  private static int checksum(byte[] row) {
    CRC32C checksum = new CRC32C();
    checksum.update(row, 0, BYTES - Integer.BYTES);
    return (int) checksum.getValue();
  }
}
