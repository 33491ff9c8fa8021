package dev.assay.logformat;

import static dev.assay.logformat.Refusals.assertIsAbout;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.assay.logformat.FormatException.Corrupt;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What {@link SegmentWriter} writes, {@link SegmentReader} reads, and nothing else. */
class SegmentObjectTest {
  private static final long ENOUGH = 1 << 20;

  private static List<Frame> frames(int count) {
    List<Frame> frames = new ArrayList<>();
    Random random = new Random(count);
    for (int lsn = 0; lsn < count; lsn++) {
      byte[] item = new byte[random.nextInt(300)];
      random.nextBytes(item);
      frames.add(lsn % 5 == 0 ? Segments.metadata(lsn, 1) : Segments.put(lsn, 1, item));
    }
    return frames;
  }

  @Test
  void framesComeBackAsTheyWere() throws IOException {
    for (int count : new int[] {0, 1, 2, 40, 2000}) {
      List<Frame> frames = frames(count);
      assertEquals(frames, Segments.read(Segments.object(frames), ENOUGH));
    }
  }

  @Test
  void anAccountOfWhatIsReadIsTheAccountOfWhatWasWritten() throws IOException {
    for (int count : new int[] {1, 2, 40, 2000}) {
      List<Frame> frames = frames(count);
      try (SegmentReader reader =
          new SegmentReader(new ByteArrayInputStream(Segments.object(frames)), ENOUGH)) {
        SegmentAccount account = new SegmentAccount(reader);
        for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
          account.add(frame, Segments.batch(frame));
        }
        assertEquals(Segments.account(frames).summary(), account.summary());
      }
    }
  }

  @Test
  void anAccountOfAReaderThatIsNotAtItsEndIsNotSummedUp() throws IOException {
    try (SegmentReader reader =
        new SegmentReader(new ByteArrayInputStream(Segments.object(frames(2))), ENOUGH)) {
      SegmentAccount account = new SegmentAccount(reader);
      Frame frame = Objects.requireNonNull(reader.next());
      account.add(frame, Segments.batch(frame));
      assertThrows(IllegalStateException.class, account::summary);
    }
  }

  /** Returns in how many portions. */
  private static int skipAll(SegmentReader reader) throws IOException {
    int portions = 1;
    while (reader.skip(50_000)) {
      portions++;
    }
    return portions;
  }

  @Test
  void whoSkipsTheFramesGetsTheSameDigests() throws IOException {
    for (int count : new int[] {1, 40, 2000}) {
      List<Frame> frames = frames(count);
      byte[] object = Segments.object(frames);
      try (SegmentReader reader = new SegmentReader(new ByteArrayInputStream(object), ENOUGH)) {
        assertThrows(IllegalStateException.class, reader::identity);
        assertThrows(IllegalStateException.class, reader::object);
        assertEquals(count == 2000, skipAll(reader) > 2);
        assertEquals(Segments.account(frames).summary().frames(), reader.identity());
        assertEquals(Sha256.of(object), reader.object());
        assertEquals(object.length, reader.objectBytes());
      }
    }
  }

  @Test
  void whoSkipsTheFramesMeetsDamage() throws IOException {
    byte[] object = Segments.object(frames(40));
    object[object.length / 2] ^= 1;
    try (SegmentReader reader = new SegmentReader(new ByteArrayInputStream(object), ENOUGH)) {
      assertThrows(FormatException.class, () -> skipAll(reader));
    }
  }

  @Test
  void writerAndAccountOfTheSameFramesHaveOneChecksum() throws IOException {
    List<Frame> frames = frames(40);
    SegmentAccount account = Segments.account(frames);
    assertThrows(IllegalStateException.class, account::checksum);
    account.summary();
    assertEquals(account.checksum(), checksumWritten(frames));
    assertNotEquals(account.checksum(), checksumWritten(frames.subList(0, 39)));
  }

  private static long checksumWritten(List<Frame> frames) throws IOException {
    SegmentWriter writer = new SegmentWriter(OutputStream.nullOutputStream());
    assertThrows(IllegalStateException.class, writer::checksum);
    for (Frame frame : frames) {
      writer.write(frame);
    }
    writer.close();
    return writer.checksum();
  }

  @Test
  void aLargeFrameComesBack() throws IOException {
    byte[] item = new byte[5 << 20];
    new Random(1).nextBytes(item);
    List<Frame> frames = List.of(Segments.put(0, 1, item), Segments.put(1, 1, new byte[5 << 20]));
    byte[] object = Segments.object(frames);
    assertEquals(frames, Segments.read(object, 11 << 20));
    assertTrue(object.length < SegmentWriter.OBJECT_BYTES_MAX);
  }

  @Test
  void anObjectThatTricklesIsReadAsAWholeOne() throws IOException {
    List<Frame> frames = frames(40);
    InputStream trickle =
        new ByteArrayInputStream(Segments.object(frames)) {
          @Override
          public synchronized int read(byte[] into, int offset, int length) {
            return super.read(into, offset, Math.min(1, length));
          }
        };
    try (SegmentReader reader = new SegmentReader(trickle, ENOUGH)) {
      for (Frame frame : frames) {
        assertEquals(frame, reader.next());
      }
      assertEquals(null, reader.next());
      assertEquals(null, reader.next());
    }
  }

  /** Where the frames stay as they were, only the object's digest tells. */
  @Test
  void everyFlippedBitIsRefusedOrLeavesTheFramesAsTheyWere() throws IOException {
    List<Frame> frames = frames(8);
    byte[] object = Segments.object(frames);
    int same = 0;
    for (int bit = 0; bit < 8 * object.length; bit++) {
      byte[] flipped = Checksums.flip(object, bit);
      assertNotEquals(Sha256.of(object), Sha256.of(flipped));
      try {
        assertEquals(frames, Segments.read(flipped, ENOUGH), "bit " + bit);
        same++;
      } catch (FormatException e) {
        assertTrue(String.valueOf(e.getMessage()).contains("expected"), e::toString);
      }
    }
    assertTrue(same < 64, same + " bits");
  }

  @Test
  void everyBeginningIsRefused() throws IOException {
    byte[] object = Segments.object(frames(8));
    for (int length = 0; length < object.length; length++) {
      byte[] beginning = Arrays.copyOf(object, length);
      assertThrows(FormatException.class, () -> Segments.read(beginning, ENOUGH));
    }
  }

  @Test
  void nothingMayFollow() throws IOException {
    byte[] object = Segments.object(frames(8));
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    twice.writeBytes(object);
    twice.writeBytes(object);
    byte[] skippable = {0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0};
    ByteArrayOutputStream skipped = new ByteArrayOutputStream();
    skipped.writeBytes(object);
    skipped.writeBytes(skippable);
    for (byte[] longer :
        List.of(
            Arrays.copyOf(object, object.length + 1), twice.toByteArray(), skipped.toByteArray())) {
      Corrupt refusal = assertThrows(Corrupt.class, () -> Segments.read(longer, ENOUGH));
      assertEquals(
          "segment object: expected no more bytes after the zstd frame, actual more",
          refusal.getMessage());
    }
  }

  @Test
  void moreFramesThanExpectedAreRefused() throws IOException {
    List<Frame> frames = frames(40);
    long size = Segments.account(frames).summary().framesBytes();
    byte[] object = Segments.object(frames);
    assertEquals(frames, Segments.read(object, size));
    Corrupt refusal = assertThrows(Corrupt.class, () -> Segments.read(object, size - 1));
    assertIsAbout("segment's content", refusal);
  }

  @Test
  void aFewBytesThatBecomeManyAreRefusedBeforeTheyDo() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(bomb, 19)) {
      zstd.setChecksum(true).setWindowLog(20);
      FrameCodec.writeHeader(zstd);
      byte[] head =
          new BytesWriter()
              .i32(FrameCodec.PAYLOAD_BYTES_MAX)
              .i64(0)
              .i64(0)
              .u8(1)
              .checksum(0)
              .toBytes();
      zstd.write(head);
      for (int i = 0; i < 256; i++) {
        zstd.write(new byte[1 << 20]);
      }
    }
    assertTrue(bomb.size() < 1 << 16, "a bomb is small");
    Corrupt refusal = assertThrows(Corrupt.class, () -> Segments.read(bomb.toByteArray(), 1 << 20));
    assertIsAbout("segment's content", refusal);
  }

  @Test
  void aWindowThatTakesMuchMemoryIsRefused() throws IOException {
    byte[] object = Segments.object(frames(2));
    object[5] = (byte) ((13 << 3) + 1);
    Corrupt refusal = assertThrows(Corrupt.class, () -> Segments.read(object, ENOUGH));
    assertEquals(
        "window of the segment object: expected at most 104, actual 105", refusal.getMessage());
  }

  @Test
  void aFrameWithoutAChecksumIsRefused() throws IOException {
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    try (ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(object, 1)) {
      FrameCodec.writeHeader(zstd);
    }
    Corrupt refusal =
        assertThrows(Corrupt.class, () -> Segments.read(object.toByteArray(), ENOUGH));
    assertEquals("flags of the segment object: expected 04, actual 00", refusal.getMessage());
  }

  @Test
  void anotherFileIsRefused() {
    Corrupt refusal = assertThrows(Corrupt.class, () -> Segments.read(new byte[100], ENOUGH));
    assertEquals(
        "magic of the segment object: expected 28b52ffd, actual 00000000", refusal.getMessage());
  }

  @Test
  void aFailureOfTheStreamIsNoDamage() {
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("connection reset");
          }
        };
    IOException failure =
        assertThrows(
            IOException.class,
            () -> {
              try (SegmentReader reader = new SegmentReader(failing, ENOUGH)) {
                reader.next();
              }
            });
    assertEquals("connection reset", failure.getMessage());
  }

  @Test
  void closingLeavesTheStreamOpenAndTwiceIsOnce() throws IOException {
    ByteArrayOutputStream object =
        new ByteArrayOutputStream() {
          @Override
          public void close() {
            throw new AssertionError("closed");
          }
        };
    SegmentWriter writer = new SegmentWriter(object);
    writer.close();
    int size = object.size();
    writer.close();
    assertEquals(size, object.size());
  }
}
