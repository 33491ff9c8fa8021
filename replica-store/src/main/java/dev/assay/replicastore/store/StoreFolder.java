package dev.assay.replicastore.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.assay.logformat.BytesReader;
import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.FileEnvelope;
import dev.assay.logformat.FileKind;
import dev.assay.logformat.FormatException;
import dev.assay.replicastore.PartitionId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The folder of one partition's store, held by one process at a time.
 *
 * <pre>
 *   STORE          of which partition, and which generation of the data is in use
 *   LOCK           locked while somebody has the folder
 *   data-G/        RocksDB's files, generation G
 *   checkpoints/   finished checkpoints: position (20 digits), dash, run
 *   unfinished/    checkpoints that are being taken or removed
 *   incoming/      checkpoints of other nodes that are being fetched
 *   findings/      damage that was met, until somebody has dealt with it
 * </pre>
 *
 * <p>{@code STORE} decides: replacing it moves the store from one generation to the next in one
 * step, so a crash leaves either the old data or the new. Generation 0 means that the first data
 * was never finished. Whatever {@code STORE} does not name, and everything unfinished or incoming,
 * is left over from a crash and is swept at the next open, once the data that it names has opened.
 * Data without a readable {@code STORE} is an error, never an empty start.
 */
final class StoreFolder implements AutoCloseable {
  private static final int VERSION = 1;
  private static final String STORE = "STORE";
  private static final String LOCK = "LOCK";
  private static final String DATA = "data-";
  private static final String INCOMING = "incoming";

  /**
   * The folders that this process holds. A second channel to a locked file must not even be opened
   * here: closing it would let go of the first one's lock.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path top;
  private final Path heldAs;
  private final PartitionId partition;
  private final FileChannel lock;
  private int generation;

  private StoreFolder(
      Path top, Path heldAs, PartitionId partition, FileChannel lock, int generation) {
    this.top = top;
    this.heldAs = heldAs;
    this.partition = partition;
    this.lock = lock;
    this.generation = generation;
  }

  /**
   * Takes the folder, and makes it if there is nothing yet.
   *
   * @throws FormatException when {@code STORE} is damaged or of another version
   * @throws IOException when the folder is another partition's, in use, or can't be read
   */
  static StoreFolder open(Path top, PartitionId partition) throws IOException {
    DurableFiles.createFolders(top);
    Path heldAs = top.toRealPath();
    if (!HELD.add(heldAs)) {
      throw inUse(top);
    }
    try {
      FileChannel lock = lock(top);
      try {
        return new StoreFolder(top, heldAs, partition, lock, readOrMake(top, partition));
      } catch (IOException | RuntimeException notOpened) {
        lock.close();
        throw notOpened;
      }
    } catch (IOException | RuntimeException notOpened) {
      HELD.remove(heldAs);
      throw notOpened;
    }
  }

  private static FileChannel lock(Path top) throws IOException {
    FileChannel channel = FileChannel.open(top.resolve(LOCK), CREATE, WRITE);
    try {
      if (channel.tryLock() == null) {
        throw inUse(top);
      }
      return channel;
    } catch (IOException | RuntimeException notLocked) {
      channel.close();
      throw notLocked;
    }
  }

  private static IOException inUse(Path top) {
    return new IOException("the store in " + top + " is in use");
  }

  /** The generation that is in use. */
  private static int readOrMake(Path top, PartitionId partition) throws IOException {
    Path store = top.resolve(STORE);
    if (!Files.exists(store)) {
      requireNothing(top);
      DurableFiles.write(store, encode(partition, 0));
    }
    return readGeneration(store, partition);
  }

  private static void requireNothing(Path top) throws IOException {
    List<String> expected = List.of(LOCK, STORE + DurableFiles.UNFINISHED, INCOMING);
    for (Path path : DurableFiles.list(top)) {
      if (!expected.contains(path.getFileName().toString())) {
        throw new IOException(
            """
            %s holds %s but no %s: what it holds is not known, and it is not started empty; \
            restore %s, or move the folder away and let the replica be rebuilt\
            """
                .formatted(top, path.getFileName(), STORE, STORE));
      }
    }
  }

  private static byte[] encode(PartitionId partition, int generation) {
    byte[] payload =
        new BytesWriter().uuid(partition.table()).i32(partition.number()).i32(generation).toBytes();
    return FileEnvelope.wrap(FileKind.STORE, VERSION, payload);
  }

  private static int readGeneration(Path store, PartitionId expected) throws IOException {
    BytesReader in =
        new BytesReader(
            FileEnvelope.unwrap(FileKind.STORE, VERSION, VERSION, Files.readAllBytes(store)));
    PartitionId actual = new PartitionId(in.uuid("store's table"), in.i32("store's partition"));
    int generation = in.i32("store's generation");
    in.end("store");
    if (!actual.equals(expected)) {
      throw new IOException(
          "%s is the store of another partition: expected %s, actual %s"
              .formatted(store.getParent(), expected, actual));
    }
    return generation;
  }

  /** 0 while there is no data yet. */
  int generation() {
    return generation;
  }

  Path data(int ofGeneration) {
    return top.resolve(DATA + ofGeneration);
  }

  Path checkpoints() {
    return top.resolve("checkpoints");
  }

  Path unfinished() {
    return top.resolve("unfinished");
  }

  Path incoming() {
    return top.resolve(INCOMING);
  }

  static Path findings(Path top) {
    return top.resolve("findings");
  }

  Path findings() {
    return findings(top);
  }

  PartitionId partition() {
    return partition;
  }

  /** From here on, after a crash too, the data is that of this generation. */
  void commit(int newGeneration) throws IOException {
    DurableFiles.write(top.resolve(STORE), encode(partition, newGeneration));
    generation = newGeneration;
  }

  /** Deletes the data of other generations. */
  void sweepData() throws IOException {
    for (Path path : DurableFiles.list(top)) {
      if (path.getFileName().toString().startsWith(DATA) && !path.equals(data(generation))) {
        DurableFiles.deleteTree(path);
      }
    }
  }

  /** Deletes everything that a crash may have left over. */
  void sweep() throws IOException {
    sweepData();
    DurableFiles.deleteTree(unfinished());
    DurableFiles.deleteTree(incoming());
    DurableFiles.deleteTree(top.resolve(STORE + DurableFiles.UNFINISHED));
    for (Path finding : DurableFiles.list(findings())) {
      if (finding.getFileName().toString().endsWith(DurableFiles.UNFINISHED)) {
        DurableFiles.deleteTree(finding);
      }
    }
  }

  @Override
  public String toString() {
    return top.toString();
  }

  @Override
  public void close() throws IOException {
    // Once only: after that the folder may be held by somebody else in this process.
    if (lock.isOpen()) {
      lock.close();
      HELD.remove(heldAs);
    }
  }
}
