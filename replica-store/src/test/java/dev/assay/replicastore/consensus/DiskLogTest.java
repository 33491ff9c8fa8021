package dev.assay.replicastore.consensus;

import static dev.assay.replicastore.consensus.LogFiles.entry;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.replicastore.consensus.EntryReader.EntriesDropped;
import dev.assay.replicastore.consensus.LogEntry.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.MetadataProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Log files in every state that consensus, or a bad disk, may leave them in. */
class DiskLogTest {
  @TempDir Path folder;
  private final AtomicLong committed = new AtomicLong(100);
  private LogFiles files;
  private DiskLog log;

  @BeforeEach
  void open() {
    files = new LogFiles(folder);
    log = new DiskLog(folder, committed::get);
  }

  private static void assertNext(EntryReader reader, long lsn, long term) throws IOException {
    LogEntry entry = reader.next();
    assertNotNull(entry, () -> "no entry " + lsn);
    assertEquals(new LogPosition(lsn, term), entry.position());
    assertEquals(Kind.DATA, entry.kind());
    assertEquals(
        new String(LogFiles.payload(lsn, term), US_ASCII), new String(entry.payload(), US_ASCII));
  }

  private static String failure(EntryReader reader) {
    return String.valueOf(assertThrows(IOException.class, reader::next).getMessage());
  }

