package dev.assay.replicastore.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import dev.assay.replicastore.consensus.LogEntry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder with a store that a test opens, crashes, damages and opens again. */
final class TestStore implements AutoCloseable {
  final Path folder;
  final SharedStorage shared = new SharedStorage(16 << 20, 8 << 20, 1);
  final RecordingListener listener = new RecordingListener();
  Instant now = Instant.ofEpochMilli(1_700_000_000_000L);
  Executor executor = Runnable::run;

  private @Nullable PartitionStore store;

  TestStore(Path folder) {
    this.folder = folder;
  }

  PartitionStore open() throws IOException {
    InstantSource clock = () -> now;
    PartitionStore opened =
        PartitionStore.open(folder, TestLog.PARTITION, shared, listener, executor, clock);
    store = opened;
    return opened;
  }

  PartitionStore store() {
    PartitionStore open = store;
    if (open == null) {
      throw new IllegalStateException("not open");
    }
    return open;
  }

  /** Ends as a kill would: nothing is flushed. */
  void crash() {
    store().closeWithoutFlush();
  }

  PartitionStore reopenAfterCrash() throws IOException {
    crash();
    return open();
  }

  void applyAll(List<LogEntry> entries) throws ReplicaStopped {
    for (LogEntry entry : entries) {
      store().apply(entry);
    }
  }

  /** Everything that the store holds: key to position and item. */
  static SortedMap<String, String> contents(PartitionStore store) throws ReplicaStopped {
    SortedMap<String, String> contents = new TreeMap<>();
    store.range(
        null,
        null,
        false,
        (key, item) -> {
          contents.put(text(key), item.lsn() + " " + text(item.bytes()));
          return true;
        });
    return contents;
  }

  static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  Path data() throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths
          .filter(path -> path.getFileName().toString().startsWith("data-"))
          .findFirst()
          .orElseThrow();
    }
  }

  static List<Path> tables(Path data) throws IOException {
    try (Stream<Path> paths = Files.list(data)) {
      return new ArrayList<>(
          paths.filter(path -> path.toString().endsWith(".sst")).sorted().toList());
    }
  }

  static void flipBit(Path file, long offset) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(offset);
      int old = bytes.read();
      bytes.seek(offset);
      bytes.write(old ^ 1);
    }
  }

  static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }

  @Override
  public void close() {
    PartitionStore open = store;
    if (open != null) {
      open.closeWithoutFlush();
    }
    shared.close();
  }
}
