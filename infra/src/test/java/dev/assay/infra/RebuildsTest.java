package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.referencebuilder.Partition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RebuildsTest {
  private static final Partition PARTITION = Partition.metadata("test");

  @TempDir Path folder;

  @Test
  void theLastOneIsRememberedAndNoneIsNone() throws IOException {
    assertNull(new Rebuilds(folder).last(PARTITION));
    var first = new Rebuilds.Rebuild(7, "2026-01-02T03:04:05Z", "ab");
    var second = new Rebuilds.Rebuild(9, "2026-01-03T03:04:05Z", "cd");
    new Rebuilds(folder).record(PARTITION, first);
    assertEquals(first, new Rebuilds(folder).last(PARTITION));
    new Rebuilds(folder).record(PARTITION, second);
    assertEquals(second, new Rebuilds(folder).last(PARTITION));
  }

  @Test
  void aFileThatCanNotBeReadIsAnErrorAndNeverNone() throws IOException {
    Rebuilds rebuilds = new Rebuilds(folder);
    rebuilds.record(PARTITION, new Rebuilds.Rebuild(7, "2026-01-02T03:04:05Z", "ab"));
    Path file;
    try (Stream<Path> files = Files.list(folder)) {
      file = files.toList().getFirst();
    }
    for (String content : List.of("", "{}", "null", "{\"lsn\": 1}", "[1", "\u0000")) {
      Files.writeString(file, content);
      IOException failure = assertThrows(IOException.class, () -> rebuilds.last(PARTITION));
      assertTrue(String.valueOf(failure.getMessage()).contains("--from-genesis"), content);
    }
  }
}
