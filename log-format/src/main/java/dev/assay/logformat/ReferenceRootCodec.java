package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.ReferenceRoot.Pack;
import dev.assay.logformat.tree.Digest;
import dev.assay.logformat.tree.DigestSuite;
import dev.assay.logformat.tree.Place;
import dev.assay.logformat.tree.Subtree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A root's record as a file: one JSON object on one line, with exactly these fields in this order
 * and without any space.
 *
 * <pre>
 *   {"root":1,                version of the format
 *    "cluster":"...", "table":"...", "tableId":"lower-case UUID", "partition":N,
 *    "lsn":N, "segmentLsn":N, "term":N, "cursorTerm":N, "cursorSequence":N,
 *    "time":"16 hex",         hybrid time
 *    "base":"64 hex", "manifest":"64 hex", "chain":"64 hex", "lineageBreaks":N,
 *    "suite":"xxh3-128" or "sha-256",
 *    "level":N, "lastKey":"hex", "digest":"hex", "items":N, "bytes":N,
 *    "pack":N, "offset":N, "length":N, "node":"64 hex",        the tree's root and its place
 *    "packs":"number:bytes:live bytes:64 hex,...",             numbers ascending
 *    "writer":"...", "key":"64 hex", "writtenAtMs":N,
 *    "checksum":"8 hex",      of every byte before this field's comma
 *    "signature":"128 hex"}   Ed25519, of every byte before this field's comma
 *   newline
 * </pre>
 *
 * <p>Numbers are decimal, not negative and without leading zeros; names are of letters, digits,
 * dots, dashes and underscores; hexadecimal digits are lower-case. So there is one encoding of each
 * record, and nothing in it is ever escaped. {@link SignedLine} says what the tail is for.
 *
 * <p>Does not check: that anything named is there, or is what its SHA-256 says. Any thread may
 * call.
 */
public final class ReferenceRootCodec {
  public static final int VERSION = 1;

  /** Enough for more than 40,000 packs. */
  public static final int FILE_BYTES_MAX = 4 << 20;

  private static final String WHAT = "root record";
  private static final HexFormat HEX = HexFormat.of();
  private static final int LEVEL_MAX = 63;

  /** A place has 31 bits for an offset. */
  private static final int PACK_BYTES_MAX = Integer.MAX_VALUE;

  private static final String NUMBER = "(0|[1-9][0-9]{0,9})";
  private static final Pattern PACK =
      Pattern.compile(NUMBER + ":" + NUMBER + ":" + NUMBER + ":([0-9a-f]{64})");

  private ReferenceRootCodec() {}

  /**
   * @throws IllegalArgumentException when the root names another key, or makes no sense
   */
  public static byte[] sign(ReferenceRoot root, SigningKey key) {
    byte[] file = SignedLine.sign(body(root), root.key(), key);
    try {
      read(file);
    } catch (FormatException e) {
      throw new IllegalArgumentException("not a root: " + e.getMessage(), e);
    }
    return file;
  }

  /** The fields before the checksum. */
  static JsonLine body(ReferenceRoot root) {
    Subtree tree = root.tree();
    Place place = tree.place();
    return new JsonLine()
        .number("root", VERSION)
        .text("cluster", root.cluster())
        .text("table", root.table())
        .text("tableId", root.tableId())
        .number("partition", root.partition())
        .number("lsn", root.lsn())
        .number("segmentLsn", root.segmentLsn())
        .number("term", root.term())
        .number("cursorTerm", root.cursorTerm())
        .number("cursorSequence", root.cursorSequence())
        .time("time", root.time())
        .text("base", root.base())
        .text("manifest", root.manifest())
        .text("chain", root.chain())
        .number("lineageBreaks", root.lineageBreaks())
        .text("suite", root.suite())
        .number("level", tree.level())
        .text("lastKey", HEX.formatHex(tree.lastKey()))
        .text("digest", tree.digest())
        .number("items", tree.items())
        .number("bytes", tree.bytes())
        .number("pack", place.pack())
        .number("offset", place.offset())
        .number("length", place.length())
        .text("node", place.sha256())
        .text("packs", packs(root.packs()))
        .text("writer", root.writer())
        .text("key", root.key())
        .number("writtenAtMs", root.writtenAtMs());
  }

  private static String packs(List<Pack> packs) {
    return packs.stream()
        .map(p -> p.number() + ":" + p.bytes() + ":" + p.liveBytes() + ":" + p.sha256())
        .collect(Collectors.joining(","));
  }

  /** Reads a root's record, whose signature is NOT checked. */
  public static ReferenceRoot read(byte[] file) throws FormatException {
    return read(SignedLine.read(WHAT, FILE_BYTES_MAX, file));
  }

  /**
   * Reads a root's record that one of the cluster's nodes has signed.
   *
   * @throws FormatException when the file is damaged, or its signature is not the signer's
   * @throws UntrustedSigner when the signer is unknown, or may not sign this
   * @throws IOException when the signer can't be looked up
   */
  public static ReferenceRoot verify(byte[] file, SignerLookup signers)
      throws UntrustedSigner, IOException {
    SignedLine line = SignedLine.read(WHAT, FILE_BYTES_MAX, file);
    ReferenceRoot root = read(line);
    line.verify(
        new SignedLine.Claim(root.cluster(), root.writer(), root.key(), root.writtenAtMs()),
        signers);
    return root;
  }

