package dev.assay.infra;

import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.FileEnvelope;
import dev.assay.logformat.FileKind;
import dev.assay.replicastore.consensus.LogFinding;
import dev.assay.replicastore.store.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what consensus finds wrong with a log, one file each, until somebody deals with it. */
final class LogFindingFiles implements LogFinding.Keeper {
  private static final Logger log = LoggerFactory.getLogger(LogFindingFiles.class);
  private static final int VERSION = 1;

  private final Path folder;

  LogFindingFiles(Path folder) {
    this.folder = folder;
  }

  @Override
  public synchronized void keep(LogFinding finding) {
    log.error(
        "{}: {} of {}: {}", finding.node(), finding.kind(), finding.partition(), finding.detail());
    byte[] payload =
        new BytesWriter()
            .uuid(finding.partition().table())
            .i32(finding.partition().number())
            .text(finding.node())
            .text(finding.kind().name())
            .text(finding.detail())
            .toBytes();
    try {
      DurableFiles.createFolders(folder.toAbsolutePath());
      DurableFiles.write(nextName(), FileEnvelope.wrap(FileKind.FINDING, VERSION, payload));
    } catch (IOException e) {
      throw new UncheckedIOException("a finding could not be kept in " + folder, e);
    }
  }

  private Path nextName() {
    int number = 1;
    while (Files.exists(name(number))) {
      number++;
    }
    return name(number);
  }

  private Path name(int number) {
    return folder.toAbsolutePath().resolve("log-%06d".formatted(number));
  }
}
