package dev.assay.referencebuilder;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.assay.archiver.ObjectStore;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.ReferenceRoot;
import dev.assay.logformat.ReferenceRoot.Pack;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.tree.Place;
import dev.assay.referencebuilder.Unprovable.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Packs on the local disk, so that a node is read from the store once.
 *
 * <p>Checks: the SHA-256 of every pack that it fetches, and of every node that it gives. A file
 * here that is damaged is fetched again; a pack that is damaged in the store is {@link Unprovable}.
 * When the folder has grown beyond its bound, the packs that were used longest ago go. Any thread
 * may call.
 */
final class PackCache implements Closeable {
  private static final int OPEN_FILES_MAX = 64;
  private static final String FRESH_SUFFIX = ".fresh";

  private final ObjectStore store;
  private final Path folder;
  private final long bytesMax;
  private final InstantSource clock;
  private final Map<Sha256, FileChannel> open =
      new LinkedHashMap<>(2 * OPEN_FILES_MAX, 0.75f, true);
  private long bytesRead;

  /**
   * @param folder which nobody else uses
   */
  PackCache(ObjectStore store, Path folder, long bytesMax, InstantSource clock) throws IOException {
    this.store = store;
    this.folder = folder;
    this.bytesMax = bytesMax;
    this.clock = clock;
    Files.createDirectories(folder);
    try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(folder, "*" + FRESH_SUFFIX)) {
      for (Path file : unfinished) {
        Files.delete(file);
      }
    }
  }

  /** The bytes of the node at a place of that root's tree, which are right by their SHA-256. */
  synchronized byte[] node(Partition partition, ReferenceRoot root, Place place)
      throws IOException {
    Pack pack = pack(partition, root, place);
    byte[] node = read(partition, root, pack, place);
    if (!Sha256.of(node).equals(place.sha256())) {
      drop(pack.sha256());
      node = read(partition, root, pack, place);
    }
    Sha256 actual = Sha256.of(node);
    if (!actual.equals(place.sha256())) {
      String detail =
          "node at offset %d: expected SHA-256 %s, actual %s"
              .formatted(place.offset(), place.sha256(), actual);
      throw damaged(Kind.CORRUPT, partition, root, pack, detail);
    }
    bytesRead += node.length;
    return node;
  }

  /** How many bytes of nodes it has given. */
  synchronized long bytesRead() {
    return bytesRead;
  }

  private static Pack pack(Partition partition, ReferenceRoot root, Place place) throws Unprovable {
    for (Pack pack : root.packs()) {
      if (pack.number() == place.pack() && place.offset() + (long) place.length() <= pack.bytes()) {
        return pack;
      }
    }
    throw new Unprovable(
        Kind.CORRUPT,
        partition.reference(),
        root.lsn(),
        root.lsn(),
        "a node lies in pack %d at offset %d, where the root's record knows none"
            .formatted(place.pack(), place.offset()));
  }

  private static Unprovable damaged(
      Kind kind, Partition partition, ReferenceRoot root, Pack pack, String detail) {
    String key = ArchivePaths.pack(partition.reference(), pack.sha256());
    return new Unprovable(kind, key, root.lsn(), root.lsn(), detail);
  }

  private byte[] read(Partition partition, ReferenceRoot root, Pack pack, Place place)
      throws IOException {
    FileChannel file = open.get(pack.sha256());
    if (file == null) {
      file = openFile(partition, root, pack);
    }
    ByteBuffer node = ByteBuffer.allocate(place.length());
    while (node.hasRemaining() && file.read(node, place.offset() + (long) node.position()) >= 0) {}
    return node.array();
  }

  private FileChannel openFile(Partition partition, ReferenceRoot root, Pack pack)
      throws IOException {
    Path file = file(pack.sha256());
    if (!Files.exists(file)) {
      fetch(partition, root, pack);
    }
    Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
    FileChannel channel = FileChannel.open(file, READ);
    open.put(pack.sha256(), channel);
    if (open.size() > OPEN_FILES_MAX) {
      close(open.keySet().iterator().next());
    }
    return channel;
  }

  private void fetch(Partition partition, ReferenceRoot root, Pack pack) throws IOException {
    String key = ArchivePaths.pack(partition.reference(), pack.sha256());
    byte[] bytes;
    try {
      bytes = BoundedReads.get(store, key, pack.bytes());
    } catch (FormatException e) {
      throw Unprovable.of(key, root.lsn(), root.lsn(), e);
    }
    if (bytes == null) {
      throw damaged(Kind.LOST, partition, root, pack, "expected a pack, actual none");
    }
    Sha256 actual = Sha256.of(bytes);
    if (!actual.equals(pack.sha256())) {
      String detail = "expected SHA-256 %s, actual %s".formatted(pack.sha256(), actual);
      throw damaged(Kind.CORRUPT, partition, root, pack, detail);
    }
    put(pack.sha256(), ByteBuffer.wrap(bytes));
  }

  /** Keeps a pack. */
  synchronized void put(Sha256 sha256, ByteBuffer pack) throws IOException {
    Path file = file(sha256);
    Path fresh = folder.resolve(sha256 + FRESH_SUFFIX);
    try (FileChannel channel = FileChannel.open(fresh, CREATE, WRITE, TRUNCATE_EXISTING)) {
      ByteBuffer rest = pack.duplicate();
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
    }
    Files.move(fresh, file, ATOMIC_MOVE, REPLACE_EXISTING);
    trim(file);
  }

  /** The newest file stays, however large it is: somebody is about to read it. */
  private void trim(Path newest) throws IOException {
    record Kept(Path file, long bytes, FileTime used) {}
    List<Kept> kept = new ArrayList<>();
    long sum = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.pack")) {
      for (Path file : files) {
        Kept each = new Kept(file, Files.size(file), Files.getLastModifiedTime(file));
        kept.add(each);
        sum += each.bytes();
      }
    }
    kept.sort(Comparator.comparing(Kept::used));
    for (Kept each : kept) {
      if (sum <= bytesMax) {
        return;
      }
      if (!each.file().equals(newest)) {
        Files.deleteIfExists(each.file());
        sum -= each.bytes();
      }
    }
  }

  private void drop(Sha256 sha256) throws IOException {
    close(sha256);
    Files.deleteIfExists(file(sha256));
  }

  private void close(Sha256 sha256) throws IOException {
    @Nullable FileChannel channel = open.remove(sha256);
    if (channel != null) {
      channel.close();
    }
  }

  private Path file(Sha256 sha256) {
    return folder.resolve(sha256 + ".pack");
  }

  @Override
  public synchronized void close() throws IOException {
    for (Sha256 sha256 : List.copyOf(open.keySet())) {
      close(sha256);
    }
  }
}