  private static void overwrite(Path file, long at, byte... bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), at);
    }
  }

  @Test
  void entriesComeFromFileAfterFileAndFromTheMiddleOfOne() throws Exception {
    files.write(files.closed(3, 5), entry(3, 1), entry(4, 1), entry(5, 1));
    files.write(files.open(6), entry(6, 2), entry(7, 2), new byte[64]);
    assertEquals(3, log.firstLsn());
    try (EntryReader reader = log.read(4)) {
      assertNext(reader, 4, 1);
      assertNext(reader, 5, 1);
      assertNext(reader, 6, 2);
      assertNext(reader, 7, 2);
      assertNull(reader.next());
    }
  }

  @Test
  void everyKindIsMapped() throws Exception {
    RaftConfigurationProto members =
        RaftConfigurationProto.newBuilder()
            .addPeers(RaftPeerProto.newBuilder().setId(ByteString.copyFromUtf8("node-a")))
            .build();
    byte[] configuration =
        LogFiles.encode(
            LogEntryProto.newBuilder()
                .setTerm(1)
                .setIndex(0)
                .setConfigurationEntry(members)
                .build());
    byte[] metadata =
        LogFiles.encode(
            LogEntryProto.newBuilder()
                .setTerm(1)
                .setIndex(1)
                .setMetadataEntry(MetadataProto.newBuilder().setCommitIndex(9))
                .build());
    files.write(files.open(0), configuration, metadata, entry(2, 1));
    try (EntryReader reader = log.read(0)) {
      LogEntry first = reader.next();
      assertNotNull(first);
      assertEquals(Kind.CONFIGURATION, first.kind());
      assertArrayEquals(members.toByteArray(), first.payload());
      LogEntry second = reader.next();
      assertNotNull(second);
      assertEquals(Kind.METADATA, second.kind());
      assertEquals(0, second.payload().length);
      assertNext(reader, 2, 1);
    }
  }

  @Test
  void nothingIsReadThatIsNotCommitted() throws Exception {
    files.write(files.open(0), entry(0, 1), entry(1, 1));
    committed.set(-1);
    try (EntryReader reader = log.read(0)) {
      assertNull(reader.next());
      committed.set(0);
      assertNext(reader, 0, 1);
      assertNull(reader.next());
      committed.set(1);
      assertNext(reader, 1, 1);
    }
  }

  @Test
  void whatWasReadAheadBeforeItWasCommittedIsReadAgain() throws Exception {
    committed.set(0);
    byte[] first = entry(0, 1);
    Path file = files.write(files.open(0), first, entry(1, 1), entry(2, 1));
    try (EntryReader reader = log.read(0)) {
      assertNext(reader, 0, 1);
      // Another leader's entries take the place of those that were never committed.
      overwrite(file, 8 + first.length, entry(1, 2));
      overwrite(file, 8 + first.length + entry(1, 2).length, entry(2, 2));
      committed.set(2);
      assertNext(reader, 1, 2);
      assertNext(reader, 2, 2);
    }
  }

  @Test
  void anEndThatWasCutOffIsNotReadFromMemory() throws Exception {
    committed.set(0);
    byte[] first = entry(0, 1);
    Path file = files.write(files.open(0), first, entry(1, 1), entry(2, 1));
    try (EntryReader reader = log.read(0)) {
      assertNext(reader, 0, 1);
      try (FileChannel channel = FileChannel.open(file, WRITE)) {
        channel.truncate(8 + first.length);
      }
      Files.move(file, files.closed(0, 0));
      files.write(files.open(1), entry(1, 2));
      committed.set(1);
      assertNext(reader, 1, 2);
    }
  }

  @Test
  void anEndOfTheOpenFileIsNotHereYet() throws Exception {
    byte[] second = entry(1, 1);
    byte[] half = Arrays.copyOf(second, second.length / 2);
    Path file = files.write(files.open(0), entry(0, 1), half);
    try (EntryReader reader = log.read(0)) {
      assertNext(reader, 0, 1);
      assertNull(reader.next());
      assertNull(reader.next());
      files.append(file, Arrays.copyOfRange(second, half.length, second.length));
      assertNext(reader, 1, 1);
      assertNull(reader.next());
      long end = Files.size(file);
      files.append(file, new byte[500]);
      assertNull(reader.next());
      overwrite(file, end, entry(2, 1));
      assertNext(reader, 2, 1);
    }
  }

  @Test
  void aFileThatIsClosedWhileItIsReadGoesOnInTheNext() throws Exception {
    Path file = files.write(files.open(0), entry(0, 1));
    try (EntryReader reader = log.read(0)) {
      assertNext(reader, 0, 1);
      assertNull(reader.next());
      files.append(file, entry(1, 1));
      Files.move(file, files.closed(0, 1));
      files.write(files.open(2), entry(2, 1));
      assertNext(reader, 1, 1);
      assertNext(reader, 2, 1);
      assertNull(reader.next());
    }
  }

  @Test
  void aFileThatIsDeletedWhileItIsReadIsReadToItsEnd() throws Exception {
    Path file = files.write(files.closed(0, 2), entry(0, 1), entry(1, 1), entry(2, 1));
    files.write(files.closed(3, 3), entry(3, 1));
    files.write(files.open(4), entry(4, 1));
    try (EntryReader reader = log.read(0)) {
      assertNext(reader, 0, 1);
      Files.delete(file);
      assertNext(reader, 1, 1);
      assertNext(reader, 2, 1);
      Files.delete(files.closed(3, 3));
      EntriesDropped dropped = assertThrows(EntriesDropped.class, reader::next);
      assertEquals(
          "entry 3 is not in the log any more, which begins at entry 4", dropped.getMessage());
    }
  }

  @Test
  void aFileThatIsNotThereYetIsWaitedFor() throws Exception {
    try (EntryReader reader = log.read(0)) {
      assertNull(reader.next());
      assertEquals(101, log.firstLsn());
      files.write(files.open(0), entry(0, 1));
      assertNext(reader, 0, 1);
    }
  }

  @Test
  void zerosInAClosedFileAreDamage() throws Exception {
    byte[] first = entry(0, 1);
    Path file = files.write(files.closed(0, 1), first, new byte[100]);
    try (EntryReader reader = log.read(0)) {
      assertNext(reader, 0, 1);
      assertEquals(
          "log file "
              + file
              + " is damaged at byte "
              + (8 + first.length)
              + ", where entry 1 is due: expected entry 1 of 1, actual none",
          failure(reader));
    }
  }

  @Test
  void aCutEndOfAClosedFileIsDamage() throws Exception {
    Path file = files.write(files.closed(0, 1), entry(0, 1), Arrays.copyOf(entry(1, 1), 9));
    try (EntryReader reader = log.read(0)) {
      assertNext(reader, 0, 1);
      String message = failure(reader);
      assertTrue(message.startsWith("log file " + file + " is damaged at byte "), message);
      assertTrue(
          message.endsWith("expected the rest of an entry, actual the end of the file"), message);
    }
  }

  @Test
  void aFlippedBitIsDamageInEveryFile() throws Exception {
    byte[] first = entry(0, 1);
    for (Path name : new Path[] {files.open(0), files.closed(0, 1)}) {
      Path file = files.write(name, first, entry(1, 1));
      overwrite(file, 8 + first.length + 12, (byte) 0x55);
      try (EntryReader reader = log.read(0)) {
        assertNext(reader, 0, 1);
        String message = failure(reader);
        assertTrue(
            message.matches(
                ".* at byte \\d+, where entry 1 is due: expected checksum \\w{8}, actual \\w{8}"),
            message);
      }
      Files.delete(file);
    }
  }

  @Test
  void aHoleIsDamage() throws Exception {
    files.write(files.open(0), entry(0, 1), entry(2, 1));
    try (EntryReader reader = log.read(0)) {
      assertNext(reader, 0, 1);
      assertTrue(failure(reader).endsWith("expected entry 1, actual entry 2"));
    }
  }

  @Test
  void aFileThatIsMissingInTheMiddleIsDamage() throws Exception {
    files.write(files.closed(0, 0), entry(0, 1));
    files.write(files.open(2), entry(2, 1));
    try (EntryReader reader = log.read(0)) {
      assertNext(reader, 0, 1);
      assertTrue(
          failure(reader).contains("is damaged: expected a file with entry 1, actual files"));
    }
  }

  @Test
  void aTermThatFallsIsDamage() throws Exception {
    files.write(files.closed(0, 0), entry(0, 2));
    files.write(files.open(1), entry(1, 1));
    try (EntryReader reader = log.read(0)) {
      assertNext(reader, 0, 2);
      assertTrue(failure(reader).endsWith("expected term 2 or later at entry 1, actual term 1"));
    }
  }

  @Test
  void moreEntriesThanTheNameSaysAreDamage() throws Exception {
    files.write(files.closed(0, 0), entry(0, 1), entry(1, 1));
    files.write(files.open(1), entry(1, 1));
    try (EntryReader reader = log.read(0)) {
      assertNext(reader, 0, 1);
      assertTrue(failure(reader).endsWith("expected the end, actual entry 1"));
    }
  }

  @Test
  void entriesAreReadThatAreLargerThanTheBuffer() throws Exception {
    byte[] large = new byte[3_000_000];
    Arrays.fill(large, (byte) 7);
    Path file = files.write(files.open(0), entry(0, 1), entry(1, 1, large), entry(2, 1));
    assertTrue(Files.size(file) > large.length);
    try (EntryReader reader = log.read(0)) {
      assertNext(reader, 0, 1);
      LogEntry entry = reader.next();
      assertNotNull(entry);
      assertArrayEquals(large, entry.payload());
      assertNext(reader, 2, 1);
      assertNull(reader.next());
    }
  }

  @Test
  void aHeaderThatIsNoneIsDamage() throws Exception {
    Files.writeString(files.open(0), "RaftLog9");
    try (EntryReader reader = log.read(0)) {
      assertTrue(
          failure(reader).endsWith("expected the header RaftLog1, actual bytes 526166744c6f6739"));
    }
  }
}
