package dev.assay.replicastore;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.assay.logformat.BytesReader;
import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.FileEnvelope;
import dev.assay.logformat.FileKind;
import dev.assay.logformat.FormatException;
import dev.assay.replicastore.store.DurableFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A node's folder, held by one process at a time:
 *
 * <pre>
 *   NODE          format version, cluster, node: whose folder this is
 *   LOCK          locked while a process uses the folder
 *   log/          consensus's log, one folder per replication group
 *   partitions/   one store per partition
 *   incoming/     checkpoints being fetched from other nodes; emptied at start
 *   tls/          the node's key and certificate, unless configured elsewhere
 * </pre>
 *
 * A folder of a newer version is refused, and so is one of another node, or one that has data and
 * no {@code NODE} file: an empty start in place of data that can't be read would hide a loss.
 */
public final class NodeFolder implements AutoCloseable {
  private static final int VERSION = 1;
  private static final String NODE = "NODE";
  private static final String LOCK = "LOCK";

  private final Path folder;
  private final FileChannel lockFile;

  private NodeFolder(Path folder, FileChannel lockFile) {
    this.folder = folder;
    this.lockFile = lockFile;
  }

  /** Another process uses the folder. */
  public static final class Locked extends IOException {
    private static final long serialVersionUID = 1L;

    Locked(Path folder) {
      super(folder + " is in use by another process; stop that one first");
    }
  }

  public static NodeFolder open(Path folder, String cluster, String node) throws IOException {
    DurableFiles.createFolders(folder.toAbsolutePath());
    FileChannel lockFile = lock(folder);
    boolean opened = false;
    try {
      check(folder, cluster, node);
      NodeFolder made = new NodeFolder(folder, lockFile);
      DurableFiles.deleteTree(made.incoming());
      for (Path each : List.of(made.log(), made.partitions(), made.incoming())) {
        DurableFiles.createFolders(each.toAbsolutePath());
      }
      opened = true;
      return made;
    } finally {
      if (!opened) {
        lockFile.close();
      }
    }
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel = FileChannel.open(folder.resolve(LOCK), CREATE, WRITE);
    boolean locked = false;
    try {
      FileLock lock = channel.tryLock();
      locked = lock != null;
    } catch (OverlappingFileLockException e) {
      throw new Locked(folder);
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    if (!locked) {
      throw new Locked(folder);
    }
    return channel;
  }

  private static void check(Path folder, String cluster, String node) throws IOException {
    Path file = folder.resolve(NODE);
    if (Files.exists(file)) {
      checkOwner(file, cluster, node);
      return;
    }
    if (Files.exists(folder.resolve("log")) || Files.exists(folder.resolve("partitions"))) {
      throw new FormatException.Corrupt(
          folder + " has data; its file " + NODE + " that says whose", "to be there", "missing");
    }
    byte[] payload = new BytesWriter().text(cluster).text(node).toBytes();
    DurableFiles.write(file.toAbsolutePath(), FileEnvelope.wrap(FileKind.NODE, VERSION, payload));
  }

  private static void checkOwner(Path file, String cluster, String node) throws IOException {
    byte[] payload = FileEnvelope.unwrap(FileKind.NODE, VERSION, VERSION, Files.readAllBytes(file));
    BytesReader in = new BytesReader(payload);
    String owner = in.text("cluster") + "/" + in.text("node");
    in.end("node file");
    if (!owner.equals(cluster + "/" + node)) {
      throw new FormatException.Corrupt(file + " names its owner", cluster + "/" + node, owner);
    }
  }

  public Path log() {
    return folder.resolve("log");
  }

  public Path partitions() {
    return folder.resolve("partitions");
  }

  /** What was found wrong with the log, until somebody deals with it. */
  public Path findings() {
    return folder.resolve("findings");
  }

  public Path incoming() {
    return folder.resolve("incoming");
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
