package dev.assay.referencebuilder;

import static dev.assay.referencebuilder.ArchivedPartition.PARTITION;
import static dev.assay.referencebuilder.ArchivedPartition.bytes;
import static dev.assay.referencebuilder.ArchivedPartition.edited;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.PackFormat;
import dev.assay.logformat.ReferenceRoot.Pack;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.tree.Boundaries;
import dev.assay.logformat.tree.Digest;
import dev.assay.logformat.tree.DigestSuite;
import dev.assay.logformat.tree.Place;
import dev.assay.logformat.tree.Subtree;
import dev.assay.logformat.tree.TreeBuilder;
import dev.assay.logformat.tree.TreeItem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trees that are sound byte by byte, signed by a node of the cluster, and not made as trees are
 * made: a bug of whoever folded. The check names each.
 */
class CraftedTreeTest {
  @TempDir Path folder;

  private final ArchivedPartition archive = new ArchivedPartition();
  private final BytesWriter pack = new BytesWriter().bytes(PackFormat.head());
  private Reference sound;

  @BeforeEach
  void write() throws IOException {
    for (int i = 0; i < 400; i++) {
      archive.batch(archive.put("key-%03d".formatted(i), new byte[] {(byte) i}));
    }
    archive.archive();
    sound = build();
  }

  private Reference build() throws IOException {
    try (ReferenceBuilder builder = archive.builder(options())) {
      Reference built = ArchivedPartition.build(builder, Long.MAX_VALUE, FoldProgress.NONE);
      assertEquals(List.of(), check(builder, built, true));
      return built;
    }
  }

  private FoldOptions options() {
    return new FoldOptions(folder, 2, 1 << 20, 1 << 20, 1 << 20);
  }

  private static List<String> check(ReferenceBuilder builder, Reference reference, boolean deep)
      throws IOException {
    return builder.check(PARTITION, reference, deep, CheckProgress.NONE).findings().stream()
        .map(each -> each.kind() + " " + each.object() + " " + each.lastLsn() + " " + each.detail())
        .toList();
  }

  private Place keep(byte[] node) {
    Place place = new Place(0, pack.size(), node.length, Sha256.of(node));
    pack.bytes(node);
    return place;
  }

  private String packKey() {
    return ArchivePaths.pack(PARTITION.reference(), Sha256.of(pack.toBytes()));
  }

  /** What a check says of the tree whose nodes were kept. */
  private List<String> check(Subtree tree, boolean deep) throws IOException {
    byte[] bytes = pack.toBytes();
    archive.store.objects.put(packKey(), bytes);
    Pack only = new Pack(0, bytes.length, bytes.length - PackFormat.HEAD_BYTES, Sha256.of(bytes));
    Reference reference =
        archive.store(
            edited(sound.root(), tree, List.of(only), archive.otherKey), archive.otherKey);
    try (ReferenceBuilder builder = archive.builder(options())) {
      return check(builder, reference, deep);
    }
  }

  private String corrupt(String detail) {
    return "CORRUPT " + packKey() + " " + sound.lsn() + " " + detail;
  }

  private static TreeItem item(String key, long lsn, byte[] body) {
    return new TreeItem(bytes(key), PARTITION.suite().item(bytes(key), body), lsn, body.length);
  }

