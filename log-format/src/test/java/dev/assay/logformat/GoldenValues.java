package dev.assay.logformat;

import static dev.assay.logformat.ValueTest.setOf;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.assay.logformat.KeySchema.Attribute;
import dev.assay.logformat.KeySchema.Type;
import dev.assay.logformat.Mutation.ArchiveHead;
import dev.assay.logformat.Mutation.Barrier;
import dev.assay.logformat.Mutation.Cut;
import dev.assay.logformat.Mutation.Delete;
import dev.assay.logformat.Mutation.Expire;
import dev.assay.logformat.Mutation.Ingest;
import dev.assay.logformat.Mutation.Put;
import dev.assay.logformat.Mutation.Reserved;
import dev.assay.logformat.ReferenceRoot.Pack;
import dev.assay.logformat.Value.Bin;
import dev.assay.logformat.Value.BinSet;
import dev.assay.logformat.Value.Bool;
import dev.assay.logformat.Value.ListOf;
import dev.assay.logformat.Value.MapOf;
import dev.assay.logformat.Value.Null;
import dev.assay.logformat.Value.Num;
import dev.assay.logformat.Value.NumSet;
import dev.assay.logformat.Value.Text;
import dev.assay.logformat.Value.TextSet;
import dev.assay.logformat.tree.Digest;
import dev.assay.logformat.tree.DigestSuite;
import dev.assay.logformat.tree.Place;
import dev.assay.logformat.tree.Subtree;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the golden vectors hold, by name. */
final class GoldenValues {
  /** The seed of the key vectors' tables. */
  static final long SEED = 0x0123456789ABCDEFL;

  private static final UUID TABLE = UUID.fromString("6f1ed002-ab5e-4c2d-9a53-3c6a3f0e7b11");
  private static final byte[] KEY = {1, 2, 3};

  private GoldenValues() {}

  static Map<String, Item> items() {
    Map<String, Item> items = new LinkedHashMap<>();
    items.put("empty", Item.EMPTY);
    items.put("one-text", item("id", new Text("a")));
    items.put("every-type", everyType());
    items.put(
        "names-by-utf8",
        new Item(
            Map.of(
                "", new Bool(true),
                "a", new Bool(true),
                "B", new Bool(true),
                "ab", new Bool(true),
                "é", new Bool(true),
                "\uFFFD", new Bool(true),
                "\uD83D\uDE00", new Bool(true))));
    items.put(
        "texts",
        item(
            "t",
            list(new Text(""), new Text("\0"), new Text("é€\uD83D\uDE00"), new Text("\uFFFD"))));
    items.put("numbers", item("n", new ListOf(numbers().map(Value.class::cast).toList())));
    items.put(
        "sets",
        new Item(
            Map.of(
                "s", new TextSet(setOf("b", "", "a", "aa", "\uFFFD", "\uD83D\uDE00")),
                "n", new NumSet(setOf(number("10"), number("-5"), number("0"), number("9.5"))),
                "b", new BinSet(setOf(bin("ff"), bin(""), bin("00"), bin("7f"))))));
    items.put("long-text", item("t", new Text("x".repeat(300))));
    items.put("deepest", item("l", nested()));
    return items;
  }

  private static Item everyType() {
    Map<String, Value> attributes = new LinkedHashMap<>();
    attributes.put("S", new Text("text"));
    attributes.put("N", new Num(number("-12.5")));
    attributes.put("B", bin("00ff"));
    attributes.put("BOOL", list(new Bool(true), new Bool(false)));
    attributes.put("NULL", new Null());
    attributes.put("L", list());
    attributes.put("M", new MapOf(Map.of("b", new Text("2"), "a", Num.of(1))));
    attributes.put("SS", new TextSet(setOf("a")));
    attributes.put("NS", new NumSet(setOf(number("1"))));
    attributes.put("BS", new BinSet(setOf(bin("01"))));
    return new Item(attributes);
  }

  private static Stream<Num> numbers() {
    return Stream.of(
            "0",
            "1",
            "-1",
            "5",
            "10",
            "42",
            "100",
            "123",
            "-123",
            "0.1",
            "0.01",
            "1700000000123",
            "999999999999999999",
            "1000000000000000001",
            "12345678901234567890123456789012345678",
            "-12345678901234567890123456789012345678",
            "1E-130",
            "-1E-130",
            "9.9999999999999999999999999999999999999E+125",
            "-9.9999999999999999999999999999999999999E+125")
        .map(text -> new Num(number(text)));
  }

