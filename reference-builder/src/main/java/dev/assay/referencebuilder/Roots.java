package dev.assay.referencebuilder;

import dev.assay.archiver.ObjectStore;
import dev.assay.archiver.ObjectStore.Created;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.ReferenceRoot;
import dev.assay.logformat.ReferenceRoot.Pack;
import dev.assay.logformat.ReferenceRootCodec;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.SignerLookup;
import dev.assay.logformat.SigningKey;
import dev.assay.logformat.UntrustedSigner;
import dev.assay.logformat.tree.Subtree;
import dev.assay.referencebuilder.Unprovable.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The root records of the partitions.
 *
 * <p>Checks of each that is read: its form, that a node of the cluster signed it, that it is of the
 * partition and the position that its name says, and that its name is of these bytes. Any thread
 * may call.
 */
final class Roots {
  /** Of references of one position: what was repacked comes after what it was repacked from. */
  static final Comparator<Reference> WRITTEN_LAST =
      Comparator.<Reference>comparingLong(each -> each.root().writtenAtMs())
          .thenComparingInt(Roots::lastPack)
          .thenComparing(Reference::record);

  private static final int KEYS_PER_CALL = 1000;

  private final ObjectStore reading;
  private final ObjectStore writing;
  private final SignerLookup signers;

  Roots(ObjectStore reading, ObjectStore writing, SignerLookup signers) {
    this.reading = reading;
    this.writing = writing;
    this.signers = signers;
  }

  private static int lastPack(Reference reference) {
    List<Pack> packs = reference.root().packs();
    return packs.isEmpty() ? -1 : packs.getLast().number();
  }

  /** The keys of all records, by position. */
  NavigableMap<Long, List<String>> list(Partition partition) throws IOException {
    TreeMap<Long, List<String>> keys = new TreeMap<>();
    String prefix = ArchivePaths.roots(partition.reference());
    String after = "";
    boolean more = true;
    while (more) {
      ObjectStore.Listing page = reading.list(prefix, after, KEYS_PER_CALL);
      for (ObjectStore.Entry entry : page.entries()) {
        long lsn = ArchivePaths.rootLsn(entry.key());
        keys.computeIfAbsent(lsn, none -> new ArrayList<>()).add(entry.key());
        after = entry.key();
      }
      more = page.more() && !page.entries().isEmpty();
    }
    return keys;
  }

  /**
   * The newest reference at or below a position; null when there is none.
   *
   * @throws Unprovable when there is a newer one, and no record of it can be believed, or those
   *     that can say different things
   */
  @Nullable Reference newest(Partition partition, long lsnMax) throws IOException {
    List<Reference> all = allNewest(partition, lsnMax);
    for (Reference each : all) {
      requireSame(all.getFirst().root(), each);
    }
    return all.isEmpty() ? null : Collections.max(all, WRITTEN_LAST);
  }

  /**
   * All references of the newest position at or below one: several builders keep one each.
   *
   * @throws Unprovable when there is a newer one, and no record of it can be believed
   */
  List<Reference> allNewest(Partition partition, long lsnMax) throws IOException {
    var newest = list(partition).floorEntry(lsnMax);
    if (newest == null || newest.getKey() < 0) {
      return List.of();
    }
    List<Reference> believed = new ArrayList<>();
    Unprovable trouble = null;
    for (String key : newest.getValue()) {
      try {
        believed.add(read(partition, key));
      } catch (Unprovable e) {
        trouble = e;
      }
    }
    if (believed.isEmpty()) {
      throw Objects.requireNonNull(trouble);
    }
    return believed;
  }

  /**
   * Makes sure that a reference says what it is known to say: packs and writers may differ.
   *
   * @throws Unprovable when it does not
   */
  static void requireSame(ReferenceRoot expected, Reference reference) throws Unprovable {
    List<String> names = List.of("digest", "cursor", "time", "log", "lineage breaks");
    List<Object> wanted = said(expected);
    List<Object> given = said(reference.root());
    for (int i = 0; i < names.size(); i++) {
      if (!wanted.get(i).equals(given.get(i))) {
        Corrupt what = new Corrupt("reference's " + names.get(i), wanted.get(i), given.get(i));
        long lsn = reference.lsn();
        throw new Unprovable(Kind.CORRUPT, reference.record(), lsn, lsn, what);
      }
    }
  }

  private static List<Object> said(ReferenceRoot root) {
    Subtree tree = root.tree();
    return List.of(
        "%s of %d items, %d bytes, on level %d"
            .formatted(tree.digest(), tree.items(), tree.bytes(), tree.level()),
        root.term() + ", " + root.cursorTerm() + ", " + root.cursorSequence(),
        root.time(),
        root.manifest() + " after base " + root.base(),
        root.lineageBreaks());
  }

  /** The reference of one record. */
  Reference read(Partition partition, String key) throws IOException {
    long lsn = ArchivePaths.rootLsn(key);
    try {
      byte[] file = BoundedReads.get(reading, key, ReferenceRootCodec.FILE_BYTES_MAX);
      if (file == null) {
        throw new Unprovable(Kind.LOST, key, lsn, lsn, "expected a root's record, actual none");
      }
      ReferenceRoot root = ReferenceRootCodec.verify(file, signers);
      require("cluster", partition.cluster(), root.cluster());
      require("table", partition.table(), root.table());
      require("table id", partition.tableId(), root.tableId());
      require("partition", partition.partition(), root.partition());
      require("suite", partition.suite(), root.suite());
      require("name", ArchivePaths.root(partition.reference(), root.lsn(), Sha256.of(file)), key);
      return new Reference(key, root);
    } catch (FormatException e) {
      throw Unprovable.of(key, lsn, lsn, e);
    } catch (UntrustedSigner e) {
      throw new Unprovable(Kind.FORKED, key, lsn, lsn, e);
    }
  }

  private static void require(String what, Object expected, Object actual) throws Corrupt {
    if (!expected.equals(actual)) {
      throw new Corrupt("root record's " + what, expected, actual);
    }
  }

  /** Keeps a reference whose packs are all stored; returns it with its record. */
  Reference write(Partition partition, ReferenceRoot root, SigningKey key) throws IOException {
    byte[] file = ReferenceRootCodec.sign(root, key);
    String name = ArchivePaths.root(partition.reference(), root.lsn(), Sha256.of(file));
    if (writing.create(name, file) == Created.EXISTS) {
      requireSame(name, root.lsn(), file);
    }
    return new Reference(name, root);
  }

  private void requireSame(String name, long lsn, byte[] file) throws IOException {
    byte[] there;
    try {
      there = BoundedReads.get(reading, name, ReferenceRootCodec.FILE_BYTES_MAX);
    } catch (FormatException e) {
      throw Unprovable.of(name, lsn, lsn, e);
    }
    if (!Arrays.equals(file, there)) {
      throw new Unprovable(Kind.CORRUPT, name, lsn, lsn, "a record is there, and is another one");
    }
  }
}
