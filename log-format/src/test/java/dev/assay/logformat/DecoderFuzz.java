package dev.assay.logformat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.assay.logformat.KeySchema.Attribute;
import dev.assay.logformat.KeySchema.Type;
import dev.assay.logformat.ReferenceRoot.Pack;
import dev.assay.logformat.tree.DigestSuite;
import dev.assay.logformat.tree.Place;
import dev.assay.logformat.tree.Subtree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/**
 * Gives the decoders random bytes and valid bytes with changes. Checks: nothing but a {@link
 * FormatException} is thrown, what is accepted is encoded to the same bytes again, and what is
 * allocated stays in proportion to the bytes. Repeat a run with {@code -Dassay.fuzz.seed=}.
 */
@Timeout(600)
class DecoderFuzz {
  private static final int ROUNDS = 20_000;

  /** The worst is a set of one empty element: four bytes, and a hash table of sixteen slots. */
  private static final int ALLOCATED_PER_BYTE_MAX = 256;

  private static final int ALLOCATED_MAX = 1 << 16;

  private final com.sun.management.ThreadMXBean threads =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Random random;
  private final Arbitrary arbitrary;
  private final long seed;

  DecoderFuzz(TestInfo test) {
    seed = Long.getLong("assay.fuzz.seed", new Random().nextLong());
    random = new Random(seed);
    arbitrary = new Arbitrary(random);
    System.out.println("DecoderFuzz " + test.getDisplayName() + ": -Dassay.fuzz.seed=" + seed);
  }

  /** Decodes, and encodes again what was accepted. */
  private interface Decoder {
    byte[] decodeAndEncode(byte[] bytes) throws IOException;
  }

  private interface Source {
    byte[] next();
  }

  @Test
  void itemsAreDecodedOrRefused() {
    fuzz(
        () -> ItemCodec.encode(arbitrary.item()),
        UnaryOperator.identity(),
        bytes -> ItemCodec.encode(ItemCodec.decode(bytes)));
  }

  @Test
  void valuesAreDecodedOrRefused() {
    fuzz(
        () -> ValueCodec.encode(arbitrary.value(4)),
        UnaryOperator.identity(),
        bytes -> ValueCodec.encode(ValueCodec.decode(bytes)));
  }

  @Test
  void keysAreDecodedOrRefused() {
    for (Type type : Type.values()) {
      KeyCodec keys =
          new KeyCodec(new KeySchema(new Attribute("p", type), new Attribute("s", type)), 5);
      fuzz(
          () -> keys.encode(arbitrary.key(type), arbitrary.key(type)),
          UnaryOperator.identity(),
          bytes -> keys.encode(keys.decode(bytes)));
    }
  }

  @Test
  void batchesAreDecodedOrRefused() {
    fuzz(
        () -> BatchCodec.encode(arbitrary.batch()),
        Checksums::repairLast,
        bytes -> BatchCodec.encode(BatchCodec.decode(bytes)));
  }

  @Test
  void framesAreDecodedOrRefused() {
    fuzz(
        () -> FrameCodec.encode(arbitrary.frame()),
        bytes -> Checksums.repairLast(Checksums.repair(bytes, 0, 21)),
        bytes -> {
          ByteArrayInputStream stream = new ByteArrayInputStream(bytes);
          Frame frame = FrameCodec.read(stream);
          byte[] again = frame == null ? new byte[0] : FrameCodec.encode(frame);
          byte[] rest = stream.readAllBytes();
          byte[] whole = Arrays.copyOf(again, again.length + rest.length);
          System.arraycopy(rest, 0, whole, again.length, rest.length);
          return whole;
        });
  }

  @Test
  void filesAreDecodedOrRefused() {
    fuzz(
        () -> FileEnvelope.wrap(FileKind.LEDGER, 2, arbitrary.bytes()),
        Checksums::repairLast,
        bytes ->
            FileEnvelope.wrap(
                FileKind.LEDGER, 2, FileEnvelope.unwrap(FileKind.LEDGER, 2, 2, bytes)));
  }

  @Test
  void tablesAreDecodedOrRefused() {
    Item table = TableDescriptionCodec.toItem(TableDescriptionCodecTest.MUSIC);
    fuzz(
        () -> ItemCodec.encode(table),
        UnaryOperator.identity(),
        bytes -> {
          Item item = ItemCodec.decode(bytes);
          return ItemCodec.encode(
              TableDescriptionCodec.toItem(TableDescriptionCodec.fromItem(item)));
        });
  }

