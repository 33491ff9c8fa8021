package dev.assay.logformat;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.assay.logformat.GoldenVectors.Vector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the codecs to the golden vectors, which are the contract: every later version reads them,
 * and none of them is ever changed.
 */
class GoldenVectorsTest {

  @Test
  void itemsAreReadAndWrittenByteForByte() throws IOException {
    Map<String, Item> items = GoldenValues.items();
    for (Vector vector : vectors("items.txt", items)) {
      Item item = ItemCodec.decode(vector.bytes("hex"));
      assertEquals(items.get(vector.name()), item, vector.name());
      assertArrayEquals(vector.bytes("hex"), ItemCodec.encode(item), vector.name());
    }
  }

  @Test
  void keysAreReadAndWrittenByteForByte() throws IOException {
    Map<String, Item> keys = GoldenValues.keys();
    for (Vector vector : vectors("keys.txt", keys)) {
      Item key = keys.getOrDefault(vector.name(), Item.EMPTY);
      KeyCodec codec = GoldenValues.codecFor(key);
      assertEquals(key, codec.decode(vector.bytes("hex")), vector.name());
      assertArrayEquals(vector.bytes("hex"), codec.encode(key), vector.name());
    }
  }

  @Test
  void digestsAreComputedByteForByte() throws IOException {
    for (Vector vector : GoldenVectors.read("digests.txt")) {
      Digest128 digest = ItemDigest.of(vector.bytes("key"), vector.bytes("item"));
      assertEquals(Digest128.of(vector.bytes("digest")), digest, vector.name());
    }
  }

  @Test
  void batchesAreReadAndWrittenByteForByte() throws IOException {
    Map<String, Batch> batches = GoldenValues.batches();
    for (Vector vector : vectors("batches.txt", batches)) {
      Batch batch = BatchCodec.decode(vector.bytes("hex"));
      assertEquals(batches.get(vector.name()), batch, vector.name());
      assertArrayEquals(vector.bytes("hex"), BatchCodec.encode(batch), vector.name());
    }
  }

  @Test
  void framesAreReadAndWrittenByteForByte() throws IOException {
    Map<String, List<Frame>> streams = GoldenValues.streams();
    for (Vector vector : vectors("frames.txt", streams)) {
      List<Frame> frames = readFrames(vector.bytes("hex"));
      assertEquals(streams.get(vector.name()), frames, vector.name());
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      FrameCodec.writeHeader(stream);
      for (Frame frame : frames) {
        FrameCodec.write(frame, stream);
      }
      assertArrayEquals(vector.bytes("hex"), stream.toByteArray(), vector.name());
    }
  }

  @Test
  void filesAreReadAndWrittenByteForByte() throws IOException {
    for (Vector vector : GoldenVectors.read("files.txt")) {
      FileKind kind = FileKind.valueOf(vector.name());
      int version = Integer.parseInt(vector.text("version"));
      byte[] file = vector.bytes("hex");
      byte[] payload = FileEnvelope.unwrap(kind, version, version, file);
      assertArrayEquals(vector.bytes("payload"), payload, vector.name());
      assertArrayEquals(file, FileEnvelope.wrap(kind, version, payload), vector.name());
    }
  }

  @Test
  void segmentsAreReadAndSummedUp() throws IOException {
    Map<String, List<Frame>> segments = GoldenValues.segments();
    HexFormat hex = HexFormat.of();
    Sha256 chain = Sha256.NONE;
    for (Vector vector : vectors("segments.txt", segments)) {
      List<Frame> frames = Segments.read(vector.bytes("hex"), SegmentAccount.FRAMES_BYTES_MAX);
      assertEquals(segments.get(vector.name()), frames, vector.name());
      SegmentSummary segment = Segments.account(frames).summary();
      assertEquals(
          vector.text("first"),
          "%d, term %d, time %s"
              .formatted(
                  segment.firstLsn(), segment.firstTerm(), hex.toHexDigits(segment.firstTime())));
      assertEquals(
          vector.text("last"),
          "%d, term %d, time %s"
              .formatted(
                  segment.lastLsn(), segment.lastTerm(), hex.toHexDigits(segment.lastTime())));
      assertEquals(
          vector.text("counts"),
          "%d entries, %d mutations, %d bytes"
              .formatted(segment.entries(), segment.mutations(), segment.framesBytes()));
      assertEquals(vector.text("identity"), segment.frames().toString());
      chain = SegmentChain.next(chain, segment);
      assertEquals(vector.text("chain"), chain.toString());
    }
  }

