package dev.assay.logformat.tree;

import dev.assay.logformat.BytesReader;
import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatVersion;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.tree.Node.Branch;
import dev.assay.logformat.tree.Node.Leaf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Writes and reads the bytes of one node.
 *
 * <pre>
 *   node      version (1): 01
 *             level (1)
 *             count, entry...      keys ascending
 *             place...             above leaves: one an entry, or none
 *
 *   entry     key (sized bytes)
 *    of a leaf:                    LSN (8), length of the item (4), the item's digest
 *    above:                        items under it (8), bytes under it (8), the child's digest
 *
 *   place     pack (4), offset (4), length (4), SHA-256 of the child's bytes (32)
 * </pre>
 *
 * <p>A node's digest is the suite's hash of the bytes before the places: equal states have equal
 * digests, wherever their nodes are. The digest of the empty tree is that of the leaf with no
 * entries, the bytes {@code 01 00 00}. Any thread may call.
 */
public final class NodeCodec {
  public static final int VERSION = 1;

  static final int PLACE_BYTES = 3 * Integer.BYTES + Sha256.BYTES;

  private static final int LEAF_ENTRY_BYTES_MIN = 1 + Long.BYTES + Integer.BYTES;
  private static final int BRANCH_ENTRY_BYTES_MIN = 1 + 2 * Long.BYTES;

  private NodeCodec() {}

  static byte[] emptyLeaf() {
    return head(0, 0).toBytes();
  }

  /** What every node begins with. */
  static BytesWriter head(int level, int count) {
    return new BytesWriter(2 * Boundaries.TARGET_BYTES).u8(VERSION).u8(level).varint(count);
  }

  static void writeItem(BytesWriter out, TreeItem item) {
    out.sized(item.key()).i64(item.lsn()).i32(item.bytes()).bytes(item.digest().bytes());
  }

  static void writeChild(BytesWriter out, Subtree child) {
    out.sized(child.lastKey()).i64(child.items()).i64(child.bytes()).bytes(child.digest().bytes());
  }

  static void writePlace(BytesWriter out, Place place) {
    out.i32(place.pack()).i32(place.offset()).i32(place.length());
    out.bytes(place.sha256().toBytes());
  }

  /**
   * Reads the topmost node of a subtree, and trusts nothing.
   *
   * <p>Checks: the digest; that keys ascend and the last is the subtree's; that the entries add up
   * to what the subtree says; that nothing follows. Does not check: that nodes end where they
   * should, and the SHA-256, which whoever fetches the bytes checks.
   */
  public static Node read(DigestSuite suite, Subtree subtree, byte[] bytes) throws FormatException {
    BytesReader in = new BytesReader(bytes);
    FormatVersion.check("node", VERSION, VERSION, in.u8("node's version"));
    int level = in.u8("node's level");
    if (level != subtree.level()) {
      throw new Corrupt("node's level", subtree.level(), level);
    }
    return level == 0 ? leaf(suite, subtree, bytes, in) : branch(suite, subtree, bytes, in);
  }

  private static Leaf leaf(DigestSuite suite, Subtree subtree, byte[] bytes, BytesReader in)
      throws FormatException {
    int count = in.count(LEAF_ENTRY_BYTES_MIN + suite.digestBytes(), "node's count");
    List<TreeItem> items = new ArrayList<>(count);
    byte[] last = new byte[0];
    long sum = 0;
    for (int i = 0; i < count; i++) {
      byte[] key = key(in, i, last);
      long lsn = notNegative(in.i64("LSN"), "LSN");
      int length = (int) notNegative(in.i32("item's length"), "item's length");
      items.add(new TreeItem(key, digest(suite, in), lsn, length));
      sum += key.length + (long) length;
      last = key;
    }
    requireDigest(suite, subtree, bytes, in.position());
    in.end("leaf");
    requireSums(subtree, last, count, sum);
    return new Leaf(items);
  }