  @Test
  void segmentsAreDecodedOrRefused() {
    fuzz(
        this::segment,
        UnaryOperator.identity(),
        bytes -> {
          Segments.read(bytes, 1 << 16);
          return bytes;
        });
  }

  private byte[] segment() {
    List<Frame> frames = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      frames.add(arbitrary.frame());
    }
    try {
      return Segments.object(frames);
    } catch (IOException e) {
      return fail(e);
    }
  }

  @Test
  void manifestsAreDecodedOrRefused() throws FormatException {
    SigningKey key = new Signers("demo").key("node-a");
    fuzz(
        () -> ManifestCodec.sign(manifest(key), key),
        bytes -> ManifestCodecTest.repaired(new String(bytes, ISO_8859_1)),
        bytes -> withBody(bytes, ManifestCodec.body(ManifestCodec.read(bytes))));
  }

  /** The bytes with this body, and their own tail. */
  private static byte[] withBody(byte[] bytes, JsonLine line) {
    byte[] body = line.toString().getBytes(ISO_8859_1);
    return spliced(bytes, 0, body.length, body);
  }

  private Manifest manifest(SigningKey key) {
    long first = random.nextInt(1000);
    int entries = 1 + random.nextInt(1000);
    SegmentSummary segment =
        new SegmentSummary(
            first,
            first + entries - 1,
            random.nextInt(3),
            3,
            random.nextLong(),
            random.nextLong(),
            entries,
            random.nextInt(1 << 30),
            random.nextInt(1 << 24),
            Sha256.of(arbitrary.bytes()));
    return new Manifest(
        "demo",
        "t-1.a_B",
        new UUID(random.nextLong(), random.nextLong()),
        random.nextInt(9),
        segment,
        random.nextInt(1 << 24),
        Sha256.NONE,
        Sha256.of(arbitrary.bytes()),
        Sha256.of(arbitrary.bytes()),
        "node-a",
        key.certificate().fingerprint(),
        random.nextLong() >>> 1);
  }

  @Test
  void rootsAreDecodedOrRefused() throws FormatException {
    SigningKey key = new Signers("demo").key("node-a");
    fuzz(
        () -> ReferenceRootCodec.sign(root(key), key),
        bytes -> ManifestCodecTest.repaired(new String(bytes, ISO_8859_1)),
        bytes -> withBody(bytes, ReferenceRootCodec.body(ReferenceRootCodec.read(bytes))));
  }

  private ReferenceRoot root(SigningKey key) {
    DigestSuite suite = random.nextBoolean() ? DigestSuite.XXH3_128 : DigestSuite.SHA_256;
    List<Pack> packs = new ArrayList<>();
    for (int number = random.nextInt(9); number < 8; number += 1 + random.nextInt(4)) {
      packs.add(new Pack(number, 1000, random.nextInt(1000), Sha256.of(arbitrary.bytes())));
    }
    Subtree tree = packs.isEmpty() ? Subtree.empty(suite) : tree(suite, packs);
    return new ReferenceRoot(
        "demo",
        "t-1.a_B",
        new UUID(random.nextLong(), random.nextLong()),
        random.nextInt(9),
        70,
        random.nextInt(71),
        3,
        random.nextInt(3),
        random.nextLong() >>> 1,
        random.nextLong(),
        Sha256.NONE,
        Sha256.of(arbitrary.bytes()),
        Sha256.of(arbitrary.bytes()),
        random.nextInt(3),
        suite,
        tree,
        packs,
        "node-a",
        key.certificate().fingerprint(),
        random.nextLong() >>> 1);
  }

  private Subtree tree(DigestSuite suite, List<Pack> packs) {
    int pack = packs.get(random.nextInt(packs.size())).number();
    return new Subtree(
        random.nextInt(5),
        arbitrary.bytes(),
        suite.item(arbitrary.bytes(), arbitrary.bytes()),
        1 + random.nextInt(1000),
        random.nextInt(1 << 20),
        new Place(pack, 16 + random.nextInt(100), 1 + random.nextInt(100), Sha256.NONE));
  }

  @Test
  void headsOfPacksAreReadOrRefused() {
    fuzz(
        PackFormat::head,
        bytes -> Checksums.repair(bytes, 0, 12),
        bytes -> {
          PackFormat.checkHead(bytes);
          return spliced(bytes, 0, PackFormat.HEAD_BYTES, PackFormat.head());
        });
  }

  @Test
  void certificatesAreDecodedOrRefused() throws FormatException {
    Signers signers = new Signers("demo");
    byte[] root = Pem.decode(Pem.CERTIFICATE, signers.root().pem());
    byte[] node = Pem.decode(Pem.CERTIFICATE, signers.key("node-a").certificate().pem());
    fuzz(
        () -> random.nextInt(4) == 0 ? root : node,
        UnaryOperator.identity(),
        bytes -> {
          SignerCertificate.parse(Pem.encode(Pem.CERTIFICATE, bytes));
          return bytes;
        });
    fuzz(
        () -> signers.root().pem().getBytes(ISO_8859_1),
        UnaryOperator.identity(),
        bytes -> {
          ClusterRoot.parse(new String(bytes, ISO_8859_1));
          return bytes;
        });
  }

  @Test
  void containersThatClaimMuchAllocateLittle() {
    BytesWriter nested = new BytesWriter();
    for (int i = 0; i < ValueCodec.NESTING_MAX; i++) {
      nested.u8('L').varint(400_000);
    }
    byte[] claims = Arrays.copyOf(nested.toBytes(), 500_000);
    assertProportional(claims, 1, bytes -> ValueCodec.encode(ValueCodec.decode(bytes)));

    BytesWriter sets = new BytesWriter();
    int count = 20_000;
    sets.u8('L').varint(count);
    for (int i = 0; i < count; i++) {
      sets.u8('s').u8(1).u8(0);
    }
    assertProportional(
        sets.toBytes(),
        ALLOCATED_PER_BYTE_MAX,
        bytes -> ValueCodec.encode(ValueCodec.decode(bytes)));
  }

  /**
   * @param repair makes changed bytes pass their checksums, so that what is behind is reached
   */
  private void fuzz(Source valid, UnaryOperator<byte[]> repair, Decoder decoder) {
    int accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = round % 10 == 0 ? randomBytes() : changed(valid.next());
      if (random.nextBoolean()) {
        bytes = repair.apply(bytes);
      }
      if (assertProportional(bytes, ALLOCATED_PER_BYTE_MAX, decoder)) {
        accepted++;
      }
    }
    // Some changes leave valid bytes; were there none, the changes would not reach deep.
    assertTrue(accepted > 0, "nothing was accepted");
  }

  /** Whether the decoder accepted the bytes. */
  private boolean assertProportional(byte[] bytes, int perByteMax, Decoder decoder) {
    long limit = ALLOCATED_MAX + (long) perByteMax * bytes.length;
    long before = threads.getCurrentThreadAllocatedBytes();
    boolean accepted = accepts(bytes, decoder);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    // The first time that code is reached, the JVM's linking of it is counted too.
    for (int again = 0; again < 3 && allocated > limit; again++) {
      before = threads.getCurrentThreadAllocatedBytes();
      accepts(bytes, decoder);
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    }
    if (allocated > limit) {
      fail(allocated + " bytes allocated: " + describe(bytes));
    }
    return accepted;
  }

  private boolean accepts(byte[] bytes, Decoder decoder) {
    try {
      assertArrayEquals(bytes, decoder.decodeAndEncode(bytes), () -> describe(bytes));
      return true;
    } catch (FormatException e) {
      return false;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      return fail(describe(bytes), e);
    }
  }

  private String describe(byte[] bytes) {
    String hex = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 2000));
    return "seed " + seed + ", " + bytes.length + " bytes: " + hex;
  }

  private byte[] randomBytes() {
    byte[] bytes = new byte[random.nextInt(200)];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] changed(byte[] valid) {
    byte[] bytes = valid;
    for (int changes = random.nextInt(4); changes > 0; changes--) {
      bytes = change(bytes);
    }
    return bytes;
  }

  private byte[] change(byte[] bytes) {
    if (bytes.length == 0) {
      return randomBytes();
    }
    int at = random.nextInt(bytes.length);
    int end = at + random.nextInt(Math.min(9, bytes.length - at) + 1);
    byte[] changed = bytes.clone();
    switch (random.nextInt(6)) {
      case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> changed[at] = (byte) random.nextInt(256);
      case 2 -> Arrays.fill(changed, at, end, (byte) -random.nextInt(2));
      case 3 -> changed = Arrays.copyOf(bytes, at);
      case 4 -> changed = spliced(bytes, at, end, new byte[0]);
      default -> changed = spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, end));
    }
    return changed;
  }

  /** The bytes with {@code [from, end)} replaced. */
  private static byte[] spliced(byte[] bytes, int from, int end, byte[] replacement) {
    byte[] spliced = Arrays.copyOf(bytes, bytes.length - (end - from) + replacement.length);
    System.arraycopy(replacement, 0, spliced, from, replacement.length);
    System.arraycopy(bytes, end, spliced, from + replacement.length, bytes.length - end);
    return spliced;
  }
}
