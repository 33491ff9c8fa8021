package dev.assay.archiver;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.assay.archiver.CommittedLog.Owner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Cursors in files of one folder, one per partition, replaced whole. */
final class CursorFiles implements CursorKeeper {
  private final Path folder;

  CursorFiles(Path folder) throws IOException {
    this.folder = folder.toAbsolutePath();
    Files.createDirectories(this.folder);
  }

  @Override
  public ArchiveCursor load(Owner owner) throws IOException {
    Path file = file(owner);
    try {
      return ArchiveCursor.decode(Files.readAllBytes(file), owner.tableId(), owner.partition());
    } catch (NoSuchFileException none) {
      return ArchiveCursor.NONE;
    } catch (IOException e) {
      throw new IOException(
          file
              + " can't be read: "
              + e.getMessage()
              + ". Delete it to have the agent compare the archive with its log from the log's"
              + " beginning.",
          e);
    }
  }

  @Override
  public void save(Owner owner, ArchiveCursor cursor) throws IOException {
    Path file = file(owner);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel = FileChannel.open(fresh, CREATE, WRITE, TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(cursor.encode(owner.tableId(), owner.partition()));
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

  private Path file(Owner owner) {
    return folder.resolve(owner.tableId() + "-" + owner.partition() + ".cursor");
  }
}
