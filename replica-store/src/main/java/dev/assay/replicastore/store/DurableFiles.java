package dev.assay.replicastore.store;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/**
 * The file system as this package uses it: what a method here has done is still done after a power
 * cut, and a file is either wholly there or not at all. Any thread may call, an interrupted one
 * too.
 */
public final class DurableFiles {
  /** Ends the name of a file that is being written. */
  static final String UNFINISHED = ".tmp";

  private DurableFiles() {}

  /** Writes the file, in place of an older one if there is one. */
  public static void write(Path file, byte[] bytes) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
    uninterrupted(
        () -> {
          try (FileChannel channel =
              FileChannel.open(unfinished, CREATE, TRUNCATE_EXISTING, WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
              channel.write(rest);
            }
            channel.force(true);
          }
        });
    Files.move(unfinished, file, ATOMIC_MOVE);
    sync(parent(file));
  }

  /** Renames a file or folder; it has to stay in one file system. */
  static void move(Path from, Path to) throws IOException {
    Files.move(from, to, ATOMIC_MOVE);
    sync(parent(to));
    if (!parent(from).equals(parent(to))) {
      sync(parent(from));
    }
  }

  public static void createFolders(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = parent(folder);
    createFolders(parent);
    Files.createDirectory(folder);
    sync(parent);
  }

  /** Everything that is in the folder, and the folder itself. */
  static void syncTree(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.toList()) {
        sync(path);
      }
    }
  }

  /** A file or a folder. */
  static void sync(Path path) throws IOException {
    uninterrupted(
        () -> {
          try (FileChannel channel = FileChannel.open(path, READ)) {
            channel.force(true);
          }
        });
  }

  @FunctionalInterface
  private interface FileStep {
    void take() throws IOException;
  }

  /**
   * Runs on a thread that nobody interrupts. An interrupt closes the file that the thread is at
   * work on, which would look like a disk that fails, and hide it when the disk does fail. Not a
   * virtual thread: those may all be waiting in RocksDB for the thread that calls this.
   */
  private static void uninterrupted(FileStep step) throws IOException {
    FutureTask<Boolean> task =
        new FutureTask<>(
            () -> {
              step.take();
              return true;
            });
    Thread.ofPlatform().daemon().name("assay-store-file").start(task);
    boolean interrupted = false;
    boolean done = false;
    try {
      while (!done) {
        try {
          done = task.get();
        } catch (InterruptedException asked) {
          interrupted = true;
        }
      }
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof IOException refused) {
        throw refused;
      }
      throw new IllegalStateException(failed.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Deletes what is there, and does not mind if nothing is. Follows no link. */
  public static void deleteTree(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(path)) {
      for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
    sync(parent(path));
  }

  /** What is in a folder, by name; nothing when there is no such folder. */
  static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(folder)) {
      return new ArrayList<>(paths.sorted().toList());
    }
  }

  private static Path parent(Path path) {
    Path parent = path.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException("the root folder can't be used here: " + path);
    }
    return parent;
  }
}
