package dev.assay.infra;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.referencebuilder.Partition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * When each partition's log was last folded from its beginning and came to what its reference says,
 * in files of one folder that are replaced whole. Any thread may call.
 */
final class Rebuilds {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

  private final Path folder;

  /**
   * @param lsn up to which it went
   * @param at when it was done
   * @param digest of the state there
   */
  record Rebuild(long lsn, String at, String digest) {}

  Rebuilds(Path folder) throws IOException {
    this.folder = folder.toAbsolutePath();
    Files.createDirectories(this.folder);
  }

  /** The last one; null when there was none that is known here. */
  @Nullable Rebuild last(Partition partition) throws IOException {
    Path file = file(partition);
    try {
      Rebuild rebuild = JSON.readValue(Files.readAllBytes(file), Rebuild.class);
      if (rebuild == null) {
        throw new IOException("it is null");
      }
      return rebuild;
    } catch (NoSuchFileException none) {
      return null;
    } catch (IOException e) {
      throw new IOException(
          file
              + " can't be read: "
              + e.getMessage()
              + ". Delete it, and run: assay reference build "
              + partition
              + " --from-genesis",
          e);
    }
  }

  void record(Partition partition, Rebuild rebuild) throws IOException {
    Path file = file(partition);
    Path fresh = file.resolveSibling(file.getFileName() + ".fresh");
    try (FileChannel channel = FileChannel.open(fresh, CREATE, WRITE, TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(rebuild));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, file, ATOMIC_MOVE, REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(folder, READ)) {
      channel.force(true);
    }
  }

  private Path file(Partition partition) {
    return folder.resolve(partition.tableId() + "-" + partition.partition() + ".json");
  }
}
