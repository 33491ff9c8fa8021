package dev.assay.logformat;

import static dev.assay.logformat.Refusals.assertIsAbout;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatException.TooNew;
import dev.assay.logformat.Mutation.ArchiveHead;
import dev.assay.logformat.Mutation.Cut;
import dev.assay.logformat.Mutation.Delete;
import dev.assay.logformat.Mutation.Expire;
import dev.assay.logformat.Mutation.Ingest;
import dev.assay.logformat.Mutation.Put;
import dev.assay.logformat.Mutation.Reserved;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchCodecTest {
  private static final UUID TABLE = new UUID(1, 2);

  @ParameterizedTest
  @ValueSource(ints = {16, 23, 24, 31, 32, 39, 40, 47, 49, 55})
  void reservedKindsAreCarried(int kind) throws FormatException {
    Batch batch = batch(new Reserved(kind, new byte[] {1, 2, 3}), new Reserved(kind, new byte[0]));
    assertEquals(batch, BatchCodec.decode(BatchCodec.encode(batch)));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 6, 7, 15, 48, 56, 255, 256, 272})
  void otherKindsCannotBeReserved(int kind) {
    Batch batch = batch(new Reserved(kind, new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> BatchCodec.encode(batch));
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 15, 56, 255})
  void unknownKindsAreOfANewerVersion(int kind) {
    byte[] bytes = withKind(kind);
    TooNew refusal = assertThrows(TooNew.class, () -> BatchCodec.decode(bytes));
    assertEquals(
        "mutation's kind: too new: expected one of 1 to 6, 16 to 55, actual " + kind,
        refusal.getMessage());
  }

  @Test
  void kindZeroIsDamage() {
    assertThrows(Corrupt.class, () -> BatchCodec.decode(withKind(0)));
  }

  /** A batch of one mutation without a body, whose kind is then changed. */
  private static byte[] withKind(int kind) {
    byte[] bytes = BatchCodec.encode(batch(new Cut()));
    bytes[bytes.length - 6] = (byte) kind;
    return Checksums.repairLast(bytes);
  }

  @Test
  void aNewerVersionIsNotTakenForDamageNorDamageForANewerVersion() {
    byte[] bytes = BatchCodec.encode(batch());
    bytes[0] = 2;
    Corrupt damage = assertThrows(Corrupt.class, () -> BatchCodec.decode(bytes.clone()));
    assertIsAbout("batch's checksum", damage);
    TooNew newer = assertThrows(TooNew.class, () -> BatchCodec.decode(Checksums.repairLast(bytes)));
    assertEquals("batch: too new: expected version 1 or older, actual 2", newer.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"-1, 1, 0", "1, 0, 0", "1, 5, 5", "1, 5, 6", "1, 1, -1", "1, -1, -2"})
  void aBatchComesAfterTheOneThatItFollows(long term, long sequence, long follows) {
    Fence fence = new Fence(term, sequence, follows, "node-a");
    Batch wrong = new Batch(TABLE, 0, fence, 0, List.of());
    assertThrows(IllegalArgumentException.class, () -> BatchCodec.encode(wrong));

    byte[] bytes = BatchCodec.encode(batch());
    byte[] fenceBytes = new BytesWriter().i64(term).i64(sequence).i64(follows).toBytes();
    System.arraycopy(fenceBytes, 0, bytes, 1 + 16 + 4, fenceBytes.length);
    assertThrows(Corrupt.class, () -> BatchCodec.decode(Checksums.repairLast(bytes)));
  }

  @Test
  void bytesLeftOverInAMutationAreRefused() {
    byte[] bytes = BatchCodec.encode(batch(new Reserved(20, new byte[1])));
    bytes[bytes.length - 7] = BatchCodec.CUT;
    assertThrows(Corrupt.class, () -> BatchCodec.decode(Checksums.repairLast(bytes)));
  }

  @Test
  void bytesLeftOverAfterTheMutationsAreRefused() {
    byte[] bytes = BatchCodec.encode(batch(new Cut()));
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThrows(Corrupt.class, () -> BatchCodec.decode(Checksums.repairLast(longer)));
  }

  @Test
  void everyBeginningOfABatchIsRefused() {
    byte[] bytes = BatchCodec.encode(batch(new Put(new byte[3], new byte[9], Digest128.NONE)));
    for (int length = 0; length < bytes.length; length++) {
      byte[] beginning = Arrays.copyOf(bytes, length);
      assertThrows(Corrupt.class, () -> BatchCodec.decode(beginning));
    }
  }

  @Test
  void aRootThatIsNoSha256IsNotEncoded() {
    assertThrows(
        IllegalArgumentException.class, () -> BatchCodec.encode(batch(new Ingest(new byte[31]))));
  }

  @Test
  void anArchiveHeadHasAnLsnAndADigest() throws FormatException {
    Sha256 manifest = Sha256.of(new byte[] {1});
    Batch batch = batch(new ArchiveHead(7, manifest), new Cut());
    byte[] bytes = BatchCodec.encode(batch);
    assertEquals(batch, BatchCodec.decode(bytes));

    bytes[bytes.length - 4 - 2 - 32 - 8] = (byte) 0x80;
    Corrupt negative =
        assertThrows(Corrupt.class, () -> BatchCodec.decode(Checksums.repairLast(bytes)));
    assertIsAbout("archive head's LSN", negative);
    assertThrows(
        IllegalArgumentException.class,
        () -> BatchCodec.encode(batch(new ArchiveHead(-1, manifest))));
  }

  @Test
  void aShortArchiveHeadIsDamage() {
    byte[] bytes = BatchCodec.encode(batch(new Reserved(49, new byte[39])));
    bytes[bytes.length - 4 - 39 - 2] = BatchCodec.ARCHIVE_HEAD;
    Corrupt cut = assertThrows(Corrupt.class, () -> BatchCodec.decode(Checksums.repairLast(bytes)));
    assertIsAbout("archive head's manifest", cut);
  }

  @Test
  void mutationsAreEqualByContent() {
    Digest128 before = new Digest128(1, 2);
    for (boolean same : new boolean[] {true, false}) {
      byte last = (byte) (same ? 1 : 2);
      byte[] one = {0, 1};
      byte[] two = {0, last};
      assertEquals(same, new Put(one, one, before).equals(new Put(one, two, before)));
      assertEquals(same, new Put(one, one, before).equals(new Put(two, one, before)));
      assertEquals(same, new Delete(one, before).equals(new Delete(two, before)));
      assertEquals(same, new Expire(one, before).equals(new Expire(two, before)));
      assertEquals(same, new Ingest(one).equals(new Ingest(two)));
      assertEquals(same, new Reserved(20, one).equals(new Reserved(20, two)));
      Digest128 other = new Digest128(1, last + 1);
      assertEquals(same, new Put(one, one, before).equals(new Put(one, one, other)));
      assertEquals(same, new Delete(one, before).equals(new Delete(one, other)));
      assertEquals(same, new Expire(one, before).equals(new Expire(one, other)));
    }
  }

  private static Batch batch(Mutation... mutations) {
    return new Batch(TABLE, 3, new Fence(4, 5, 2, "node-a"), 6, List.of(mutations));
  }
}
