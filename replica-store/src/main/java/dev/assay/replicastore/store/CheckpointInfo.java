package dev.assay.replicastore.store;

import dev.assay.logformat.BytesReader;
import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.FileEnvelope;
import dev.assay.logformat.FileKind;
import dev.assay.logformat.FormatException;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.consensus.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A checkpoint: the store as it was at one position. Its folder holds {@code CHECKPOINT}, which
 * says what is here, and {@code data/}, which RocksDB can open read-only.
 *
 * @param run the run that asked for it; no two checkpoints of a store have the same
 * @param createdAtMs when it was taken, in milliseconds since 1970, by the node's clock
 */
public record CheckpointInfo(
    PartitionId partition, UUID run, Position position, long createdAtMs, Path folder) {
  public static final String DESCRIPTOR = "CHECKPOINT";
  public static final String DATA = "data";

  private static final int VERSION = 1;

  /** Reads what a checkpoint's folder says about it; does not look into its data. */
  public static CheckpointInfo read(Path folder) throws IOException {
    Path file = folder.resolve(DESCRIPTOR);
    BytesReader in =
        new BytesReader(
            FileEnvelope.unwrap(FileKind.CHECKPOINT, VERSION, VERSION, Files.readAllBytes(file)));
    CheckpointInfo info = decode(in, folder);
    in.end("checkpoint");
    return info;
  }

  private static CheckpointInfo decode(BytesReader in, Path folder) throws FormatException {
    return new CheckpointInfo(
        new PartitionId(in.uuid("checkpoint's table"), in.i32("checkpoint's partition")),
        in.uuid("checkpoint's run"),
        new Position(
            new LogPosition(in.i64("checkpoint's position"), in.i64("checkpoint's term")),
            new Position.Cursor(in.i64("checkpoint's cursor"), in.i64("checkpoint's cursor")),
            in.i64("checkpoint's hybrid time")),
        in.i64("checkpoint's creation"),
        folder);
  }

  byte[] encode() {
    byte[] payload =
        new BytesWriter()
            .uuid(partition.table())
            .i32(partition.number())
            .uuid(run)
            .i64(position.applied().lsn())
            .i64(position.applied().term())
            .i64(position.cursor().term())
            .i64(position.cursor().sequence())
            .i64(position.hybridTime())
            .i64(createdAtMs)
            .toBytes();
    return FileEnvelope.wrap(FileKind.CHECKPOINT, VERSION, payload);
  }

  /** Its RocksDB files. */
  public Path data() {
    return folder.resolve(DATA);
  }

  String name() {
    return "%020d-%s".formatted(position.applied().lsn(), run);
  }

  CheckpointInfo in(Path otherFolder) {
    return new CheckpointInfo(partition, run, position, createdAtMs, otherFolder);
  }
}