  /** The items of the sound tree. */
  private static List<TreeItem> items() {
    List<TreeItem> items = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      items.add(item("key-%03d".formatted(i), i, new byte[] {(byte) i}));
    }
    return items;
  }

  private Subtree tree(long seed, List<TreeItem> items) throws IOException {
    TreeBuilder builder = new TreeBuilder(PARTITION.suite(), new Boundaries(seed), this::keep);
    for (TreeItem item : items) {
      builder.add(item);
    }
    return builder.finish();
  }

  @Test
  void treeThatIsMadeAgainIsClean() throws IOException {
    Subtree tree = tree(PARTITION.seed(), items());
    assertTrue(tree.sameState(sound.root().tree()));
    assertEquals(List.of(), check(tree, true));
  }

  @Test
  void nodesThatEndElsewhereAreNamed() throws IOException {
    List<String> findings = check(tree(PARTITION.seed() + 1, items()), false);
    assertTrue(findings.size() > 10, "findings: " + findings.size());
    for (String finding : findings) {
      assertTrue(finding.startsWith(corrupt("end of a node on level ")), finding);
    }
  }

  /** A leaf of these items, which need not end there. */
  private Subtree leaf(TreeItem... items) throws IOException {
    BytesWriter node = new BytesWriter().u8(1).u8(0).varint(items.length);
    long sum = 0;
    for (TreeItem item : items) {
      node.sized(item.key()).i64(item.lsn()).i32(item.bytes()).bytes(item.digest().toBytes());
      sum += item.key().length + (long) item.bytes();
    }
    byte[] bytes = node.toBytes();
    byte[] lastKey = items.length == 0 ? new byte[0] : items[items.length - 1].key();
    return new Subtree(0, lastKey, digest(bytes), items.length, sum, keep(bytes));
  }

  private Subtree branch(Subtree... children) {
    BytesWriter node = new BytesWriter().u8(1).u8(children[0].level() + 1).varint(children.length);
    long items = 0;
    long sum = 0;
    for (Subtree child : children) {
      node.sized(child.lastKey()).i64(child.items()).i64(child.bytes());
      node.bytes(child.digest().toBytes());
      items += child.items();
      sum += child.bytes();
    }
    Digest digest = digest(node.toBytes());
    for (Subtree child : children) {
      Place place = child.place();
      node.i32(place.pack()).i32(place.offset()).i32(place.length());
      node.bytes(place.sha256().toBytes());
    }
    int level = children[0].level() + 1;
    byte[] lastKey = children[children.length - 1].lastKey();
    return new Subtree(level, lastKey, digest, items, sum, keep(node.toBytes()));
  }

  private static Digest digest(byte[] bytes) {
    HashValue128 hash = Hashing.xxh3_128().hashBytesTo128Bits(bytes);
    return Digest.of(
        ByteBuffer.allocate(16)
            .putLong(hash.getMostSignificantBits())
            .putLong(hash.getLeastSignificantBits())
            .array());
  }

  /** A key at which a leaf ends, or does not. */
  private static String key(String prefix, boolean ends) {
    Boundaries boundaries = new Boundaries(PARTITION.seed());
    for (int i = 0; ; i++) {
      String key = prefix + i;
      if (boundaries.endsNode(0, bytes(key)) == ends && !boundaries.endsNode(1, bytes(key))) {
        return key;
      }
    }
  }

  private static TreeItem at(String key) {
    return item(key, 1, new byte[0]);
  }

  private static String hex(String key) {
    return ReferenceCheck.hex(bytes(key));
  }

  @Test
  void handMadeTreeAsItShouldBeIsClean() throws IOException {
    Subtree tree = branch(leaf(at(key("a", true))), leaf(at(key("b", false))));
    assertEquals(List.of(), check(tree, false));
  }

  @Test
  void leafThatEndsTooEarlyIsNamed() throws IOException {
    String early = key("a", false);
    Subtree tree = branch(leaf(at(early)), leaf(at(key("b", false))));
    assertEquals(
        List.of(
            corrupt("end of a node on level 0: expected later, actual behind key " + hex(early))),
        check(tree, false));
  }

  @Test
  void leafThatEndsTooLateIsNamed() throws IOException {
    String end = key("a", true);
    Subtree tree = leaf(at(end), at(key("b", false)));
    assertEquals(
        List.of(
            corrupt(
                "end of a node on level 0: expected behind key " + hex(end) + ", actual later")),
        check(tree, false));
  }

  @Test
  void keysThatDescendFromLeafToLeafAreNamed() throws IOException {
    String low = key("b", false);
    String end = key("m", true);
    Subtree tree = branch(leaf(at(key("a", false)), at(end)), leaf(at(low), at(key("z", false))));
    assertEquals(
        List.of(corrupt("key of the tree: expected above " + hex(end) + ", actual " + hex(low))),
        check(tree, false));
  }

  @Test
  void topmostNodeOfOneChildIsNamed() throws IOException {
    Subtree tree = branch(leaf(at("a")));
    assertEquals(
        List.of(corrupt("children of the topmost node: expected several, actual 1")),
        check(tree, false));
  }

  @Test
  void emptyLeafIsNamed() throws IOException {
    String end = key("a", true);
    Subtree tree = branch(leaf(), leaf(at(end)));
    assertEquals(
        List.of(corrupt("node's entries: expected some, actual none")), check(tree, false));
  }

  @Test
  void itemOfALaterPositionIsNamed() throws IOException {
    Subtree tree = leaf(item("a", sound.lsn() + 1, new byte[0]));
    assertEquals(
        List.of(
            corrupt(
                "LSN of the item at key 61: expected at most %d, actual %d"
                    .formatted(sound.lsn(), sound.lsn() + 1))),
        check(tree, false));
  }

  @Test
  void nodeThatIsNotWhatTheOneAboveSaysIsNamed() throws IOException {
    Subtree right = leaf(at(key("b", false)));
    Subtree left = leaf(at(key("a", true)));
    Digest other = Digest.of(new byte[DigestSuite.XXH3_128.digestBytes()]);
    Subtree wrong = new Subtree(0, left.lastKey(), other, left.items(), left.bytes(), left.place());
    Subtree tree = branch(wrong, right);
    assertEquals(
        List.of(
            corrupt(
                "node at offset %d: node's digest: expected %s, actual %s"
                    .formatted(left.place().offset(), other, left.digest()))),
        check(tree, false));
  }

  @Test
  void nodeThatAddsUpToSomethingElseIsNamed() throws IOException {
    Subtree right = leaf(at(key("b", false)));
    Subtree left = leaf(at(key("a", true)));
    Subtree wrong = new Subtree(0, left.lastKey(), left.digest(), 2, left.bytes(), left.place());
    List<String> findings = check(branch(wrong, right), false);
    assertEquals(1, findings.size());
    assertTrue(findings.getFirst().contains("node's last key, items and bytes"), "" + findings);
  }

  @Test
  void nodeWhoseBytesAreOthersIsNamed() throws IOException {
    Subtree right = leaf(at(key("b", false)));
    Subtree left = leaf(at(key("a", true)));
    Place place = left.place();
    Sha256 other = Sha256.of(new byte[1]);
    Place wrong = new Place(0, place.offset(), place.length(), other);
    Subtree moved =
        new Subtree(0, left.lastKey(), left.digest(), left.items(), left.bytes(), wrong);
    Subtree tree = branch(moved, right);
    assertEquals(
        List.of(
            corrupt(
                "node at offset %d: expected SHA-256 %s, actual %s"
                    .formatted(place.offset(), other, place.sha256()))),
        check(tree, false));
  }

  private List<String> withItem(TreeItem item) throws IOException {
    List<TreeItem> items = items();
    items.set(7, item);
    Subtree tree = tree(PARTITION.seed(), items);
    assertEquals(List.of(), check(tree, false));
    return check(tree, true);
  }

  private static String another(String object, long lsn) {
    return "CORRUPT %s %d the frame at this position puts no such item as the reference holds at"
            .formatted(object, lsn)
        + " key "
        + hex("key-007");
  }

  @Test
  void itemThatTheArchiveDoesNotHaveIsNamed() throws IOException {
    assertEquals(
        List.of(another(archive.segmentKey(0), 7)), withItem(item("key-007", 7, new byte[] {8})));
  }

  @Test
  void itemThatIsAtAnotherPositionIsNamed() throws IOException {
    assertEquals(
        List.of(another(archive.segmentKey(0), 8)), withItem(item("key-007", 8, new byte[] {7})));
  }

  @Test
  void itemOfAnotherLengthIsNamed() throws IOException {
    TreeItem right = item("key-007", 7, new byte[] {7});
    assertEquals(
        List.of(
            "CORRUPT %s 7 length of the item at key %s: expected 1, actual 2"
                .formatted(PARTITION.wal(), hex("key-007"))),
        withItem(new TreeItem(right.key(), right.digest(), 7, 2)));
  }
}
