package dev.assay.replicastore.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The findings that are kept in a store's folder, a file each. A store with one does not open until
 * somebody has dealt with it and removed the file. Any thread may call.
 */
final class Findings {
  private final Path folder;

  Findings(Path folder) {
    this.folder = folder;
  }

  /** A finding and the file that keeps it. */
  record Kept(Finding finding, Path file) {}

  /** Makes the finding outlive this process. */
  synchronized Path keep(Finding finding) throws IOException {
    DurableFiles.createFolders(folder);
    Path file;
    int number = 0;
    do {
      file = folder.resolve("%020d-%d".formatted(finding.atMs(), number++));
    } while (Files.exists(file));
    DurableFiles.write(file, finding.encode());
    return file;
  }

  /**
   * @throws IOException also when a kept finding can't be read: that is no reason to forget it
   */
  List<Kept> list() throws IOException {
    List<Kept> kept = new ArrayList<>();
    for (Path file : DurableFiles.list(folder)) {
      if (!file.getFileName().toString().endsWith(DurableFiles.UNFINISHED)) {
        kept.add(new Kept(read(file), file));
      }
    }
    return kept;
  }

  private static Finding read(Path file) throws IOException {
    try {
      return Finding.decode(Files.readAllBytes(file));
    } catch (IOException unreadable) {
      throw new IOException(
          "the kept finding " + file + " can't be read: " + unreadable.getMessage(), unreadable);
    }
  }
}
