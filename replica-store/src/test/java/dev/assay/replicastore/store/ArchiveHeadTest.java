package dev.assay.replicastore.store;

import static dev.assay.replicastore.store.TestLog.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.FormatException;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.Mutation.ArchiveHead;
import dev.assay.logformat.Sha256;
import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

class ArchiveHeadTest {
  @TempDir Path folder;

  private final TestLog log = new TestLog();
  private TestStore test;
  private PartitionStore store;

  @BeforeEach
  void open() throws IOException {
    test = new TestStore(folder.resolve("store"));
    store = test.open();
  }

  @AfterEach
  void close() {
    test.close();
  }

  private static ArchiveHead head(long lastLsn, int content) {
    return new ArchiveHead(lastLsn, Sha256.of(new byte[] {(byte) content}));
  }

  private void apply(Mutation... mutations) throws ReplicaStopped {
    store.apply(log.data(mutations));
  }

  @Test
  void aNewStoreHasNone() {
    assertNull(store.archiveHead());
  }

  @Test
  void theHeadIsWrittenWithThePositionAndTheItems() throws Exception {
    apply(put("a", "1"));
    apply(put("b", "1"), head(0, 1), new Mutation.Cut());
    assertEquals(head(0, 1), store.archiveHead());
    store.flush();
    store = test.reopenAfterCrash();
    assertEquals(head(0, 1), store.archiveHead());
    assertEquals("{a=0 1, b=1 1}", TestStore.contents(store).toString());
  }

  @Test
  void aHeadThatWasNotFlushedIsGoneWithItsPosition() throws Exception {
    apply(head(0, 1), new Mutation.Cut());
    store = test.reopenAfterCrash();
    assertNull(store.archiveHead());
    assertEquals(-1, store.position().applied().lsn());
  }

  @Test
  void theHeadThatReachesFurthestIsKept() throws Exception {
    apply(head(5, 1));
    apply(head(4, 2));
    assertEquals(head(5, 1), store.archiveHead());
    apply(head(5, 3));
    assertEquals(head(5, 1), store.archiveHead());
    apply(head(9, 4), head(8, 5));
    assertEquals(head(9, 4), store.archiveHead());
    store.flush();
    assertEquals(head(9, 4), test.reopenAfterCrash().archiveHead());
  }

  @Test
  void aRefusedHeadIsNotKept() throws Exception {
    apply(head(1, 1));
    assertEquals(Applied.REFUSED, store.apply(log.lateCopy(head(2, 2))));
    assertEquals(head(1, 1), store.archiveHead());
  }

  @Test
  void itTravelsWithACheckpoint() throws Exception {
    apply(put("a", "1"), head(3, 1));
    CheckpointInfo checkpoint = store.checkpointNow(new UUID(1, 1));
    try (TestStore other = new TestStore(folder.resolve("other"))) {
      PartitionStore behind = other.open();
      Path incoming = behind.incoming().resolve("x");
      Files.createDirectories(behind.incoming());
      TestStore.copyTree(checkpoint.folder(), incoming);
      behind.replaceWith(incoming);
      assertEquals(head(3, 1), behind.archiveHead());
      assertEquals(head(3, 1), other.reopenAfterCrash().archiveHead());
    }
  }

  @Test
  void aDamagedRowIsAFinding() throws Exception {
    apply(head(3, 1));
    store.flush();
    test.crash();
    byte[] row = new HeadRow(head(3, 1), 0).encode();
    row[9] ^= 1;
    forge(row);
    StoreDamaged damaged = assertThrows(StoreDamaged.class, test::open);
    String message = String.valueOf(damaged.getMessage());
    assertTrue(message.contains("archive head row's checksum"), message);
    assertEquals(1, PartitionStore.findings(test.folder).size());
  }

  @Test
  void aRowOfALaterVersionIsRefusedWithoutAFinding() throws Exception {
    test.crash();
    forge(laterVersion(new HeadRow(head(3, 1), 0).encode()));
    assertThrows(FormatException.TooNew.class, test::open);
    assertEquals(0, PartitionStore.findings(test.folder).size());
  }

  private static byte[] laterVersion(byte[] row) {
    row[0] = 2;
    CRC32C checksum = new CRC32C();
    checksum.update(row, 0, row.length - 4);
    ByteBuffer.wrap(row).putInt(row.length - 4, (int) checksum.getValue());
    return row;
  }

  private void forge(byte[] row) throws IOException, RocksDBException {
    try (OpenData data = OpenData.open(test.data(), false, test.shared, _ -> {})) {
      data.put(Rows.headKey(), row);
      data.flush();
    }
  }
}
