package dev.assay.logformat;

import static dev.assay.logformat.Refusals.assertIsAbout;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatException.TooNew;
import dev.assay.logformat.FormatException.TooOld;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FileEnvelopeTest {
  private static final byte[] PAYLOAD = "payload".getBytes(US_ASCII);

  @ParameterizedTest
  @EnumSource
  void everyKindIsUnwrappedAsItselfAlone(FileKind kind) throws FormatException {
    byte[] file = FileEnvelope.wrap(kind, 1, PAYLOAD);
    assertArrayEquals(PAYLOAD, FileEnvelope.unwrap(kind, 1, 1, file));
    for (FileKind other : FileKind.values()) {
      if (other != kind) {
        Corrupt refusal = assertThrows(Corrupt.class, () -> FileEnvelope.unwrap(other, 1, 1, file));
        assertIsAbout("kind of the file", refusal);
      }
    }
  }

  @Test
  void kindsHaveDifferentCodes() {
    Set<Integer> codes = new HashSet<>();
    for (FileKind kind : FileKind.values()) {
      assertTrue(codes.add(kind.code()), () -> kind + " shares its code");
    }
  }

  @Test
  void everyVersionOfTheRangeIsRead() throws FormatException {
    for (int version = 2; version <= 4; version++) {
      byte[] file = FileEnvelope.wrap(FileKind.NODE, version, PAYLOAD);
      assertArrayEquals(PAYLOAD, FileEnvelope.unwrap(FileKind.NODE, 2, 4, file));
    }
  }

  @Test
  void tooOldTooNewAndCorruptAreDifferent() {
    byte[] old = FileEnvelope.wrap(FileKind.NODE, 1, PAYLOAD);
    TooOld tooOld = assertThrows(TooOld.class, () -> FileEnvelope.unwrap(FileKind.NODE, 2, 4, old));
    assertEquals(
        "file of kind NODE: too old: expected version 2 or newer, actual 1", tooOld.getMessage());

    byte[] newer = FileEnvelope.wrap(FileKind.NODE, 5, PAYLOAD);
    TooNew tooNew =
        assertThrows(TooNew.class, () -> FileEnvelope.unwrap(FileKind.NODE, 2, 4, newer));
    assertEquals(
        "file of kind NODE: too new: expected version 4 or older, actual 5", tooNew.getMessage());

    newer[11] = 3;
    Corrupt corrupt =
        assertThrows(Corrupt.class, () -> FileEnvelope.unwrap(FileKind.NODE, 2, 4, newer));
    assertIsAbout("checksum of the file", corrupt);
  }

  @Test
  void versionsBeginAtOne() {
    assertThrows(
        IllegalArgumentException.class, () -> FileEnvelope.wrap(FileKind.NODE, 0, PAYLOAD));
    byte[] file = FileEnvelope.wrap(FileKind.NODE, 1, PAYLOAD);
    file[11] = 0;
    byte[] repaired = Checksums.repairLast(file);
    assertThrows(Corrupt.class, () -> FileEnvelope.unwrap(FileKind.NODE, 1, 1, repaired));
  }

  @Test
  void anotherProgramsFileIsNotOurs() {
    byte[] file = FileEnvelope.wrap(FileKind.NODE, 1, PAYLOAD);
    file[0] = 'E';
    Corrupt refusal =
        assertThrows(Corrupt.class, () -> FileEnvelope.unwrap(FileKind.NODE, 1, 1, file));
    assertEquals("magic of the file: expected ASSY, actual ESSY", refusal.getMessage());
    file[0] = 0;
    refusal = assertThrows(Corrupt.class, () -> FileEnvelope.unwrap(FileKind.NODE, 1, 1, file));
    assertEquals("magic of the file: expected ASSY, actual 0x00535359", refusal.getMessage());
  }

  @Test
  void shorterAndLongerFilesAreRefusedWhateverTheirLengthSays() {
    byte[] file = FileEnvelope.wrap(FileKind.NODE, 1, PAYLOAD);
    for (int length = 0; length < file.length + 9; length++) {
      byte[] resized = Arrays.copyOf(file, length);
      if (length != file.length) {
        assertRefused(resized);
        assertRefused(Checksums.repairLast(resized));
      }
    }
    assertRefused(new BytesWriter().i32(FileEnvelope.MAGIC).i32(0).i32(1).i32(-4).toBytes());
  }

  private static void assertRefused(byte[] file) {
    assertThrows(Corrupt.class, () -> FileEnvelope.unwrap(FileKind.NODE, 1, 1, file));
  }
}
