package dev.assay.replicastore.store;

import dev.assay.logformat.BytesReader;
import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.FileEnvelope;
import dev.assay.logformat.FileKind;
import dev.assay.logformat.FormatException;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.consensus.LogPosition;
import java.time.Instant;

/**
 * Bytes of a store that could be read but not verified, or that are gone.
 *
 * @param applied how far the store had applied its log when it met them
 * @param atMs when, in milliseconds since 1970
 * @param doing what the store was doing
 * @param file the file's name in the store's data, or {@link #NO_FILE} when it is not known
 * @param message what RocksDB said, in its words
 */
public record Finding(
    PartitionId partition,
    LogPosition applied,
    long atMs,
    String doing,
    String file,
    String message) {
  public static final String NO_FILE = "unknown";

  private static final int VERSION = 1;

  byte[] encode() {
    byte[] payload =
        new BytesWriter()
            .uuid(partition.table())
            .i32(partition.number())
            .i64(applied.lsn())
            .i64(applied.term())
            .i64(atMs)
            .text(doing)
            .text(file)
            .text(message)
            .toBytes();
    return FileEnvelope.wrap(FileKind.FINDING, VERSION, payload);
  }

  static Finding decode(byte[] bytes) throws FormatException {
    BytesReader in =
        new BytesReader(FileEnvelope.unwrap(FileKind.FINDING, VERSION, VERSION, bytes));
    Finding finding =
        new Finding(
            new PartitionId(in.uuid("finding's table"), in.i32("finding's partition")),
            new LogPosition(in.i64("finding's position"), in.i64("finding's term")),
            in.i64("finding's time"),
            in.text("finding's occasion"),
            in.text("finding's file"),
            in.text("finding's message"));
    in.end("finding");
    return finding;
  }

  /** One line for people. */
  @Override
  public String toString() {
    return "partition %s: damage met while %s, at position %d, %s: file %s: %s"
        .formatted(
            partition, doing, applied.lsn(), Instant.ofEpochMilli(atMs), file, message.strip());
  }
}