  private static Branch branch(DigestSuite suite, Subtree subtree, byte[] bytes, BytesReader in)
      throws FormatException {
    int count = in.count(BRANCH_ENTRY_BYTES_MIN + suite.digestBytes(), "node's count");
    List<Subtree> children = new ArrayList<>(count);
    BytesReader places = places(suite, bytes, in.position(), count);
    boolean placed = places.remaining() > 0;
    byte[] last = new byte[0];
    long items = 0;
    long sum = 0;
    for (int i = 0; i < count; i++) {
      byte[] key = key(in, i, last);
      long childItems = notNegative(in.i64("items"), "items");
      long childBytes = notNegative(in.i64("bytes"), "bytes");
      Digest digest = digest(suite, in);
      Place place = placed ? place(places) : Place.NOWHERE;
      children.add(new Subtree(subtree.level() - 1, key, digest, childItems, childBytes, place));
      items += childItems;
      sum += childBytes;
      last = key;
    }
    requireDigest(suite, subtree, bytes, in.position());
    places.end("branch");
    requireSums(subtree, last, items, sum);
    return new Branch(children);
  }

  /** The node without its places, which is what its digest is of: for who can't reach them. */
  static byte[] withoutPlaces(DigestSuite suite, Node node, byte[] bytes) throws FormatException {
    return switch (node) {
      case Leaf leaf -> bytes;
      case Branch branch -> {
        BytesReader in = new BytesReader(bytes);
        in.skip(2, "node's head");
        int count = in.varint("node's count");
        int places = places(suite, bytes, in.position(), count).remaining();
        yield Arrays.copyOf(bytes, bytes.length - places);
      }
    };
  }

  /** A reader of the places, which stand behind the entries. */
  private static BytesReader places(DigestSuite suite, byte[] bytes, int from, int count)
      throws FormatException {
    BytesReader entries = new BytesReader(bytes, from, bytes.length);
    for (int i = 0; i < count; i++) {
      entries.skip(entries.length("key"), "key");
      entries.skip(2 * Long.BYTES + suite.digestBytes(), "entry");
    }
    return entries;
  }

  private static byte[] key(BytesReader in, int index, byte[] last) throws FormatException {
    byte[] key = in.sized("key");
    if (index > 0 && Arrays.compareUnsigned(last, key) >= 0) {
      throw new Corrupt("node's keys", "ascending", "not at entry " + index);
    }
    return key;
  }

  private static Digest digest(DigestSuite suite, BytesReader in) throws FormatException {
    return Digest.ofOwn(in.bytes(suite.digestBytes(), "digest"));
  }

  private static Place place(BytesReader in) throws FormatException {
    int pack = (int) notNegative(in.i32("pack"), "pack");
    int offset = (int) notNegative(in.i32("offset"), "offset");
    int length = (int) notNegative(in.i32("node's length"), "node's length");
    return new Place(pack, offset, length, Sha256.ofBytes(in.bytes(Sha256.BYTES, "SHA-256")));
  }

  private static long notNegative(long value, String what) throws FormatException {
    if (value < 0) {
      throw new Corrupt(what, "at least 0", value);
    }
    return value;
  }

  private static void requireDigest(DigestSuite suite, Subtree subtree, byte[] bytes, int end)
      throws FormatException {
    Digest digest = suite.digest(bytes, end);
    if (!digest.equals(subtree.digest())) {
      throw new Corrupt("node's digest", subtree.digest(), digest);
    }
  }

  private static void requireSums(Subtree subtree, byte[] lastKey, long items, long bytes)
      throws FormatException {
    if (!Arrays.equals(lastKey, subtree.lastKey())
        || items != subtree.items()
        || bytes != subtree.bytes()) {
      throw new Corrupt(
          "node's last key, items and bytes",
          sums(subtree.lastKey(), subtree.items(), subtree.bytes()),
          sums(lastKey, items, bytes));
    }
  }

  private static String sums(byte[] lastKey, long items, long bytes) {
    return HexFormat.of().formatHex(lastKey) + ", " + items + ", " + bytes;
  }
}
