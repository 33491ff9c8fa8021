package dev.assay.replicastore.store;

import dev.assay.logformat.FormatException;
import dev.assay.replicastore.PartitionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * Opens the data of a store's folder, and makes the first data of a new one. Damage that it meets
 * is kept as a finding: a store that does not open is no reason to make an empty one.
 */
final class StoreOpening {
  private static final String DOING = "opening the store";

  private final StoreFolder folder;
  private final SharedStorage shared;
  private final Findings findings;
  private final InstantSource clock;
  private final Consumer<Status> backgroundErrors;

  StoreOpening(
      StoreFolder folder,
      SharedStorage shared,
      Findings findings,
      InstantSource clock,
      Consumer<Status> backgroundErrors) {
    this.folder = folder;
    this.shared = shared;
    this.findings = findings;
    this.clock = clock;
    this.backgroundErrors = backgroundErrors;
  }

  /** Data that is open for writing, the position that it is at, and how far the archive was. */
  record Opened(OpenData data, Position position, @Nullable HeadRow head) {}

  Opened open() throws IOException {
    for (Findings.Kept kept : findings.list()) {
      throw new StoreDamaged(kept.finding(), kept.file());
    }
    try {
      if (folder.generation() == 0) {
        createFirst();
      }
      Path path = folder.data(folder.generation());
      if (!Files.exists(path.resolve("CURRENT"))) {
        throw damaged("CURRENT", path + " has no file CURRENT");
      }
      return swept(open(path));
    } catch (RocksDBException refused) {
      throw translated(refused);
    } catch (FormatException.Corrupt unreadable) {
      throw damaged(Finding.NO_FILE, String.valueOf(unreadable.getMessage()));
    }
  }

  /** What a crash left over is not needed any more, now that the data has opened. */
  private Opened swept(Opened opened) throws IOException, RocksDBException {
    try {
      folder.sweep();
      return opened;
    } catch (IOException | RuntimeException notSwept) {
      opened.data().close();
      throw notSwept;
    }
  }

  private void createFirst() throws IOException, RocksDBException {
    Path path = folder.data(1);
    DurableFiles.deleteTree(path);
    DurableFiles.createFolders(path);
    try (OpenData created = OpenData.open(path, true, shared, backgroundErrors)) {
      created.put(Rows.identityKey(), Rows.encode(folder.partition()));
      created.put(Rows.positionKey(), Position.NONE.encode());
      created.flush();
    }
    DurableFiles.syncTree(path);
    folder.commit(1);
  }

  /**
   * Opens one generation of the data.
   *
   * @throws FormatException when it is not a store's data, or not this partition's
   */
  Opened open(Path path) throws RocksDBException, FormatException {
    OpenData data = OpenData.open(path, false, shared, backgroundErrors);
    try {
      PartitionId owner = data.partition();
      if (!owner.equals(folder.partition())) {
        throw new FormatException.Corrupt("partition of " + path, folder.partition(), owner);
      }
      return new Opened(data, data.position(), data.head());
    } catch (RocksDBException | FormatException | RuntimeException unusable) {
      data.close();
      throw unusable;
    }
  }

  private StoreDamaged translated(RocksDBException refused) throws IOException {
    return switch (Fault.of(refused)) {
      case Fault.Damage(String file, String message) -> damaged(file, message);
      case Fault.Disk(StorageFailed.Kind kind, String _) ->
          throw new StorageFailed(kind, "partition " + folder.partition() + ", " + DOING, refused);
      case Fault.Mistake(String message) ->
          throw new IllegalStateException(
              "RocksDB refuses while " + DOING + " " + folder + ": " + message, refused);
    };
  }

  private StoreDamaged damaged(String file, String message) throws IOException {
    Finding finding =
        new Finding(
            folder.partition(), Position.NONE.applied(), clock.millis(), DOING, file, message);
    return new StoreDamaged(finding, findings.keep(finding));
  }
}