  private static Value nested() {
    Value value = new Null();
    for (int i = 0; i < ValueCodec.NESTING_MAX; i++) {
      value = list(value);
    }
    return value;
  }

  static Map<String, Item> keys() {
    Map<String, Item> keys = new LinkedHashMap<>();
    keys.put("text", item("p", new Text("user#1")));
    keys.put("empty-text", item("p", new Text("")));
    keys.put("text-with-zeros", item("p", new Text("a\0b\0")));
    keys.put("binary", item("p", bin("0001ff00")));
    keys.put("number", item("p", Num.of(42)));
    keys.put("text-text", new Item(Map.of("p", new Text("a"), "s", new Text("é"))));
    keys.put("text-number", new Item(Map.of("p", new Text("a"), "s", new Num(number("-0.5")))));
    keys.put("number-binary", new Item(Map.of("p", Num.of(0), "s", bin("ff"))));
    keys.put("binary-number", new Item(Map.of("p", bin(""), "s", Num.of(1000))));
    return keys;
  }

  static KeyCodec codecFor(@Nullable Item key) {
    Objects.requireNonNull(key);
    Value sortKey = key.get("s");
    return new KeyCodec(
        new KeySchema(
            new Attribute("p", type(key.get("p"))),
            sortKey == null ? null : new Attribute("s", type(sortKey))),
        SEED);
  }

  private static Type type(@Nullable Value value) {
    if (value instanceof Text) {
      return Type.S;
    }
    return value instanceof Num ? Type.N : Type.B;
  }

  static Map<String, Batch> batches() {
    Map<String, Batch> batches = new LinkedHashMap<>();
    batches.put("empty", new Batch(new UUID(0, 0), 0, new Fence(0, 1, 0, ""), 0, List.of()));
    batches.put("put", put());
    batches.put(
        "every-kind",
        batch(
            new Fence(3, 9, 8, "node-b"),
            new Put(KEY, oneText(), Digest128.NONE),
            new Delete(KEY, ItemDigest.of(KEY, oneText())),
            new Expire(new byte[0], new Digest128(1, 2)),
            new Barrier(new UUID(-1, 1)),
            new Cut(),
            new Ingest(HexFormat.of().parseHex("ab".repeat(32)))));
    batches.put(
        "reserved-kinds",
        batch(
            new Fence(3, 10, 9, "node-a"),
            new Reserved(16, new byte[0]),
            new Reserved(24, KEY),
            new Reserved(32, KEY),
            new Reserved(40, KEY),
            new Reserved(55, KEY)));
    batches.put(
        "archive-head",
        batch(
            new Fence(3, 11, 10, "node-a"),
            new ArchiveHead(0x0102030405L, Sha256.of("manifest".getBytes(UTF_8))),
            new Cut()));
    batches.put(
        "largest-numbers",
        new Batch(
            new UUID(-1, -1),
            -1,
            new Fence(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 1, "é"),
            -1,
            List.of()));
    return batches;
  }

  private static Batch put() {
    return batch(new Fence(3, 8, 5, "node-a"), new Put(KEY, oneText(), Digest128.NONE));
  }

  private static Batch batch(Fence fence, Mutation... mutations) {
    return new Batch(TABLE, 2, fence, HybridTime.of(1_700_000_000_123L, 7), List.of(mutations));
  }

  static byte[] oneText() {
    return ItemCodec.encode(item("id", new Text("a")));
  }

  static Map<String, List<Frame>> streams() {
    return Map.of(
        "no-frames",
        List.of(),
        "every-kind",
        List.of(
            new Frame(0, 0, FrameKind.CONFIGURATION, "members".getBytes(UTF_8)),
            new Frame(1, 3, FrameKind.METADATA, new byte[0]),
            new Frame(2, 3, FrameKind.DATA, BatchCodec.encode(put())),
            new Frame(Long.MAX_VALUE, Long.MAX_VALUE, FrameKind.METADATA, KEY)));
  }

  static Map<String, List<Frame>> segments() {
    return Map.of(
        "every-kind",
        List.of(
            new Frame(0, 0, FrameKind.CONFIGURATION, new byte[0]),
            new Frame(1, 3, FrameKind.METADATA, new byte[0]),
            new Frame(2, 3, FrameKind.DATA, BatchCodec.encode(put())),
            new Frame(3, 4, FrameKind.DATA, BatchCodec.encode(cut()))),
        "no-batch",
        List.of(new Frame(4, 5, FrameKind.METADATA, new byte[0])));
  }

