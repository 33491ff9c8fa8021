package dev.assay.replicastore.store;

import static dev.assay.replicastore.store.TestLog.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What RocksDB is told, as it writes it down itself. */
class OpenDataTest {
  @TempDir Path temporary;

  private TestStore test;

  @BeforeEach
  void open() throws Exception {
    test = new TestStore(temporary.resolve("store"));
    test.open().apply(new TestLog().data(put("a", "1")));
  }

  @AfterEach
  void close() {
    test.close();
  }

  private List<Path> files(String named) throws IOException {
    return DurableFiles.list(test.data()).stream()
        .filter(path -> path.getFileName().toString().matches(named))
        .toList();
  }

  @Test
  void optionsAreWhatTheDesignSays() throws IOException {
    String options = Files.readString(files("OPTIONS-\\d+").getLast());
    for (String expected :
        List.of(
            "paranoid_checks=true",
            "max_bgerror_resume_count=0",
            "avoid_flush_during_shutdown=true",
            "keep_log_file_num=2",
            "max_open_files=512",
            "stats_persist_period_sec=0",
            "compaction_filter=nullptr",
            "compaction_filter_factory=nullptr",
            "compression=kLZ4Compression",
            "checksum=kXXH3",
            "format_version=7",
            "filter_policy=bloomfilter:10",
            "whole_key_filtering=true",
            "partition_filters=false",
            "cache_index_and_filter_blocks=true",
            "pin_l0_filter_and_index_blocks_in_cache=true",
            "pin_top_level_index_and_filter=true")) {
      assertTrue(options.contains(expected), expected + " is not in " + options);
    }
  }

  @Test
  void rocksDbKeepsNoLogOfItsOwn() throws Exception {
    test.store().flush();
    for (Path log : files("\\d+\\.log")) {
      assertEquals(0, Files.size(log));
    }
  }

  @Test
  void readOnlyOpeningWritesNothing() throws Exception {
    CheckpointInfo checkpoint = test.store().checkpointNow(new UUID(1, 2));
    CheckpointManifest before = CheckpointManifest.of(checkpoint.folder());
    StateDigest.of(checkpoint.folder());
    try (OpenData data = OpenData.openReadOnly(checkpoint.data())) {
      data.verifyChecksums();
    }
    before.verify(checkpoint.folder());
  }
}
