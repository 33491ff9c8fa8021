package dev.assay.replicastore.store;

import static dev.assay.replicastore.store.TestLog.PARTITION;
import static dev.assay.replicastore.store.TestLog.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.FileEnvelope;
import dev.assay.logformat.FileKind;
import dev.assay.logformat.FormatException;
import dev.assay.replicastore.PartitionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreFolderTest {
  @TempDir Path temporary;

  private final TestLog log = new TestLog();
  private TestStore test;

  @BeforeEach
  void prepare() {
    test = new TestStore(temporary.resolve("deep/store"));
  }

  @AfterEach
  void close() {
    test.close();
  }

  private Path descriptor() {
    return test.folder.resolve("STORE");
  }

  private void makeAndClose() throws Exception {
    test.open().apply(log.data(put("a", "1")));
    test.store().close();
  }

  private static void assertSays(String expected, Throwable thrown) {
    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.contains(expected), message);
  }

  @Test
  void newFolderIsMadeWithItsDescriptor() throws Exception {
    makeAndClose();
    byte[] payload = FileEnvelope.unwrap(FileKind.STORE, 1, 1, Files.readAllBytes(descriptor()));
    assertEquals(
        "00000000000000070000000000000008" + "00000003" + "00000001",
        HexFormat.of().formatHex(payload));
    assertEquals(Map.of("a", "0 1"), TestStore.contents(test.open()));
  }

  @Test
  void folderOfANewerVersionIsTooNew() throws Exception {
    makeAndClose();
    Files.write(descriptor(), FileEnvelope.wrap(FileKind.STORE, 2, new byte[3]));
    assertThrows(FormatException.TooNew.class, test::open);
  }

  @Test
  void damagedDescriptorIsCorrupt() throws Exception {
    makeAndClose();
    TestStore.flipBit(descriptor(), 20);
    assertThrows(FormatException.Corrupt.class, test::open);
  }

  @Test
  void storeOfAnotherPartitionIsRefusedByName() throws Exception {
    makeAndClose();
    PartitionId other = new PartitionId(PARTITION.table(), 9);
    IOException refused =
        assertThrows(
            IOException.class,
            () ->
                PartitionStore.open(
                    test.folder,
                    other,
                    test.shared,
                    test.listener,
                    Runnable::run,
                    InstantSource.system()));
    assertSays(other.toString(), refused);
    assertSays(PARTITION.toString(), refused);
    assertEquals(List.of(), PartitionStore.findings(test.folder), "a mix-up is no damage");
  }

  @Test
  void dataWithoutDescriptorIsNeverAnEmptyStart() throws Exception {
    makeAndClose();
    Files.delete(descriptor());
    IOException refused = assertThrows(IOException.class, test::open);
    assertSays("no STORE", refused);
    assertFalse(Files.exists(descriptor()));
    assertTrue(Files.exists(test.folder.resolve("data-1/CURRENT")));
  }

  @Test
  void folderIsHeldByOneStoreAtATime() throws Exception {
    test.open();
    try (TestStore second = new TestStore(test.folder)) {
      assertSays("in use", assertThrows(IOException.class, second::open));
      assertTrue(lockedAgainstOtherProcesses());
      test.store().close();
      second.open();
    }
  }

  /** As another process sees it: {@code /proc/locks} names the inode of every locked file. */
  private boolean lockedAgainstOtherProcesses() throws IOException {
    Object inode = Files.getAttribute(test.folder.resolve("LOCK"), "unix:ino");
    try (Stream<String> locks = Files.lines(Path.of("/proc/locks"))) {
      return locks.anyMatch(line -> line.contains(":" + inode + " "));
    }
  }

  @Test
  void secondCloseDoesNotLetGoOfWhatSomebodyElseHolds() throws Exception {
    PartitionStore first = test.open();
    first.close();
    PartitionStore second = test.open();
    first.close();
    try (TestStore third = new TestStore(test.folder)) {
      assertSays("in use", assertThrows(IOException.class, third::open));
    }
    assertEquals(Map.of(), TestStore.contents(second));
  }

  @Test
  void refusedOpenLetsGoOfTheFolder() throws Exception {
    makeAndClose();
    byte[] descriptor = Files.readAllBytes(descriptor());
    Files.write(descriptor(), new byte[] {1});
    assertThrows(IOException.class, test::open);
    Files.write(descriptor(), descriptor);
    test.open();
  }

  @Test
  void crashBeforeTheDescriptorStartsOver() throws Exception {
    Files.createDirectories(test.folder);
    Files.write(test.folder.resolve("LOCK"), new byte[0]);
    Files.write(test.folder.resolve("STORE.tmp"), new byte[] {1, 2});
    assertEquals(Position.NONE, test.open().position());
    assertFalse(Files.exists(test.folder.resolve("STORE.tmp")));
  }

  @Test
  void crashWhileTheFirstDataIsMadeStartsOver() throws Exception {
    makeAndClose();
    byte[] payload =
        new BytesWriter().uuid(PARTITION.table()).i32(PARTITION.number()).i32(0).toBytes();
    Files.write(descriptor(), FileEnvelope.wrap(FileKind.STORE, 1, payload));
    Files.delete(test.folder.resolve("data-1/CURRENT"));
    assertEquals(Position.NONE, test.open().position());
    assertEquals(Map.of(), TestStore.contents(test.store()));
  }

  @Test
  void leftOversOfACrashAreSwept() throws Exception {
    makeAndClose();
    for (String folder : new String[] {"data-0", "data-2", "data-17", "unfinished/x", "incoming"}) {
      Files.createDirectories(test.folder.resolve(folder).resolve("sub"));
      Files.write(test.folder.resolve(folder).resolve("file"), new byte[9]);
    }
    Files.createDirectories(test.folder.resolve("findings"));
    Files.write(test.folder.resolve("findings/1-0.tmp"), new byte[9]);
    assertEquals(Map.of("a", "0 1"), TestStore.contents(test.open()));
    for (String folder : new String[] {"data-0", "data-2", "data-17", "unfinished", "incoming"}) {
      assertFalse(Files.exists(test.folder.resolve(folder)), folder);
    }
    assertFalse(Files.exists(test.folder.resolve("findings/1-0.tmp")));
    assertTrue(Files.exists(test.folder.resolve("data-1")));
  }

  @Test
  void nothingIsSweptWhenTheDataDoesNotOpen() throws Exception {
    makeAndClose();
    Files.delete(test.folder.resolve("data-1/CURRENT"));
    Files.createDirectories(test.folder.resolve("data-2"));
    assertThrows(StoreDamaged.class, test::open);
    assertTrue(Files.exists(test.folder.resolve("data-2")));
  }
}
