package dev.assay.replicastore.store;

import java.io.IOException;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;

/**
 * Puts a checkpoint in the place of a store's data, in steps that may each be the last before a
 * crash: {@link #verified}, {@link #stage}, {@link #commit}, {@link #sweep}. Before the commit the
 * store is what it was, after it the checkpoint.
 */
final class Installation {
  private final StoreFolder folder;
  private final CheckpointInfo checkpoint;
  private int generation;

  private Installation(StoreFolder folder, CheckpointInfo checkpoint) {
    this.folder = folder;
    this.checkpoint = checkpoint;
  }

  /**
   * Reads the whole checkpoint: that it is of this partition, that it is at the position that it
   * claims, and that every block of it has its checksum.
   */
  static Installation verified(StoreFolder folder, Path incoming) throws IOException {
    CheckpointInfo checkpoint = CheckpointInfo.read(incoming);
    require(incoming, "partition", folder.partition(), checkpoint.partition());
    try (OpenData data = OpenData.openReadOnly(checkpoint.data())) {
      require(incoming, "partition of the data", folder.partition(), data.partition());
      require(incoming, "position", checkpoint.position(), data.position());
      data.head(); // A checkpoint whose row can't be read is none.
      data.verifyChecksums();
    } catch (RocksDBException unreadable) {
      throw new IOException(
          "the checkpoint %s can't be installed: %s".formatted(incoming, unreadable.getMessage()),
          unreadable);
    }
    return new Installation(folder, checkpoint);
  }

  private static void require(Path incoming, String what, Object expected, Object actual)
      throws IOException {
    if (!expected.equals(actual)) {
      throw new IOException(
          "the checkpoint %s can't be installed: %s: expected %s, actual %s"
              .formatted(incoming, what, expected, actual));
    }
  }

  Position position() {
    return checkpoint.position();
  }

  /**
   * Moves the files to where the next generation is, and returns that. From here to the commit,
   * nobody else may install in this folder.
   */
  Path stage() throws IOException {
    generation = folder.generation() + 1;
    Path staged = folder.data(generation);
    DurableFiles.deleteTree(staged);
    DurableFiles.syncTree(checkpoint.data());
    DurableFiles.move(checkpoint.data(), staged);
    return staged;
  }

  void commit() throws IOException {
    folder.commit(generation);
  }

  /** Deletes the old data and what is left of the incoming checkpoint. */
  void sweep() throws IOException {
    folder.sweepData();
    DurableFiles.deleteTree(checkpoint.folder());
  }
}
