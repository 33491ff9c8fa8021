package dev.assay.referencebuilder;

import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.PackFormat;
import dev.assay.logformat.ReferenceRoot;
import dev.assay.logformat.ReferenceRoot.Pack;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.tree.Boundaries;
import dev.assay.logformat.tree.Node;
import dev.assay.logformat.tree.Node.Branch;
import dev.assay.logformat.tree.Node.Leaf;
import dev.assay.logformat.tree.NodeCodec;
import dev.assay.logformat.tree.Place;
import dev.assay.logformat.tree.Subtree;
import dev.assay.logformat.tree.TreeItem;
import dev.assay.referencebuilder.Unprovable.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads every object of one reference, and every node of its tree. What is wrong is a finding, and
 * the rest is read all the same; memory stays flat, however large the tree is.
 *
 * <p>Checks: the root's record, as {@link Roots} does, and that it says what it is known to say; of
 * each pack that it names, that it is in the store, its length, its SHA-256 and its head; of each
 * node under the root, its SHA-256, its digest, its level, what it adds up to, that it is not
 * empty, and that it ends where {@link Boundaries} says; that the keys of the whole tree ascend,
 * and no item is newer than the reference; that the live bytes of each pack are those of the nodes
 * that the tree has there. {@link BodyCheck} is for the items themselves.
 *
 * <p>Does not check: that the tree is what the log leads to. Only a fold from genesis does. For one
 * thread, once.
 */
final class ReferenceCheck {
  static final int FINDINGS_MAX = 1000;

  private static final int ITEMS_PER_TELLING = 1 << 12;

  /** Takes the items of the tree, in the order of their keys. */
  @FunctionalInterface
  interface Items {
    void take(TreeItem item) throws IOException;
  }

  private final FoldParts parts;
  private final Partition partition;
  private final Reference reference;
  private final ReferenceRoot root;
  private final Boundaries boundaries;
  private final CheckProgress progress;
  private final List<Unprovable> findings = new ArrayList<>();
  private final Map<Integer, Pack> packs = new HashMap<>();
  private final Map<Integer, Long> neededBytes = new HashMap<>();

  /** Objects of which it is told already that they can't be read. */
  private final Set<String> broken = new HashSet<>();

  private long leftOut;
  private long nodes;
  private long items;
  private boolean unread;
  private byte @Nullable [] lastKey;

  ReferenceCheck(
      FoldParts parts, Partition partition, Reference reference, CheckProgress progress) {
    this.parts = parts;
    this.partition = partition;
    this.reference = reference;
    this.root = reference.root();
    this.boundaries = new Boundaries(partition.seed());
    this.progress = progress;
    root.packs().forEach(pack -> packs.put(pack.number(), pack));
  }

  /**
   * Checks all but the items' bytes.
   *
   * @throws IOException when the store fails, or something can't be read by this version: what was
   *     not checked is never told to be sound
   */
  void run(Items taker) throws IOException {
    requireRecord();
    for (Pack pack : root.packs()) {
      requirePack(pack);
    }
    Subtree tree = root.tree();
    if (!tree.isEmpty()) {
      walk(tree, true, true, taker);
    }
    progress.itemsListed(items % ITEMS_PER_TELLING);
    requireLiveBytes();
  }

  /** Makes sure that the log in which the reference ends is still the one that it was made of. */
  void requireSegment() throws IOException {
    try {
      new ArchivedLog(parts.reading(), parts.signers(), partition).resume(root);
    } catch (Unprovable e) {
      found(e);
    }
  }

  ReferenceReport report() {
    return new ReferenceReport(findings, leftOut, nodes, items);
  }

  void found(Unprovable finding) {
    if (findings.size() < FINDINGS_MAX) {
      findings.add(finding);
    } else {
      leftOut++;
    }
  }

  private void found(String object, FormatException what) throws IOException {
    found(object, root.lsn(), what);
  }

  /** Damage is a finding; bytes of another version were not checked. */
  private void found(String object, long lsn, FormatException what) throws IOException {
    IOException trouble = Unprovable.of(object, lsn, root.lsn(), what);
    if (!(trouble instanceof Unprovable finding)) {
      throw trouble;
    }
    found(finding);
  }

  private void requireRecord() throws IOException {
    try {
      Reference stored = parts.roots().read(partition, reference.record());
      if (!stored.root().equals(root)) {
        found(reference.record(), new Corrupt("root's record", "the one that is known", "another"));
      }
    } catch (Unprovable e) {
      found(e);
    }
  }

  private String key(Pack pack) {
    return ArchivePaths.pack(partition.reference(), pack.sha256());
  }

