package dev.assay.replicastore.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.FileEnvelope;
import dev.assay.logformat.FileKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VouchFileTest {
  private static final UUID ONE = new UUID(1, 1);
  private static final UUID TWO = new UUID(2, 2);

  @TempDir Path folder;

  private void write(UUID group, long term, String vote, long lsn) throws IOException {
    try (VouchFile file = VouchFile.open(folder)) {
      file.update(
          group, vouch -> vouch.withVote(term, vote).withFlushed(new LogPosition(lsn, term)));
      file.write();
    }
  }

  private Vouch read(UUID group) throws IOException {
    try (VouchFile file = VouchFile.open(folder)) {
      Vouch vouch = file.of(group);
      return vouch == null ? Vouch.none(group) : vouch;
    }
  }

  @Test
  void whatWasWrittenIsReadAgain() throws Exception {
    write(ONE, 3, "node-b", 17);
    write(TWO, 4, "node-c", 5);
    assertEquals(new Vouch(ONE, 3, "node-b", new LogPosition(17, 3), null), read(ONE));
    assertEquals(new Vouch(TWO, 4, "node-c", new LogPosition(5, 4), null), read(TWO));
    try (VouchFile file = VouchFile.open(folder)) {
      file.update(ONE, vouch -> vouch.withOwed(new Vouch.Owed(20, 3)));
      file.forget(TWO);
      file.write();
    }
    assertEquals(new Vouch.Owed(20, 3), read(ONE).owed());
    try (VouchFile file = VouchFile.open(folder)) {
      assertNull(file.of(TWO));
    }
  }

  @Test
  void aTornFileLeavesTheOneBefore() throws Exception {
    write(ONE, 1, "node-a", 1);
    write(ONE, 2, "node-b", 2);
    write(ONE, 3, "node-c", 3);
    assertEquals(3, read(ONE).term());
    Path newest = folder.resolve("vouch-1");
    byte[] bytes = Files.readAllBytes(newest);
    for (int cut : new int[] {0, 1, 16, bytes.length - 1}) {
      Files.write(newest, java.util.Arrays.copyOf(bytes, cut));
      assertEquals(2, read(ONE).term());
    }
  }

  @Test
  void everyFlippedBitIsNoticed() throws Exception {
    write(ONE, 1, "node-a", 1);
    Path file = folder.resolve("vouch-1");
    byte[] bytes = Files.readAllBytes(file);
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(file, flipped);
      assertEquals(Vouch.none(ONE), read(ONE));
    }
  }

  @Test
  void aFileOfALaterVersionIsAnError() throws Exception {
    Files.write(folder.resolve("vouch-0"), FileEnvelope.wrap(FileKind.VOUCH, 2, new byte[12]));
    IOException e = assertThrows(IOException.class, () -> VouchFile.open(folder).close());
    assertTrue(String.valueOf(e.getMessage()).contains("vouch-0"));
  }

  @Test
  void anInterruptDoesNotBreakAWrite() throws Exception {
    try (VouchFile file = VouchFile.open(folder)) {
      Thread.currentThread().interrupt();
      file.update(ONE, vouch -> vouch.withVote(9, "node-a"));
      file.write();
      assertTrue(Thread.interrupted());
    }
    assertEquals(9, read(ONE).term());
  }

  @Test
  void anEarlierTermChangesNothing() {
    Vouch vouch = Vouch.none(ONE).withVote(5, "node-a");
    assertEquals(vouch, vouch.withTerm(4));
    assertEquals(vouch, vouch.withTerm(5));
    assertEquals(vouch, vouch.withVote(4, "node-b"));
    assertNull(vouch.withTerm(6).vote());
  }
}
