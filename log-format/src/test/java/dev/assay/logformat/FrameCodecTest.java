package dev.assay.logformat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatException.CutShort;
import dev.assay.logformat.FormatException.TooNew;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameCodecTest {
  private static final Frame FRAME = new Frame(7, 2, FrameKind.DATA, new byte[] {1, 2, 3});

  @Test
  void aStreamThatTricklesIsReadAsAWholeOne() throws IOException {
    InputStream trickle =
        new FilterInputStream(new ByteArrayInputStream(FrameCodec.encode(FRAME))) {
          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            return super.read(into, offset, Math.min(1, length));
          }
        };
    assertEquals(FRAME, FrameCodec.read(trickle));
    assertNull(FrameCodec.read(trickle));
  }

  @Test
  void aCutFrameSaysWhichOneAndHowMuchIsThere() {
    byte[] bytes = FrameCodec.encode(FRAME);
    CutShort refusal =
        assertThrows(CutShort.class, () -> read(Arrays.copyOf(bytes, bytes.length - 2)));
    assertEquals("frame at LSN 7: cut short: expected 32 bytes, actual 30", refusal.getMessage());
  }

  @Test
  void aDamagedLengthIsNotTakenForACut() {
    byte[] bytes = FrameCodec.encode(FRAME);
    bytes[2] = 1;
    assertThrows(Corrupt.class, () -> read(bytes));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, FrameCodec.PAYLOAD_BYTES_MAX + 1})
  void absurdLengthsAreRefusedEvenWithARightChecksum(int length) {
    byte[] bytes = FrameCodec.encode(FRAME);
    byte[] lengthBytes = new BytesWriter().i32(length).toBytes();
    System.arraycopy(lengthBytes, 0, bytes, 0, lengthBytes.length);
    Corrupt refusal = assertThrows(Corrupt.class, () -> read(Checksums.repair(bytes, 0, 21)));
    assertEquals("frame's length: expected 0 to 67108864, actual " + length, refusal.getMessage());
  }

  @Test
  void anUnknownKindIsOfANewerVersion() {
    byte[] bytes = FrameCodec.encode(FRAME);
    bytes[20] = 4;
    assertThrows(TooNew.class, () -> read(Checksums.repair(bytes, 0, 21)));
    bytes[20] = 0;
    assertThrows(Corrupt.class, () -> read(Checksums.repair(bytes, 0, 21)));
  }

  @Test
  void payloadsBeyondTheLimitAreNotWritten() {
    Frame frame = new Frame(1, 1, FrameKind.DATA, new byte[FrameCodec.PAYLOAD_BYTES_MAX + 1]);
    assertThrows(IllegalArgumentException.class, () -> FrameCodec.encode(frame));
  }

  @Test
  void aStreamOfAnotherVersionOrKindSaysSo() {
    byte[] head = new BytesWriter().i32(0x41535359).i32(0x46524D53).i32(2).i32(0).toBytes();
    assertThrows(TooNew.class, () -> readHeader(Checksums.repair(head, 0, 12)));
    head[11] = 0;
    assertThrows(Corrupt.class, () -> readHeader(Checksums.repair(head, 0, 12)));
    head[11] = 1;
    head[4] = 'G';
    Corrupt refusal = assertThrows(Corrupt.class, () -> readHeader(Checksums.repair(head, 0, 12)));
    assertEquals("kind of the file: expected FRMS, actual GRMS", refusal.getMessage());
  }

  private static void read(byte[] bytes) throws IOException {
    FrameCodec.read(new ByteArrayInputStream(bytes));
  }

  private static void readHeader(byte[] bytes) throws IOException {
    FrameCodec.readHeader(new ByteArrayInputStream(bytes));
  }
}