  private static ReferenceRoot read(SignedLine line) throws FormatException {
    JsonLine.Reader in = line.fields();
    in.version("root", VERSION);
    String cluster = in.name("cluster");
    String table = in.name("table");
    UUID tableId = in.uuid("tableId");
    int partition = (int) in.number("partition", Integer.MAX_VALUE);
    long lsn = in.number("lsn", Long.MAX_VALUE);
    long segmentLsn = in.number("segmentLsn", lsn);
    long term = in.number("term", Long.MAX_VALUE);
    long cursorTerm = in.number("cursorTerm", term);
    long cursorSequence = in.number("cursorSequence", Long.MAX_VALUE);
    long time = in.time("time");
    Sha256 base = in.sha256("base");
    Sha256 manifest = in.sha256("manifest");
    Sha256 chain = in.sha256("chain");
    long lineageBreaks = in.number("lineageBreaks", Long.MAX_VALUE);
    DigestSuite suite = suite(in.text("suite"));
    Subtree tree = tree(in, suite);
    List<Pack> packs = packs(in.text("packs"));
    String writer = in.name("writer");
    Sha256 key = in.sha256("key");
    long writtenAtMs = in.number("writtenAtMs", Long.MAX_VALUE);
    in.end();
    requirePlace(suite, tree, packs);
    return new ReferenceRoot(
        cluster,
        table,
        tableId,
        partition,
        lsn,
        segmentLsn,
        term,
        cursorTerm,
        cursorSequence,
        time,
        base,
        manifest,
        chain,
        lineageBreaks,
        suite,
        tree,
        packs,
        writer,
        key,
        writtenAtMs);
  }

  private static DigestSuite suite(String text) throws FormatException {
    for (DigestSuite suite : DigestSuite.values()) {
      if (suite.toString().equals(text)) {
        return suite;
      }
    }
    throw new Corrupt(WHAT + "'s suite", "xxh3-128 or sha-256", "\"" + text + "\"");
  }

  private static Subtree tree(JsonLine.Reader in, DigestSuite suite) throws FormatException {
    int level = (int) in.number("level", LEVEL_MAX);
    byte[] lastKey = hex(in, "lastKey");
    byte[] digest = hex(in, "digest");
    if (digest.length != suite.digestBytes()) {
      throw new Corrupt(WHAT + "'s digest", suite.digestBytes() + " bytes", digest.length);
    }
    long items = in.number("items", Long.MAX_VALUE);
    long bytes = in.number("bytes", Long.MAX_VALUE);
    int pack = (int) in.number("pack", Integer.MAX_VALUE);
    int offset = (int) in.number("offset", Integer.MAX_VALUE);
    int length = (int) in.number("length", Integer.MAX_VALUE);
    Place place = new Place(pack, offset, length, in.sha256("node"));
    return new Subtree(level, lastKey, Digest.of(digest), items, bytes, place);
  }

  private static byte[] hex(JsonLine.Reader in, String field) throws FormatException {
    String digits = in.text(field);
    if (digits.length() % 2 != 0 || !Hex.isLowerCase(digits)) {
      throw new Corrupt(
          WHAT + "'s " + field, "lower-case hexadecimal digits, two a byte", "another");
    }
    return HEX.parseHex(digits);
  }

  private static List<Pack> packs(String text) throws FormatException {
    List<Pack> packs = new ArrayList<>();
    if (text.isEmpty()) {
      return packs;
    }
    long last = -1;
    for (String each : text.split(",", -1)) {
      Pack pack = pack(each);
      if (pack.number() <= last) {
        throw new Corrupt(WHAT + "'s packs", "a number above " + last, pack.number());
      }
      last = pack.number();
      packs.add(pack);
    }
    return packs;
  }

  private static Pack pack(String text) throws FormatException {
    Matcher matcher = PACK.matcher(text);
    if (!matcher.matches()) {
      throw new Corrupt(WHAT + "'s pack", "number:bytes:live bytes:SHA-256", "another");
    }
    long number = Long.parseLong(matcher.group(1));
    long bytes = Long.parseLong(matcher.group(2));
    long liveBytes = Long.parseLong(matcher.group(3));
    if (number > Integer.MAX_VALUE) {
      throw new Corrupt(WHAT + "'s pack", "a number from 0 to " + Integer.MAX_VALUE, number);
    }
    if (bytes < PackFormat.HEAD_BYTES || bytes > PACK_BYTES_MAX) {
      throw new Corrupt(
          "bytes of pack " + number + " in the " + WHAT,
          PackFormat.HEAD_BYTES + " to " + PACK_BYTES_MAX,
          bytes);
    }
    if (liveBytes > bytes) {
      throw new Corrupt("live bytes of pack " + number, "at most " + bytes, liveBytes);
    }
    return new Pack((int) number, bytes, liveBytes, Sha256.parse(matcher.group(4)));
  }

  /** The root's node is inside a pack that is listed; the empty tree has none. */
  private static void requirePlace(DigestSuite suite, Subtree tree, List<Pack> packs)
      throws FormatException {
    if (tree.isEmpty()) {
      if (!tree.equals(Subtree.empty(suite))) {
        throw new Corrupt(WHAT + "'s tree", "the empty one, of no items", "another");
      }
      return;
    }
    Place place = tree.place();
    for (Pack pack : packs) {
      if (pack.number() == place.pack()) {
        requireInside(place, pack);
        return;
      }
    }
    throw new Corrupt(WHAT + "'s pack", "one of its packs", place.pack());
  }

  private static void requireInside(Place place, Pack pack) throws FormatException {
    if (place.length() == 0
        || place.offset() < PackFormat.HEAD_BYTES
        || place.offset() + (long) place.length() > pack.bytes()) {
      throw new Corrupt(
          WHAT + "'s node",
          "from " + PackFormat.HEAD_BYTES + " to " + pack.bytes() + " of pack " + pack.number(),
          place.offset() + ", " + place.length() + " bytes");
    }
  }
}
