package dev.assay.replicastore.remote;

import dev.assay.replicastore.NodeCalls;
import dev.assay.replicastore.NodeCalls.CallFailed;
import dev.assay.replicastore.NodeCalls.Checkpoint;
import dev.assay.replicastore.PartitionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Copies a checkpoint of another node into a folder here, for a replica that starts from it.
 *
 * <p>Checks that every listed file arrives with the size that was listed, and returns only after
 * files and folder are on disk. Does not check what is in the files: their own checksums do, when
 * the store opens them. Blocks; for any one thread.
 */
public final class CheckpointDownload {
  private static final int PART_BYTES = 1 << 20;

  private final NodeCalls source;
  private final PartitionId partition;
  private final UUID run;

  public CheckpointDownload(NodeCalls source, PartitionId partition, UUID run) {
    this.source = source;
    this.partition = partition;
    this.run = run;
  }

  /**
   * @param folder exists and is empty; what is in it after an exception is of no use
   * @throws CallFailed also when a file is shorter or longer than was listed
   * @throws IOException when a file can't be written
   */
  public Checkpoint into(Path folder) throws CallFailed, IOException {
    Checkpoint checkpoint = source.find(partition, run);
    for (Checkpoint.File file : checkpoint.files()) {
      copy(file, folder.resolve(file.name()));
    }
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
    return checkpoint;
  }

  private void copy(Checkpoint.File file, Path target) throws CallFailed, IOException {
    try (FileChannel out =
        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long copied = 0;
      byte[] part;
      do {
        part = source.read(partition, run, file.name(), copied, PART_BYTES);
        ByteBuffer rest = ByteBuffer.wrap(part);
        while (rest.hasRemaining()) {
          out.write(rest);
        }
        copied += part.length;
      } while (part.length > 0 && copied <= file.sizeBytes());
      if (copied != file.sizeBytes()) {
        throw new CallFailed.Unavailable(
            "%s of checkpoint %s: listed with %d bytes, but %s"
                .formatted(
                    file.name(),
                    run,
                    file.sizeBytes(),
                    copied > file.sizeBytes() ? "it has more" : "it has " + copied));
      }
      out.force(true);
    }
  }
}