  private void requirePack(Pack pack) throws IOException {
    String key = key(pack);
    try {
      byte[] bytes = BoundedReads.get(parts.reading(), key, pack.bytes());
      if (bytes == null) {
        broken.add(key);
        found(
            new Unprovable(Kind.LOST, key, root.lsn(), root.lsn(), "expected a pack, actual none"));
      } else {
        require("pack's length", pack.bytes(), (long) bytes.length);
        require("pack's SHA-256", pack.sha256(), Sha256.of(bytes));
        PackFormat.checkHead(bytes);
      }
    } catch (FormatException e) {
      broken.add(key);
      found(key, e);
    }
    progress.packRead(key, pack.bytes());
  }

  private static void require(String what, Object expected, Object actual) throws Corrupt {
    if (!expected.equals(actual)) {
      throw new Corrupt(what, expected, actual);
    }
  }

  /**
   * Checks a subtree.
   *
   * @param last whether nothing of the tree comes behind it
   */
  private void walk(Subtree subtree, boolean topmost, boolean last, Items taker)
      throws IOException {
    Opened opened = open(subtree);
    if (opened == null) {
      unread = true;
      lastKey = subtree.lastKey();
      return;
    }
    nodes++;
    String object = opened.pack();
    switch (opened.node()) {
      case Leaf leaf -> {
        requireEnd(object, 0, leaf.items().stream().map(TreeItem::key).toList(), last);
        for (TreeItem item : leaf.items()) {
          take(object, item, taker);
        }
      }
      case Branch branch -> {
        List<Subtree> children = branch.children();
        if (topmost && children.size() == 1) {
          found(object, new Corrupt("children of the topmost node", "several", 1));
        }
        requireEnd(object, subtree.level(), children.stream().map(Subtree::lastKey).toList(), last);
        for (int i = 0; i < children.size(); i++) {
          walk(children.get(i), false, last && i == children.size() - 1, taker);
        }
      }
    }
  }

  /** A node, and the key of the pack that it is in. */
  private record Opened(String pack, Node node) {}

  /** The node, whose place is accounted for; null when it can't be read, which is told. */
  private @Nullable Opened open(Subtree subtree) throws IOException {
    Place place = subtree.place();
    Pack pack = packs.get(place.pack());
    if (pack == null
        || place.offset() < PackFormat.HEAD_BYTES
        || place.offset() + (long) place.length() > pack.bytes()) {
      String where = "pack " + place.pack() + ", offset " + place.offset();
      found(reference.record(), new Corrupt("place of a node", "in one of the packs", where));
      return null;
    }
    neededBytes.merge(place.pack(), (long) place.length(), Long::sum);
    String object = key(pack);
    try {
      byte[] bytes = parts.cache().node(partition, root, place);
      return new Opened(object, NodeCodec.read(partition.suite(), subtree, bytes));
    } catch (Unprovable e) {
      if (!broken.contains(e.object())) {
        found(e);
      }
    } catch (FormatException e) {
      found(object, e.in("node at offset " + place.offset()));
    }
    return null;
  }

  /** A node ends behind the first of its keys at which one does, or with the tree. */
  private void requireEnd(String object, int level, List<byte[]> keys, boolean last)
      throws IOException {
    if (keys.isEmpty()) {
      found(object, new Corrupt("node's entries", "some", "none"));
      return;
    }
    for (byte[] key : keys.subList(0, keys.size() - 1)) {
      if (boundaries.endsNode(level, key)) {
        found(object, end(level, "behind key " + hex(key), "later"));
      }
    }
    byte[] key = keys.getLast();
    if (!last && !boundaries.endsNode(level, key)) {
      found(object, end(level, "later", "behind key " + hex(key)));
    }
  }

  private static Corrupt end(int level, String expected, String actual) {
    return new Corrupt("end of a node on level " + level, expected, actual);
  }

  static String hex(byte[] key) {
    return HexFormat.of().formatHex(key);
  }

  private void take(String object, TreeItem item, Items taker) throws IOException {
    byte[] before = lastKey;
    if (before != null && Arrays.compareUnsigned(before, item.key()) >= 0) {
      found(object, new Corrupt("key of the tree", "above " + hex(before), hex(item.key())));
    }
    lastKey = item.key();
    if (item.lsn() > root.lsn()) {
      String what = "LSN of the item at key " + hex(item.key());
      found(object, new Corrupt(what, "at most " + root.lsn(), item.lsn()));
    }
    items++;
    if (items % ITEMS_PER_TELLING == 0) {
      progress.itemsListed(ITEMS_PER_TELLING);
    }
    taker.take(item);
  }

  /** What a node needs that could not be read is not known: then too few live bytes are told. */
  private void requireLiveBytes() throws IOException {
    for (Pack pack : root.packs()) {
      long needed = neededBytes.getOrDefault(pack.number(), 0L);
      boolean sound = unread ? needed <= pack.liveBytes() : needed == pack.liveBytes();
      if (!sound) {
        Corrupt what = new Corrupt("live bytes of pack " + pack.number(), needed, pack.liveBytes());
        found(reference.record(), what);
      } else if (needed == 0 && !unread) {
        Corrupt what = new Corrupt("pack " + pack.number(), "nodes of the tree", "none");
        found(reference.record(), what);
      }
    }
  }
}
