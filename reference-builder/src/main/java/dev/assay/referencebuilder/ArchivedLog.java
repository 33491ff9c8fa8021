package dev.assay.referencebuilder;

import dev.assay.archiver.ObjectStore;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.ManifestCodec;
import dev.assay.logformat.ReferenceRoot;
import dev.assay.logformat.SegmentChain;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.SignerLookup;
import dev.assay.logformat.UntrustedSigner;
import dev.assay.referencebuilder.Unprovable.Kind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The archived log of one partition, manifest by manifest.
 *
 * <p>Checks: a node of the cluster signed each manifest; it is of this partition, begins where the
 * one before ends, names that one's file and continues its chain and terms; where a reference goes
 * on, that the segment in which it ends is still the one that it was made of; at the end, that no
 * manifest stands further on. Does not check: the segments themselves. For one thread at a time.
 */
final class ArchivedLog {
  private static final int KEYS_PER_CALL = 1000;

  private final ObjectStore store;
  private final SignerLookup signers;
  private final Partition partition;
  private final String wal;
  private long nextLsn;
  private long termMin;
  private Sha256 chain = Sha256.NONE;
  private Sha256 previous = Sha256.NONE;

  /** The whole log. */
  ArchivedLog(ObjectStore store, SignerLookup signers, Partition partition) {
    this.store = store;
    this.signers = signers;
    this.partition = partition;
    this.wal = partition.wal();
  }

  /** The next segment; null when nothing more is archived. */
  @Nullable ArchivedSegment next() throws IOException {
    String key = ArchivePaths.manifest(wal, nextLsn);
    byte[] file = file(key);
    if (file == null) {
      requireEnd(key);
      return null;
    }
    Manifest manifest = manifest(key, file);
    requireContinuity(key, manifest);
    return take(manifest, Sha256.of(file));
  }

  /**
   * The segment in which a reference ends; {@link #next} goes on behind it.
   *
   * @throws Unprovable when it is not the one that the reference was made of
   */
  ArchivedSegment resume(ReferenceRoot root) throws IOException {
    ArchivedSegment segment = at(root.segmentLsn(), root.lsn());
    if (!segment.manifestFile().equals(root.manifest())) {
      throw forked(
          ArchivePaths.manifest(wal, root.segmentLsn()),
          root.segmentLsn(),
          "manifest that the reference was made of",
          root.manifest(),
          segment.manifestFile());
    }
    return segment;
  }

  /**
   * The segment that begins there, whatever comes before it; {@link #next} goes on behind it.
   *
   * @param lsn a later position that it holds
   */
  ArchivedSegment at(long firstLsn, long lsn) throws IOException {
    nextLsn = firstLsn;
    String key = ArchivePaths.manifest(wal, firstLsn);
    byte[] file = file(key);
    if (file == null) {
      throw new Unprovable(Kind.LOST, key, firstLsn, lsn, "expected a manifest, actual none");
    }
    return take(manifest(key, file), Sha256.of(file));
  }

  private ArchivedSegment take(Manifest manifest, Sha256 file) {
    SegmentSummary segment = manifest.segment();
    nextLsn = segment.lastLsn() + 1;
    termMin = segment.lastTerm();
    chain = manifest.chain();
    previous = file;
    return new ArchivedSegment(ArchivePaths.segment(wal, segment.firstLsn()), manifest, file);
  }

  private byte @Nullable [] file(String key) throws IOException {
    try {
      return BoundedReads.get(store, key, ManifestCodec.FILE_BYTES_MAX);
    } catch (FormatException e) {
      throw Unprovable.of(key, nextLsn, Long.MAX_VALUE, e);
    }
  }

  private Manifest manifest(String key, byte[] file) throws IOException {
    try {
      Manifest manifest = ManifestCodec.verify(file, signers);
      require("cluster", partition.cluster(), manifest.cluster());
      require("table", partition.table(), manifest.table());
      require("table id", partition.tableId(), manifest.tableId());
      require("partition", partition.partition(), manifest.partition());
      require("first LSN", nextLsn, manifest.segment().firstLsn());
      return manifest;
    } catch (FormatException e) {
      throw Unprovable.of(key, nextLsn, Long.MAX_VALUE, e);
    } catch (UntrustedSigner e) {
      throw new Unprovable(Kind.FORKED, key, nextLsn, Long.MAX_VALUE, e);
    }
  }

  private static void require(String what, Object expected, Object actual) throws Corrupt {
    if (!expected.equals(actual)) {
      throw new Corrupt("manifest's " + what, expected, actual);
    }
  }

  private void requireContinuity(String key, Manifest manifest) throws Unprovable {
    SegmentSummary segment = manifest.segment();
    if (!manifest.previous().equals(previous)) {
      throw forked(key, nextLsn, "manifest's previous", previous, manifest.previous());
    }
    Sha256 expected = SegmentChain.next(chain, segment);
    if (!manifest.chain().equals(expected)) {
      throw forked(key, nextLsn, "manifest's chain", expected, manifest.chain());
    }
    if (segment.firstTerm() < termMin) {
      throw forked(
          key, nextLsn, "manifest's first term", "at least " + termMin, segment.firstTerm());
    }
  }

  private static Unprovable forked(
      String key, long firstLsn, String what, Object expected, Object actual) {
    Corrupt detail = new Corrupt(what, expected, actual);
    return new Unprovable(Kind.FORKED, key, firstLsn, Long.MAX_VALUE, detail);
  }

  /** A manifest behind one that is missing shows that it is lost, and not yet to come. */
  private void requireEnd(String missing) throws IOException {
    String after = missing;
    boolean more = true;
    while (more) {
      ObjectStore.Listing page = store.list(wal, after, KEYS_PER_CALL);
      for (ObjectStore.Entry entry : page.entries()) {
        long firstLsn = ArchivePaths.firstLsn(entry.key());
        if (firstLsn > nextLsn && entry.key().endsWith(ArchivePaths.MANIFEST_SUFFIX)) {
          throw new Unprovable(
              Kind.LOST,
              missing,
              nextLsn,
              firstLsn - 1,
              "expected a manifest, actual none: the next one is " + entry.key());
        }
        after = entry.key();
      }
      more = page.more() && !page.entries().isEmpty();
    }
  }
}