  private static Batch cut() {
    Batch batch = batch(new Fence(4, 1, 0, "node-b"), new Cut());
    return new Batch(TABLE, 2, batch.fence(), batch.hybridTime() + 1, batch.mutations());
  }

  static Map<String, Manifest> manifests(SignerCertificate signer) throws FormatException {
    SegmentSummary first = summary("every-kind");
    SegmentSummary second = summary("no-batch");
    Sha256 chain = SegmentChain.next(Sha256.NONE, first);
    return Map.of(
        "first",
        manifest(first, chain, Sha256.NONE, signer),
        "second",
        manifest(second, SegmentChain.next(chain, second), Sha256.of(KEY), signer));
  }

  private static SegmentSummary summary(String name) throws FormatException {
    return Segments.account(Objects.requireNonNull(segments().get(name))).summary();
  }

  private static Manifest manifest(
      SegmentSummary segment, Sha256 chain, Sha256 previous, SignerCertificate signer) {
    return new Manifest(
        "demo",
        "music",
        TABLE,
        2,
        segment,
        1234,
        Sha256.of("object".getBytes(UTF_8)),
        chain,
        previous,
        signer.node(),
        signer.fingerprint(),
        1_767_323_045_678L);
  }

  static Map<String, ReferenceRoot> roots(SignerCertificate signer) {
    Digest digest = DigestSuite.SHA_256.item(KEY, ItemCodec.encode(Item.EMPTY));
    Sha256 node = Sha256.of("node".getBytes(UTF_8));
    Sha256 pack = Sha256.of("pack".getBytes(UTF_8));
    long max = Long.MAX_VALUE;
    return Map.of(
        "empty",
        root(
            new long[] {0, 0, 0, 0, 0, 0, 0},
            Sha256.NONE,
            DigestSuite.XXH3_128,
            Subtree.empty(DigestSuite.XXH3_128),
            List.of(),
            signer),
        "one-pack",
        root(
            new long[] {3, 1, 4, 4, 1, 0x018b_cfe5_687b_0008L, 0},
            Sha256.NONE,
            DigestSuite.SHA_256,
            new Subtree(0, KEY, digest, 1, 5, new Place(1, 16, 51, node)),
            List.of(new Pack(1, 67, 51, pack)),
            signer),
        "largest",
        root(
            new long[] {max, max, max, max, max, -1, max},
            Sha256.of("base".getBytes(UTF_8)),
            DigestSuite.XXH3_128,
            new Subtree(
                63,
                new byte[] {-1, 0},
                DigestSuite.XXH3_128.item(KEY, ItemCodec.encode(Item.EMPTY)),
                max,
                max,
                new Place(Integer.MAX_VALUE, Integer.MAX_VALUE - 1, 1, node)),
            List.of(
                new Pack(0, 16, 0, Sha256.NONE),
                new Pack(7, 16_777_300, 5_000, pack),
                new Pack(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, pack)),
            signer));
  }

  /**
   * @param numbers LSN, the segment's LSN, term, the cursor's term and sequence, time, lineage
   *     breaks
   */
  private static ReferenceRoot root(
      long[] numbers,
      Sha256 base,
      DigestSuite suite,
      Subtree tree,
      List<Pack> packs,
      SignerCertificate signer) {
    return new ReferenceRoot(
        "demo",
        "music",
        TABLE,
        2,
        numbers[0],
        numbers[1],
        numbers[2],
        numbers[3],
        numbers[4],
        numbers[5],
        base,
        Sha256.of("manifest".getBytes(UTF_8)),
        Sha256.of("chain".getBytes(UTF_8)),
        numbers[6],
        suite,
        tree,
        packs,
        signer.node(),
        signer.fingerprint(),
        1_767_323_045_678L);
  }

  private static Item item(String name, Value value) {
    return new Item(Map.of(name, value));
  }

  private static ListOf list(Value... elements) {
    return new ListOf(List.of(elements));
  }

  private static BigDecimal number(String text) {
    return new BigDecimal(text);
  }

  private static Bin bin(String hex) {
    return new Bin(HexFormat.of().parseHex(hex));
  }
}
