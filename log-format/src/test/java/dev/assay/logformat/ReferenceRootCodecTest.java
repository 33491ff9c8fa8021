package dev.assay.logformat;

import static dev.assay.logformat.Refusals.assertIsAbout;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatException.TooNew;
import dev.assay.logformat.ReferenceRoot.Pack;
import dev.assay.logformat.tree.Digest;
import dev.assay.logformat.tree.DigestSuite;
import dev.assay.logformat.tree.Place;
import dev.assay.logformat.tree.Subtree;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ReferenceRootCodecTest {
  private static final String SHA256 = "00".repeat(31) + "07";
  private static final String FIELDS =
      "root cluster table tableId partition lsn segmentLsn term cursorTerm cursorSequence time base"
          + " manifest chain lineageBreaks suite level lastKey digest items bytes pack offset"
          + " length node packs writer key writtenAtMs checksum signature";

  private final Signers signers = new Signers("demo");
  private final SigningKey key = signers.key("node-a");

  ReferenceRootCodecTest() throws FormatException {}

  private static ReferenceRoot root(SigningKey key) {
    return root(key, "demo", "node-a", Signers.NOW.toEpochMilli());
  }

  private static ReferenceRoot root(SigningKey key, String cluster, String writer, long atMs) {
    DigestSuite suite = DigestSuite.XXH3_128;
    return new ReferenceRoot(
        cluster,
        "music",
        Segments.TABLE,
        Segments.PARTITION,
        70,
        7,
        4,
        3,
        9,
        HybridTime.of(1_700_000_000_000L, 5),
        Sha256.of(new byte[1]),
        Sha256.of(new byte[2]),
        Sha256.of(new byte[3]),
        6,
        suite,
        tree(suite),
        packs(),
        writer,
        key.certificate().fingerprint(),
        atMs);
  }

  private ReferenceRoot root(DigestSuite suite, Subtree tree, List<Pack> packs) {
    ReferenceRoot root = root(key);
    return new ReferenceRoot(
        root.cluster(),
        root.table(),
        root.tableId(),
        root.partition(),
        root.lsn(),
        root.segmentLsn(),
        root.term(),
        root.cursorTerm(),
        root.cursorSequence(),
        root.time(),
        root.base(),
        root.manifest(),
        root.chain(),
        root.lineageBreaks(),
        suite,
        tree,
        packs,
        root.writer(),
        root.key(),
        root.writtenAtMs());
  }

  private static Subtree tree(DigestSuite suite) {
    Place place = new Place(5, 16, 84, Sha256.of(new byte[4]));
    Digest digest = suite.item(new byte[] {1}, new byte[] {2});
    return new Subtree(2, new byte[] {10, -1}, digest, 20, 300, place);
  }

  private static List<Pack> packs() {
    return List.of(
        new Pack(1, 1000, 900, Sha256.of(new byte[5])), new Pack(5, 100, 84, Sha256.NONE));
  }

  private String text() {
    return new String(ReferenceRootCodec.sign(root(key), key), ISO_8859_1);
  }

  @ParameterizedTest
  @EnumSource
  void whatWasSignedIsReadAndVerified(DigestSuite suite) throws Exception {
    List<Subtree> trees = List.of(tree(suite), Subtree.empty(suite));
    for (Subtree tree : trees) {
      ReferenceRoot root = root(suite, tree, packs());
      byte[] file = ReferenceRootCodec.sign(root, key);
      assertEquals(root, ReferenceRootCodec.read(file));
      assertEquals(root, ReferenceRootCodec.verify(file, signers));
      assertArrayEquals(file, ReferenceRootCodec.sign(root, key), "Ed25519 is deterministic");
    }
  }

  @Test
  void theEmptyTreeNeedsNoPack() throws Exception {
    ReferenceRoot root = root(DigestSuite.SHA_256, Subtree.empty(DigestSuite.SHA_256), List.of());
    assertEquals(root, ReferenceRootCodec.verify(ReferenceRootCodec.sign(root, key), signers));
  }

  @Test
  void theFieldsAreThoseAndInThatOrder() {
    Matcher matcher = Pattern.compile("[{,]\"(\\w+)\":").matcher(text());
    assertEquals(
        FIELDS, matcher.results().map(field -> field.group(1)).collect(Collectors.joining(" ")));
  }

  @ParameterizedTest
  @CsvSource({
    "'\"cluster\":\"demo\"', '\"cluster\":\"other\"'",
    "'\"table\":\"music\"', '\"table\":\"films\"'",
    "'\"tableId\":\"6f1ed002', '\"tableId\":\"7f1ed002'",
    "'\"partition\":2', '\"partition\":2147483647'",
    "'\"lsn\":70', '\"lsn\":7'",
    "'\"segmentLsn\":7', '\"segmentLsn\":0'",
    "'\"segmentLsn\":7', '\"segmentLsn\":70'",
    "'\"lsn\":70', '\"lsn\":9223372036854775807'",
    "'\"term\":4', '\"term\":3'",
    "'\"cursorTerm\":3', '\"cursorTerm\":0'",
    "'\"cursorTerm\":3', '\"cursorTerm\":4'",
    "'\"cursorSequence\":9', '\"cursorSequence\":9223372036854775807'",
    "'\"time\":\"0', '\"time\":\"f'",
    "'\"base\":\"', '\"base\":\"~'",
    "'\"manifest\":\"', '\"manifest\":\"~'",
    "'\"chain\":\"', '\"chain\":\"~'",
    "'\"lineageBreaks\":6', '\"lineageBreaks\":9223372036854775807'",
    "'\"level\":2', '\"level\":63'",
    "'\"lastKey\":\"0aff\"', '\"lastKey\":\"\"'",
    "'\"items\":20', '\"items\":9223372036854775807'",
    "'\"bytes\":300', '\"bytes\":9223372036854775807'",
    "'\"pack\":5', '\"pack\":1'",
    "'\"offset\":16,\"length\":84', '\"offset\":99,\"length\":1'",
    "'\"node\":\"', '\"node\":\"~'",
    "'\"packs\":\"1:1000:900:', '\"packs\":\"0:2147483647:0:'",
    "',5:100:84:', ',5:100:100:'",
    "'\"writer\":\"node-a\"', '\"writer\":\"node-b\"'",
    "'\"key\":\"', '\"key\":\"~'",
    "'\"writtenAtMs\":1767323045000', '\"writtenAtMs\":0'",
  })
  void everyFieldIsReadForWhatItIs(String from, String to) throws IOException {
    String text = replaced(from, to);
    ReferenceRoot root = ReferenceRootCodec.read(ManifestCodecTest.repaired(text));
    assertNotEquals(root(key), root);
    assertTrue(text.startsWith(ReferenceRootCodec.body(root).toString()), text);
  }

  /** The text of a record; ~ stands for another SHA-256 instead of the one that follows. */
  private String replaced(String from, String to) {
    String text = text();
    int at = text.indexOf(from);
    assertTrue(at >= 0, text);
    boolean sha256 = to.endsWith("~");
    int end = at + from.length() + (sha256 ? SHA256.length() : 0);
    return text.substring(0, at) + (sha256 ? from + SHA256 : to) + text.substring(end);
  }

  @Test
  void everyFlippedBitIsDamage() {
    byte[] file = ReferenceRootCodec.sign(root(key), key);
    for (int bit = 0; bit < 8 * file.length; bit++) {
      byte[] flipped = Checksums.flip(file, bit);
      assertThrows(Corrupt.class, () -> ReferenceRootCodec.verify(flipped, signers), "bit " + bit);
    }
  }

  @Test
  void beginningsAndContinuationsAreDamage() {
    byte[] file = ReferenceRootCodec.sign(root(key), key);
    for (int length = 0; length <= file.length + 3; length++) {
      byte[] other = Arrays.copyOf(file, length);
      if (length != file.length) {
        assertThrows(Corrupt.class, () -> ReferenceRootCodec.read(other));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'\"partition\":2', '\"partition\":02'",
    "'\"partition\":2', '\"partition\":2147483648'",
    "'\"lsn\":70', '\"lsn\":-1'",
    "'\"segmentLsn\":7', '\"segmentLsn\":71'",
    "'\"lsn\":70', '\"lsn\":9223372036854775808'",
    "'\"lsn\":70', '\"lsn\": 70'",
    "'\"term\":4', '\"term\":-1'",
    "'\"cursorTerm\":3', '\"cursorTerm\":5'",
    "'\"cursorSequence\":9', '\"cursorSequence\":-9'",
    "'\"time\":\"0', '\"time\":\"'",
    "'\"time\":\"0', '\"time\":\"A'",
    "'\"base\":\"', '\"base\":\"0'",
    "'\"manifest\":\"', '\"manifest\":\"g'",
    "'\"chain\":\"', '\"chain\":\"\",\"x\":\"'",
    "'\"lineageBreaks\":6', '\"lineageBreaks\":6.0'",
    "'\"suite\":\"xxh3-128\"', '\"suite\":\"sha-256\"'",
    "'\"suite\":\"xxh3-128\"', '\"suite\":\"XXH3-128\"'",
    "'\"suite\":\"xxh3-128\"', '\"suite\":\"\"'",
    "'\"suite\":\"xxh3-128\"', '\"suite\":1'",
    "'\"level\":2', '\"level\":64'",
    "'\"lastKey\":\"0aff\"', '\"lastKey\":\"0af\"'",
    "'\"lastKey\":\"0aff\"', '\"lastKey\":\"0aFF\"'",
    "'\"digest\":\"', '\"digest\":\"00'",
    "'\"digest\":\"', '\"digest\":\"\",\"x\":\"'",
    "'\"items\":20', '\"items\":0'",
    "'\"items\":20', '\"items\":9223372036854775808'",
    "'\"bytes\":300', '\"bytes\":-300'",
    "'\"pack\":5', '\"pack\":4'",
    "'\"pack\":5', '\"pack\":2147483648'",
    "'\"offset\":16', '\"offset\":15'",
    "'\"offset\":16', '\"offset\":17'",
    "'\"offset\":16', '\"offset\":2147483648'",
    "'\"length\":84', '\"length\":0'",
    "'\"length\":84', '\"length\":2147483647'",
    "'\"packs\":\"1:', '\"packs\":\"01:'",
    "'\"packs\":\"1:', '\"packs\":\"5:'",
    "'\"packs\":\"1:', '\"packs\":\"6:'",
    "'\"packs\":\"1:', '\"packs\":\"-1:'",
    "'\"packs\":\"1:', '\"packs\":\",1:'",
    "'\"packs\":\"1:', '\"packs\":\"'",
    "'\"packs\":\"1:', '\"packs\":\" 1:'",
    "'\"packs\":\"1:', '\"packs\":[],\"x\":\"1:'",
    "',5:100:84:', ',2147483648:100:84:'",
    "',5:100:84:', ',5:99:84:'",
    "',5:100:84:', ',5:100:101:'",
    "',5:100:84:', ',5:100:084:'",
    "',5:100:84:', ';5:100:84:'",
    "',5:100:84:', ',5:2147483648:84:'",
    "',5:100:84:', ',5:99999999999999999999:84:'",
    "':1000:900:', ':15:0:'",
    "'\",\"writer\":', ',\",\"writer\":'",
    "'\"writer\":\"node-a\"', '\"writer\":\"node a\"'",
    "'\"writer\":\"node-a\"', '\"writer\":\"node-a\",\"extra\":1'",
    "'\"key\":\"', '\"key\":\"\",\"x\":\"'",
    "',\"writtenAtMs\":1767323045000', ',\"writtenAtMs\":1767323045000,\"more\":0'",
    "'\"table\":\"music\"', '\"table\":\"a/b\"'",
    "'\"cluster\":\"demo\",\"table\":\"music\"', '\"table\":\"music\",\"cluster\":\"demo\"'",
    "'\"tableId\":\"6f1ed002', '\"tableId\":\"6F1ed002'",
    "'{\"root\":1', '{\"root\":0'",
    "'{\"root\":1', '{\"manifest\":1'",
    "'{\"root\":1', ' {\"root\":1'",
  })
  void whatIsNotWrittenSoIsRefusedEvenWithARightChecksum(String from, String to) {
    byte[] file = ManifestCodecTest.repaired(replaced(from, to));
    assertThrows(Corrupt.class, () -> ReferenceRootCodec.read(file));
  }

  @ParameterizedTest
  @CsvSource({
    "'\"level\":0', '\"level\":1'",
    "'\"lastKey\":\"\"', '\"lastKey\":\"00\"'",
    "'\"bytes\":0', '\"bytes\":1'",
    "'\"pack\":0', '\"pack\":1'",
    "'\"offset\":0', '\"offset\":16'",
    "'\"length\":0', '\"length\":3'",
    "'\"node\":\"00', '\"node\":\"01'",
    "'\"digest\":\"', '\"digest\":\"0000000000000000000000000000000\",\"x\":\"'",
  })
  void thereIsOneEmptyTree(String from, String to) {
    DigestSuite suite = DigestSuite.XXH3_128;
    ReferenceRoot root = root(suite, Subtree.empty(suite), packs());
    String text = new String(ReferenceRootCodec.sign(root, key), ISO_8859_1);
    assertTrue(text.contains(from), text);
    byte[] file = ManifestCodecTest.repaired(text.replace(from, to));
    assertThrows(Corrupt.class, () -> ReferenceRootCodec.read(file));
  }

  @Test
  void theDigestOfTheEmptyTreeIsItsSuites() {
    DigestSuite suite = DigestSuite.SHA_256;
    Digest digest = suite.item(new byte[0], new byte[0]);
    Subtree other = new Subtree(0, new byte[0], digest, 0, 0, Place.NOWHERE);
    ReferenceRoot root = root(suite, other, List.of());
    assertThrows(IllegalArgumentException.class, () -> ReferenceRootCodec.sign(root, key));
  }

  @Test
  void aRecordHasManyPacksButNoMoreThanFitInTheFile() throws Exception {
    DigestSuite suite = DigestSuite.SHA_256;
    Subtree empty = Subtree.empty(suite);
    ReferenceRoot large = root(suite, empty, packs(40_000));
    assertEquals(large, ReferenceRootCodec.verify(ReferenceRootCodec.sign(large, key), signers));
    ReferenceRoot tooLarge = root(suite, empty, packs(50_000));
    assertThrows(IllegalArgumentException.class, () -> ReferenceRootCodec.sign(tooLarge, key));
  }

  private static List<Pack> packs(int count) {
    return IntStream.range(0, count)
        .mapToObj(number -> new Pack(number, 16_777_216, 16_777_200, Sha256.NONE))
        .toList();
  }

  @Test
  void aNewerVersionIsNotTakenForDamageNorDamageForANewerVersion() {
    String newer = replaced("{\"root\":1,", "{\"root\":2,");
    assertThrows(TooNew.class, () -> ReferenceRootCodec.read(ManifestCodecTest.repaired(newer)));
    Corrupt damage =
        assertThrows(Corrupt.class, () -> ReferenceRootCodec.read(newer.getBytes(ISO_8859_1)));
    assertIsAbout("root record's checksum", damage);
  }

  @Test
  void aManifestIsNoRootsRecord() throws FormatException {
    byte[] manifest = ManifestCodec.sign(ManifestCodecTest.manifest(key), key);
    Corrupt refusal = assertThrows(Corrupt.class, () -> ReferenceRootCodec.read(manifest));
    assertIsAbout("root record's field", refusal);
  }

  @Test
  void aChangeWithARightChecksumIsFoundByTheSignature() {
    byte[] file = ManifestCodecTest.repaired(replaced("\"items\":20", "\"items\":21"));
    Corrupt refusal = assertThrows(Corrupt.class, () -> ReferenceRootCodec.verify(file, signers));
    assertIsAbout("root record's signature", refusal);
  }

  @Test
  void aKeyOfAnotherRootIsNotTrusted() throws FormatException {
    SigningKey foreign = new Signers("demo").key("node-a");
    byte[] file = ReferenceRootCodec.sign(root(foreign), foreign);
    assertUntrusted("the signing key " + foreign.certificate().fingerprint(), file, signers);
  }

  @Test
  void aLookupThatGivesAnotherCertificateIsNotBelieved() throws FormatException {
    byte[] file = ReferenceRootCodec.sign(root(key), key);
    SignerCertificate other = signers.key("node-a").certificate();
    assertUntrusted("the signing key", file, _ -> other);
  }

  @Test
  void aNodeSignsForItselfOnly() {
    byte[] file =
        ReferenceRootCodec.sign(root(key, "demo", "node-b", Signers.NOW.toEpochMilli()), key);
    assertUntrusted(
        key.certificate() + " signs for node node-a, and not for node-b", file, signers);
  }

  @Test
  void aNodeSignsForItsClusterOnly() {
    byte[] file =
        ReferenceRootCodec.sign(root(key, "other", "node-a", Signers.NOW.toEpochMilli()), key);
    assertUntrusted(
        key.certificate() + " signs for cluster demo, and not for other", file, signers);
  }

  @Test
  void aCertificateSignsWhileItIsValid() throws Exception {
    long from = key.certificate().validFromMs();
    long to = key.certificate().validToMs();
    for (long at : new long[] {from, to}) {
      ReferenceRootCodec.verify(
          ReferenceRootCodec.sign(root(key, "demo", "node-a", at), key), signers);
    }
    for (long at : new long[] {from - 1, to + 1}) {
      byte[] file = ReferenceRootCodec.sign(root(key, "demo", "node-a", at), key);
      assertUntrusted(
          "%s is valid from %d to %d ms, the root record is of %d"
              .formatted(key.certificate(), from, to, at),
          file,
          signers);
    }
  }

  @Test
  void onlyTheKeyThatIsNamedSigns() throws FormatException {
    SigningKey other = signers.key("node-a");
    assertThrows(IllegalArgumentException.class, () -> ReferenceRootCodec.sign(root(key), other));
  }

  @Test
  void whatCannotBeReadIsNotSigned() {
    ReferenceRoot name = root(key, "de\"mo", "node-a", 0);
    assertThrows(IllegalArgumentException.class, () -> ReferenceRootCodec.sign(name, key));
    ReferenceRoot digest = root(DigestSuite.SHA_256, tree(DigestSuite.XXH3_128), packs());
    assertThrows(IllegalArgumentException.class, () -> ReferenceRootCodec.sign(digest, key));
    ReferenceRoot packs =
        root(DigestSuite.XXH3_128, tree(DigestSuite.XXH3_128), packs().reversed());
    assertThrows(IllegalArgumentException.class, () -> ReferenceRootCodec.sign(packs, key));
    ReferenceRoot unlisted = root(DigestSuite.XXH3_128, tree(DigestSuite.XXH3_128), List.of());
    assertThrows(IllegalArgumentException.class, () -> ReferenceRootCodec.sign(unlisted, key));
  }

  private static void assertUntrusted(String beginning, byte[] file, SignerLookup signers) {
    UntrustedSigner refusal =
        assertThrows(UntrustedSigner.class, () -> ReferenceRootCodec.verify(file, signers));
    assertTrue(String.valueOf(refusal.getMessage()).startsWith(beginning), refusal::toString);
  }
}
