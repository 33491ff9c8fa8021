package dev.assay.archiver;

import dev.assay.archiver.ArchiveFinding.Kind;
import dev.assay.archiver.CommittedLog.Frames;
import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.ManifestCodec;
import dev.assay.logformat.SegmentChain;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.SegmentWriter;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.UntrustedSigner;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One segment on its way into the archive: written if nobody has, read back, and held against the
 * log. Every step may be done again; what is there already is compared, not trusted. For one
 * thread.
 *
 * <p>Checks: the object that is read back decodes to exactly the log's entries; its manifest is
 * signed by a node of this cluster, says of the segment what the log says, and follows the manifest
 * before.
 */
final class SegmentWork {
  private final ArchiveAccess access;
  private final CommittedLog log;
  private final Owner owner;
  private final ArchiveCursor before;
  private final SegmentSummary segment;
  private final SegmentUpload upload;
  private final String segmentKey;
  private final String manifestKey;

  /** The object as it was read back and found to hold what the log holds. */
  private @Nullable Stored equalToLog;

  private record Stored(long bytes, Sha256 sha256) {}

  /**
   * @param before where the archive stands before this segment
   */
  SegmentWork(ArchiveAccess access, CommittedLog log, ArchiveCursor before, SegmentUpload upload) {
    this.access = access;
    this.log = log;
    this.owner = log.owner();
    this.before = before;
    this.segment = upload.segment();
    this.upload = upload;
    this.segmentKey = upload.segmentKey();
    this.manifestKey = upload.manifestKey();
  }

  /** The manifest's file, if the segment is committed. */
  byte @Nullable [] manifest() throws IOException {
    return upload.manifest();
  }

  /** Writes the object where there is none. */
  void upload() throws IOException {
    upload.create();
  }

  /** Writes the manifest where there is none, when the object was read back. */
  void commit() throws IOException {
    byte[] file = signed(compared());
    if (access.writing().create(manifestKey, file) == ObjectStore.Created.EXISTS) {
      access.events().conflict();
    }
  }

  private byte[] signed(Stored stored) throws IOException {
    Manifest manifest =
        new Manifest(
            owner.cluster(),
            owner.table(),
            owner.tableId(),
            owner.partition(),
            segment,
            stored.bytes,
            stored.sha256,
            SegmentChain.next(before.chain(), segment),
            before.manifest(),
            access.key().certificate().node(),
            access.key().certificate().fingerprint(),
            access.clock().millis());
    byte[] file = ManifestCodec.sign(manifest, access.key());
    try {
      // What nobody would believe must never be created: it could not be replaced.
      ManifestCodec.verify(file, access.signers());
    } catch (UntrustedSigner e) {
      throw new IOException(
          "this node may not sign now: "
              + e.getMessage()
              + "; check its clock, or give it a new key",
          e);
    }
    return file;
  }

  /** The stored object, which holds what the log holds. */
  private Stored compared() throws IOException {
    Stored known = equalToLog;
    if (known != null) {
      return known;
    }
    byte[] stored = access.reading().get(segmentKey, SegmentWriter.OBJECT_BYTES_MAX);
    if (stored == null) {
      throw difference(Kind.LOST, segmentKey, "the segment's object is not there");
    }
    String difference;
    try (Frames own = log.read(segment.firstLsn())) {
      difference = SegmentComparison.firstDifference(stored, segment, own);
    } catch (FormatException e) {
      throw difference(
          Kind.CORRUPT,
          segmentKey,
          "the object, %d bytes, SHA-256 %s, can't be decoded: %s"
              .formatted(stored.length, Sha256.of(stored), e.getMessage()));
    }
    if (difference != null) {
      throw difference(Kind.FORKED, segmentKey, difference);
    }
    known = new Stored(stored.length, Sha256.of(stored));
    equalToLog = known;
    return known;
  }

  /** Where the archive stands after this segment, all of which is there and equals the log. */
  ArchiveCursor confirm(byte[] file) throws IOException {
    Manifest manifest = verified(file);
    Stored stored = compared();
    if (!stored.sha256.equals(manifest.object()) || stored.bytes != manifest.objectBytes()) {
      throw difference(
          Kind.CORRUPT,
          segmentKey,
          "the manifest names an object of %d bytes, SHA-256 %s; there are %d bytes, SHA-256 %s"
              .formatted(manifest.objectBytes(), manifest.object(), stored.bytes, stored.sha256));
    }
    return ArchiveCursor.after(manifest, file);
  }

  private Manifest verified(byte[] file) throws IOException {
    Manifest manifest = ManifestCheck.signed(access, owner, segment.firstLsn(), manifestKey, file);
    String chain = SegmentChain.next(before.chain(), segment).toString();
    expect("previous manifest", before.manifest(), manifest.previous());
    expect("segment", segment, manifest.segment());
    expect("chain", chain, manifest.chain().toString());
    return manifest;
  }

  private void expect(String what, Object ours, Object theirs) throws Difference {
    if (!ours.equals(theirs)) {
      throw difference(
          Kind.FORKED,
          manifestKey,
          "%s: the log and the archive before it come to %s; the manifest says %s"
              .formatted(what, ours, theirs));
    }
  }

  Difference difference(Kind kind, String key, String detail) {
    return new Difference(
        new ArchiveFinding(kind, owner, segment.firstLsn(), segment.lastLsn(), key, detail));
  }

  String manifestKey() {
    return manifestKey;
  }
}
