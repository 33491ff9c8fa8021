package dev.assay.archiver;

import dev.assay.logformat.BytesReader;
import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.FileEnvelope;
import dev.assay.logformat.FileKind;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.Mutation.ArchiveHead;
import dev.assay.logformat.Sha256;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far an agent has seen its partition archived, read back, and equal to its own log.
 *
 * <pre>
 *   file    envelope of kind ACUR, version 1, around
 *           table (16), partition (4)
 *           first LSN of the last segment (8), its last LSN (8), the term there (8)
 *           SHA-256 of the last manifest (32)
 *           chain digest (32)
 * </pre>
 *
 * @param firstLsn the first position of the last segment; -1 for none
 * @param lastLsn the last archived position; -1 for none
 * @param lastTerm the term of the entry there
 * @param manifest the digest of the last manifest's file
 * @param chain the chain's digest after the last segment
 */
public record ArchiveCursor(
    long firstLsn, long lastLsn, long lastTerm, Sha256 manifest, Sha256 chain) {
  static final ArchiveCursor NONE = new ArchiveCursor(-1, -1, 0, Sha256.NONE, Sha256.NONE);

  private static final int VERSION = 1;

  static ArchiveCursor after(Manifest manifest, byte[] file) {
    return new ArchiveCursor(
        manifest.segment().firstLsn(),
        manifest.segment().lastLsn(),
        manifest.segment().lastTerm(),
        Sha256.of(file),
        manifest.chain());
  }

  long nextLsn() {
    return lastLsn + 1;
  }

  /** What the log is told of it; null when nothing is archived. */
  @Nullable ArchiveHead head() {
    return lastLsn < 0 ? null : new ArchiveHead(lastLsn, manifest);
  }

  byte[] encode(UUID table, int partition) {
    byte[] payload =
        new BytesWriter()
            .uuid(table)
            .i32(partition)
            .i64(firstLsn)
            .i64(lastLsn)
            .i64(lastTerm)
            .bytes(manifest.toBytes())
            .bytes(chain.toBytes())
            .toBytes();
    return FileEnvelope.wrap(FileKind.ARCHIVE_CURSOR, VERSION, payload);
  }

  static ArchiveCursor decode(byte[] file, UUID table, int partition) throws FormatException {
    BytesReader in =
        new BytesReader(FileEnvelope.unwrap(FileKind.ARCHIVE_CURSOR, VERSION, VERSION, file));
    String owner = in.uuid("cursor's table") + "-" + in.i32("cursor's partition");
    if (!owner.equals(table + "-" + partition)) {
      throw new FormatException.Corrupt("cursor's partition", table + "-" + partition, owner);
    }
    ArchiveCursor cursor =
        new ArchiveCursor(
            in.i64("cursor's segment"),
            in.i64("cursor's position"),
            in.i64("cursor's term"),
            Sha256.ofBytes(in.bytes(Sha256.BYTES, "cursor's manifest")),
            Sha256.ofBytes(in.bytes(Sha256.BYTES, "cursor's chain")));
    in.end("cursor");
    return cursor;
  }
}
