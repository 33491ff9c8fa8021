package dev.assay.replicastore.store;

import dev.assay.logformat.FormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.rocksdb.RocksDBException;

/**
 * The checkpoints of one store. One is taken in two steps, so that applying waits for the first
 * only: {@link #link} while nothing is applied, {@link #finish} whenever. Until it is finished a
 * checkpoint is in {@code unfinished/}, which is swept after a crash. Any thread may call.
 */
final class Checkpoints {
  private final StoreFolder folder;
  private final InstantSource clock;

  Checkpoints(StoreFolder folder, InstantSource clock) {
    this.folder = folder;
    this.clock = clock;
  }

  /**
   * Links the data's files, as they are now, into an unfinished checkpoint.
   *
   * @param position what the data holds now, its own row included
   * @throws RocksDBException when the store is damaged
   */
  synchronized CheckpointInfo link(OpenData data, UUID run, Position position)
      throws CheckpointFailed, RocksDBException {
    CheckpointInfo info =
        new CheckpointInfo(folder.partition(), run, position, clock.millis(), folder.unfinished());
    info = info.in(folder.unfinished().resolve(info.name()));
    try {
      requireNew(run);
      DurableFiles.createFolders(info.folder());
      data.linkInto(info.data());
      return info;
    } catch (IOException refused) {
      throw failed(info, refused);
    } catch (RocksDBException refused) {
      throw unlessDamage(info, refused);
    }
  }

  private void requireNew(UUID run) throws IOException, CheckpointFailed {
    for (Path parent : List.of(folder.unfinished(), folder.checkpoints())) {
      for (Path path : DurableFiles.list(parent)) {
        if (path.getFileName().toString().endsWith(run.toString())) {
          throw new CheckpointFailed("run " + run + " has a checkpoint already: " + path);
        }
      }
    }
  }

  /**
   * Reads back what was linked, and moves it to its place if it is what it should be.
   *
   * @throws RocksDBException when what was linked, and so the store, is damaged
   */
  CheckpointInfo finish(CheckpointInfo linked) throws CheckpointFailed, RocksDBException {
    try {
      requireReadsBack(linked);
      DurableFiles.write(linked.folder().resolve(CheckpointInfo.DESCRIPTOR), linked.encode());
      DurableFiles.syncTree(linked.folder());
      return moveToItsPlace(linked);
    } catch (IOException refused) {
      throw failed(linked, refused);
    } catch (RocksDBException refused) {
      throw unlessDamage(linked, refused);
    }
  }

  private static void requireReadsBack(CheckpointInfo linked) throws IOException, RocksDBException {
    try (OpenData data = OpenData.openReadOnly(linked.data())) {
      Position position = data.position();
      if (!position.equals(linked.position())) {
        throw new FormatException.Corrupt(
            "position that was read back", linked.position(), position);
      }
    }
  }

  private synchronized CheckpointInfo moveToItsPlace(CheckpointInfo linked) throws IOException {
    CheckpointInfo taken = linked.in(folder.checkpoints().resolve(linked.name()));
    DurableFiles.createFolders(folder.checkpoints());
    DurableFiles.move(linked.folder(), taken.folder());
    return taken;
  }

  /**
   * The finished checkpoints, by position.
   *
   * @throws IOException also when what one says about itself can't be read
   */
  synchronized List<CheckpointInfo> list() throws IOException {
    List<CheckpointInfo> infos = new ArrayList<>();
    for (Path path : DurableFiles.list(folder.checkpoints())) {
      infos.add(CheckpointInfo.read(path));
    }
    return infos;
  }

  /** Removes a run's finished checkpoint; returns whether there was one. */
  synchronized boolean release(UUID run) throws IOException {
    for (Path path : DurableFiles.list(folder.checkpoints())) {
      if (path.getFileName().toString().endsWith(run.toString())) {
        remove(path);
        return true;
      }
    }
    return false;
  }

  /** Removes the finished checkpoints that were taken before a time, and returns them. */
  synchronized List<CheckpointInfo> expire(Instant takenBefore) throws IOException {
    List<CheckpointInfo> expired =
        list().stream().filter(info -> info.createdAtMs() < takenBefore.toEpochMilli()).toList();
    for (CheckpointInfo info : expired) {
      remove(info.folder());
    }
    return expired;
  }

  /** By way of the unfinished, so that a crash does not leave a part of it in its place. */
  private void remove(Path checkpoint) throws IOException {
    Path leaving = folder.unfinished().resolve("leaving-" + checkpoint.getFileName());
    DurableFiles.createFolders(folder.unfinished());
    DurableFiles.deleteTree(leaving);
    DurableFiles.move(checkpoint, leaving);
    DurableFiles.deleteTree(leaving);
  }

  private static CheckpointFailed unlessDamage(CheckpointInfo info, RocksDBException refused)
      throws RocksDBException {
    if (Fault.of(refused) instanceof Fault.Damage) {
      throw refused;
    }
    return failed(info, refused);
  }

  /** Deletes what there is of it, so that it takes no space until the next open. */
  private static CheckpointFailed failed(CheckpointInfo info, Exception cause) {
    CheckpointFailed failed =
        new CheckpointFailed(
            "no checkpoint for run %s at position %d: %s"
                .formatted(info.run(), info.position().applied().lsn(), cause),
            cause);
    try {
      DurableFiles.deleteTree(info.folder());
    } catch (IOException leftOver) {
      failed.addSuppressed(leftOver);
    }
    return failed;
  }
}
