package dev.assay.logformat;

import static dev.assay.logformat.Refusals.assertIsAbout;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatException.TooNew;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestCodecTest {
  private static final String CHECKSUM = ",\"checksum\":\"";

  private final Signers signers = new Signers("demo");
  private final SigningKey key = signers.key("node-a");

  ManifestCodecTest() throws FormatException {}

  static Manifest manifest(SigningKey key) throws FormatException {
    return manifest(key, "demo", "node-a", Signers.NOW.toEpochMilli());
  }

  private static Manifest manifest(SigningKey key, String cluster, String writer, long atMs)
      throws FormatException {
    SegmentSummary segment =
        Segments.account(List.of(Segments.metadata(7, 3), Segments.data(8, 4))).summary();
    return new Manifest(
        cluster,
        "music",
        Segments.TABLE,
        Segments.PARTITION,
        segment,
        99,
        Sha256.of(new byte[1]),
        SegmentChain.next(Sha256.NONE, segment),
        Sha256.of(new byte[2]),
        writer,
        key.certificate().fingerprint(),
        atMs);
  }

  @Test
  void whatWasSignedIsReadAndVerified() throws Exception {
    Manifest manifest = manifest(key);
    byte[] file = ManifestCodec.sign(manifest, key);
    assertEquals(manifest, ManifestCodec.read(file));
    assertEquals(manifest, ManifestCodec.verify(file, signers));
    assertArrayEquals(file, ManifestCodec.sign(manifest, key), "Ed25519 is deterministic");
    assertTrue(file.length < ManifestCodec.FILE_BYTES_MAX);
  }

  @Test
  void everyFlippedBitIsDamage() throws IOException {
    byte[] file = ManifestCodec.sign(manifest(key), key);
    for (int bit = 0; bit < 8 * file.length; bit++) {
      byte[] flipped = Checksums.flip(file, bit);
      assertThrows(Corrupt.class, () -> ManifestCodec.verify(flipped, signers), "bit " + bit);
    }
  }

  @Test
  void beginningsAndContinuationsAreDamage() throws IOException {
    byte[] file = ManifestCodec.sign(manifest(key), key);
    for (int length = 0; length <= file.length + 3; length++) {
      byte[] other = Arrays.copyOf(file, length);
      if (length != file.length) {
        assertThrows(Corrupt.class, () -> ManifestCodec.read(other));
      }
    }
    assertThrows(Corrupt.class, () -> ManifestCodec.read(new byte[1 << 20]));
  }

  @ParameterizedTest
  @CsvSource({
    "'\"partition\":2', '\"partition\":02'",
    "'\"partition\":2', '\"partition\":-2'",
    "'\"partition\":2', '\"partition\": 2'",
    "'\"partition\":2', '\"partition\":2147483648'",
    "'\"partition\":2', '\"partition\":'",
    "'\"firstLsn\":7', '\"firstLsn\":9223372036854775808'",
    "'\"firstLsn\":7', '\"firstLsn\":99999999999999999999'",
    "'\"firstLsn\":7', '\"firstLsn\":6'",
    "'\"lastLsn\":8', '\"lastLsn\":6'",
    "'\"entries\":2', '\"entries\":3'",
    "'\"lastTerm\":4', '\"lastTerm\":2'",
    "'\"table\":\"music\"', '\"table\":\"a/b\"'",
    "'\"table\":\"music\"', '\"table\":\"mus\\u0069c\"'",
    "'\"table\":\"music\"', '\"table\":\"\"'",
    "'\"cluster\":\"demo\",\"table\":\"music\"', '\"table\":\"music\",\"cluster\":\"demo\"'",
    "'\"tableId\":\"6f1ed002', '\"tableId\":\"6F1ed002'",
    "'\"tableId\":\"6f1ed002-', '\"tableId\":\"6f1ed002'",
    "'\"firstTime\":\"0', '\"firstTime\":\"'",
    "'\"objectBytes\":99', '\"objectBytes\":9999999999'",
    "'\"writer\":', '\"extra\":1,\"writer\":'",
    "',\"writtenAtMs\":1767323045000', ',\"writtenAtMs\":1767323045000,\"more\":0'",
    "'{\"manifest\":1', '{\"manifest\":0'",
    "'{\"manifest\":1', ' {\"manifest\":1'",
  })
  void whatIsNotWrittenSoIsRefusedEvenWithARightChecksum(String from, String to)
      throws FormatException {
    String text = new String(ManifestCodec.sign(manifest(key), key), ISO_8859_1);
    assertTrue(text.contains(from), text);
    byte[] file = repaired(text.replace(from, to));
    assertThrows(Corrupt.class, () -> ManifestCodec.read(file));
  }

  @Test
  void aNewerVersionIsNotTakenForDamageNorDamageForANewerVersion() throws FormatException {
    String text = new String(ManifestCodec.sign(manifest(key), key), ISO_8859_1);
    String newer = text.replace("{\"manifest\":1,", "{\"manifest\":2,");
    assertThrows(TooNew.class, () -> ManifestCodec.read(repaired(newer)));
    Corrupt damage =
        assertThrows(Corrupt.class, () -> ManifestCodec.read(newer.getBytes(ISO_8859_1)));
    assertIsAbout("manifest's checksum", damage);
  }

  @Test
  void aChangeWithARightChecksumIsFoundByTheSignature() throws FormatException {
    String text = new String(ManifestCodec.sign(manifest(key), key), ISO_8859_1);
    byte[] file = repaired(text.replace("\"objectBytes\":99", "\"objectBytes\":98"));
    Corrupt refusal = assertThrows(Corrupt.class, () -> ManifestCodec.verify(file, signers));
    assertIsAbout("manifest's signature", refusal);
  }

  @Test
  void aKeyOfAnotherRootIsNotTrusted() throws FormatException {
    SigningKey foreign = new Signers("demo").key("node-a");
    byte[] file = ManifestCodec.sign(manifest(foreign), foreign);
    assertUntrusted("the signing key " + foreign.certificate().fingerprint(), file, signers);
  }

  @Test
  void aLookupThatGivesAnotherCertificateIsNotBelieved() throws FormatException {
    byte[] file = ManifestCodec.sign(manifest(key), key);
    SignerCertificate other = signers.key("node-a").certificate();
    assertUntrusted("the signing key", file, _ -> other);
  }

  @Test
  void aNodeSignsForItselfOnly() throws FormatException {
    byte[] file =
        ManifestCodec.sign(manifest(key, "demo", "node-b", Signers.NOW.toEpochMilli()), key);
    assertUntrusted(
        key.certificate() + " signs for node node-a, and not for node-b", file, signers);
  }

  @Test
  void aNodeSignsForItsClusterOnly() throws FormatException {
    byte[] file =
        ManifestCodec.sign(manifest(key, "other", "node-a", Signers.NOW.toEpochMilli()), key);
    assertUntrusted(
        key.certificate() + " signs for cluster demo, and not for other", file, signers);
  }

  @Test
  void aCertificateSignsWhileItIsValid() throws Exception {
    long from = key.certificate().validFromMs();
    long to = key.certificate().validToMs();
    for (long at : new long[] {from, to}) {
      ManifestCodec.verify(ManifestCodec.sign(manifest(key, "demo", "node-a", at), key), signers);
    }
    for (long at : new long[] {from - 1, to + 1}) {
      byte[] file = ManifestCodec.sign(manifest(key, "demo", "node-a", at), key);
      assertUntrusted(key.certificate() + " is valid from " + from, file, signers);
    }
  }

  @Test
  void onlyTheKeyThatIsNamedSigns() throws FormatException {
    Manifest manifest = manifest(key);
    SigningKey other = signers.key("node-a");
    assertThrows(IllegalArgumentException.class, () -> ManifestCodec.sign(manifest, other));
  }

  @Test
  void whatCannotBeReadIsNotSigned() throws FormatException {
    Manifest manifest = manifest(key, "de\"mo", "node-a", 0);
    assertThrows(IllegalArgumentException.class, () -> ManifestCodec.sign(manifest, key));
  }

  private static void assertUntrusted(String beginning, byte[] file, SignerLookup signers) {
    UntrustedSigner refusal =
        assertThrows(UntrustedSigner.class, () -> ManifestCodec.verify(file, signers));
    assertTrue(String.valueOf(refusal.getMessage()).startsWith(beginning), refusal::toString);
  }

  /** The text with the right checksum; its signature is as it was. */
  static byte[] repaired(String text) {
    int end = text.lastIndexOf(CHECKSUM);
    if (end < 0 || text.length() < end + CHECKSUM.length() + 8) {
      return text.getBytes(ISO_8859_1);
    }
    byte[] body = text.substring(0, end).getBytes(ISO_8859_1);
    String digits = HexFormat.of().toHexDigits(Checksum.of(body, 0, body.length));
    return (text.substring(0, end)
            + CHECKSUM
            + digits
            + text.substring(end + CHECKSUM.length() + 8))
        .getBytes(ISO_8859_1);
  }
}