  @Test
  void manifestsAreReadAndSignedByteForByte() throws Exception {
    List<Vector> vectors = GoldenVectors.read("manifests.txt");
    SigningKey key = signingKey(vectors.removeFirst());
    SignerCertificate signer = key.certificate();
    Map<String, Manifest> manifests = GoldenValues.manifests(signer);
    assertEquals(manifests.keySet(), GoldenVectors.names(vectors));
    for (Vector vector : vectors) {
      byte[] file = (vector.text("json") + "\n").getBytes(US_ASCII);
      Manifest manifest = ManifestCodec.verify(file, _ -> signer);
      assertEquals(manifests.get(vector.name()), manifest, vector.name());
      assertArrayEquals(file, ManifestCodec.sign(manifest, key), vector.name());
    }
  }

  private static SigningKey signingKey(Vector pems) throws Exception {
    ClusterRoot root = ClusterRoot.parse(Pem.encode(Pem.CERTIFICATE, pems.bytes("root")));
    SignerCertificate signer =
        SignerCertificate.parse(Pem.encode(Pem.CERTIFICATE, pems.bytes("certificate")));
    root.requireCertified(signer);
    return SigningKey.parse(Pem.encode(Pem.PRIVATE_KEY, pems.bytes("key")), signer);
  }

  @Test
  void rootsAreReadAndSignedByteForByte() throws Exception {
    SigningKey key = signingKey(GoldenVectors.read("manifests.txt").getFirst());
    Map<String, ReferenceRoot> roots = GoldenValues.roots(key.certificate());
    for (Vector vector : vectors("roots.txt", roots)) {
      byte[] file = (vector.text("json") + "\n").getBytes(US_ASCII);
      ReferenceRoot root = ReferenceRootCodec.verify(file, _ -> key.certificate());
      assertEquals(roots.get(vector.name()), root, vector.name());
      assertArrayEquals(file, ReferenceRootCodec.sign(root, key), vector.name());
      String reference =
          ArchivePaths.reference(root.cluster(), root.table(), root.tableId(), root.partition());
      assertEquals(
          vector.text("object"), ArchivePaths.root(reference, root.lsn(), Sha256.of(file)));
    }
  }

  @Test
  void packsAreNamedAndBeginAsTheyShould() throws IOException {
    for (Vector vector : GoldenVectors.read("packs.txt")) {
      byte[] pack = vector.bytes("hex");
      PackFormat.checkHead(pack);
      assertArrayEquals(PackFormat.head(), Arrays.copyOf(pack, PackFormat.HEAD_BYTES));
      assertEquals(vector.text("object"), ArchivePaths.pack("", Sha256.of(pack)));
    }
  }

  @Test
  void tableDescriptionsAreReadAndWrittenByteForByte() throws IOException {
    Map<String, TableDescription> tables = Map.of("music", TableDescriptionCodecTest.MUSIC);
    for (Vector vector : vectors("tables.txt", tables)) {
      TableDescription table =
          TableDescriptionCodec.fromItem(ItemCodec.decode(vector.bytes("hex")));
      assertEquals(tables.get(vector.name()), table, vector.name());
      assertArrayEquals(vector.bytes("hex"), ItemCodec.encode(TableDescriptionCodec.toItem(table)));
    }
  }

  @ParameterizedTest
  @MethodSource("refusedVectors")
  void whatIsRefusedIsRefusedForThatReason(Vector vector) {
    FormatException refusal =
        assertThrows(
            FormatException.class, () -> decode(vector.text("format"), vector.bytes("hex")));
    assertEquals(vector.text("refused"), refusal.getClass().getSimpleName(), refusal::toString);
  }

  static List<Vector> refusedVectors() throws IOException {
    return GoldenVectors.read("refused.txt");
  }

  private static void decode(String format, byte[] bytes) throws IOException {
    switch (format) {
      case "item" -> ItemCodec.decode(bytes);
      case "value" -> ValueCodec.decode(bytes);
      case "text key" -> GoldenValues.codecFor(GoldenValues.keys().get("text")).decode(bytes);
      case "batch" -> BatchCodec.decode(bytes);
      case "frames" -> readFrames(bytes);
      case "pack" -> PackFormat.checkHead(bytes);
      case "NODE file, version 2 to 4" -> FileEnvelope.unwrap(FileKind.NODE, 2, 4, bytes);
      default -> throw new IllegalArgumentException(format);
    }
  }

  private static List<Frame> readFrames(byte[] bytes) throws IOException {
    InputStream stream = new ByteArrayInputStream(bytes);
    FrameCodec.readHeader(stream);
    List<Frame> frames = new ArrayList<>();
    @Nullable Frame frame = FrameCodec.read(stream);
    while (frame != null) {
      frames.add(frame);
      frame = FrameCodec.read(stream);
    }
    return frames;
  }

  /** The vectors of a file, which are exactly those that the values name. */
  private static List<Vector> vectors(String file, Map<String, ?> values) throws IOException {
    List<Vector> vectors = GoldenVectors.read(file);
    assertEquals(new TreeSet<>(values.keySet()), GoldenVectors.names(vectors));
    return vectors;
  }
}
