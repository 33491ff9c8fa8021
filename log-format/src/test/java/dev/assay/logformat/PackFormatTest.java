package dev.assay.logformat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatException.CutShort;
import dev.assay.logformat.FormatException.TooNew;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PackFormatTest {
  @Test
  void aPackBeginsWithItsHead() throws FormatException {
    byte[] head = PackFormat.head();
    assertEquals(PackFormat.HEAD_BYTES, head.length);
    PackFormat.checkHead(head);
    PackFormat.checkHead(Arrays.copyOf(head, 100));
  }

  @Test
  void everyFlippedBitIsDamage() {
    byte[] head = PackFormat.head();
    for (int bit = 0; bit < 8 * head.length; bit++) {
      byte[] flipped = Checksums.flip(head, bit);
      assertThrows(Corrupt.class, () -> PackFormat.checkHead(flipped), "bit " + bit);
    }
  }

  @Test
  void aPackThatEndsInItsHeadIsCutShort() {
    for (int length = 0; length < PackFormat.HEAD_BYTES; length++) {
      byte[] cut = Arrays.copyOf(PackFormat.head(), length);
      CutShort refusal = assertThrows(CutShort.class, () -> PackFormat.checkHead(cut));
      assertEquals(
          "head of the pack: cut short: expected 16 bytes, actual " + length, refusal.getMessage());
    }
  }

  @Test
  void aNewerVersionIsNotTakenForDamage() {
    byte[] head = PackFormat.head();
    head[11] = 2;
    assertThrows(TooNew.class, () -> PackFormat.checkHead(Checksums.repair(head, 0, 12)));
    head[11] = 0;
    assertThrows(Corrupt.class, () -> PackFormat.checkHead(Checksums.repair(head, 0, 12)));
  }

  @Test
  void aStreamOfFramesIsNoPack() throws IOException {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    FrameCodec.writeHeader(stream);
    Corrupt refusal = assertThrows(Corrupt.class, () -> PackFormat.checkHead(stream.toByteArray()));
    assertEquals("kind of the file: expected PACK, actual FRMS", refusal.getMessage());
  }
}
