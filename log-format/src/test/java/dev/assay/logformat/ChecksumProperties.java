package dev.assay.logformat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatException.CutShort;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What carries a checksum: whole, it comes back as it was; with one bit changed, it is damage. */
class ChecksumProperties {

  @Property(tries = 300)
  void batchesComeBackAndNoBitOfThemCanChange(@ForAll long seed) throws FormatException {
    Batch batch = new Arbitrary(seed).batch();
    byte[] bytes = BatchCodec.encode(batch);
    assertEquals(batch, BatchCodec.decode(bytes));
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      byte[] flipped = Checksums.flip(bytes, bit);
      assertThrows(Corrupt.class, () -> BatchCodec.decode(flipped));
    }
  }

  @Property(tries = 300)
  void filesComeBackAndNoBitOfThemCanChange(@ForAll long seed) throws FormatException {
    byte[] payload = new Arbitrary(seed).bytes();
    byte[] file = FileEnvelope.wrap(FileKind.VOUCH, 3, payload);
    assertArrayEquals(payload, FileEnvelope.unwrap(FileKind.VOUCH, 3, 3, file));
    for (int bit = 0; bit < 8 * file.length; bit++) {
      byte[] flipped = Checksums.flip(file, bit);
      assertThrows(Corrupt.class, () -> FileEnvelope.unwrap(FileKind.VOUCH, 3, 3, flipped));
    }
  }

  @Property(tries = 300)
  void framesComeBackAndNoBitOfThemCanChange(@ForAll long seed) throws IOException {
    Arbitrary arbitrary = new Arbitrary(seed);
    List<Frame> frames = new ArrayList<>();
    for (int i = arbitrary.below(4); i > 0; i--) {
      frames.add(arbitrary.frame());
    }
    byte[] stream = stream(frames);
    assertEquals(frames, read(stream));
    for (int bit = 0; bit < 8 * stream.length; bit++) {
      byte[] flipped = Checksums.flip(stream, bit);
      assertThrows(Corrupt.class, () -> read(flipped));
    }
  }

  @Property(tries = 300)
  void aStreamThatIsCutEndsCleanlyOnlyBetweenFrames(@ForAll long seed) throws IOException {
    Arbitrary arbitrary = new Arbitrary(seed);
    List<Frame> frames = List.of(arbitrary.frame(), arbitrary.frame());
    byte[] stream = stream(frames);
    int headEnd = stream(List.of()).length;
    int firstEnd = stream(frames.subList(0, 1)).length;
    for (int length = 0; length < stream.length; length++) {
      byte[] cut = Arrays.copyOf(stream, length);
      if (length == headEnd) {
        assertEquals(List.of(), read(cut));
      } else if (length == firstEnd) {
        assertEquals(frames.subList(0, 1), read(cut));
      } else {
        assertThrows(CutShort.class, () -> read(cut));
      }
    }
  }

  /** An outer checksum must not lose what an inner one of the same kind has already summed up. */
  @Property(tries = 5)
  void framesTellWholeBatchesApart(@ForAll long seed) {
    Random random = new Random(seed);
    Set<Integer> checksums = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      byte[] payload =
          new BytesWriter().i64(random.nextLong()).i64(random.nextLong()).checksum(0).toBytes();
      byte[] frame = FrameCodec.encode(new Frame(1, 1, FrameKind.DATA, payload));
      checksums.add(ByteBuffer.wrap(frame).getInt(frame.length - Checksum.BYTES));
    }
    // 32 good bits lose one of these now and then; 16 lose thirty.
    assertTrue(checksums.size() >= 1997, () -> "only " + checksums.size());
  }

  private static byte[] stream(List<Frame> frames) throws IOException {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    FrameCodec.writeHeader(stream);
    for (Frame frame : frames) {
      FrameCodec.write(frame, stream);
    }
    return stream.toByteArray();
  }

  private static List<Frame> read(byte[] bytes) throws IOException {
    InputStream stream = new ByteArrayInputStream(bytes);
    FrameCodec.readHeader(stream);
    List<Frame> frames = new ArrayList<>();
    Frame frame = FrameCodec.read(stream);
    while (frame != null) {
      frames.add(frame);
      frame = FrameCodec.read(stream);
    }
    assertNull(FrameCodec.read(stream));
    return frames;
  }
}
