package dev.assay.archiver;

import dev.assay.archiver.ArchiveFinding.Kind;
import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.ManifestCodec;
import dev.assay.logformat.SegmentChain;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.UntrustedSigner;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One segment on its way into the archive: its object is in the store and equals the log, and its
 * manifest commits it. Every step may be done again; what is there already is compared, not
 * trusted. For one thread.
 *
 * <p>Checks: the manifest is signed by a node of this cluster, says of the segment what the log
 * says, and follows the manifest before; and what {@link SegmentObject} checks.
 */
final class SegmentWork {
  private final ArchiveAccess access;
  private final Owner owner;
  private final ArchiveCursor before;
  private final SegmentSummary segment;
  private final SegmentObject object;
  private final String manifestKey;

  /**
   * @param before where the archive stands before this segment
   */
  SegmentWork(ArchiveAccess access, Owner owner, ArchiveCursor before, SegmentObject object) {
    this.access = access;
    this.owner = owner;
    this.before = before;
    this.segment = object.segment();
    this.object = object;
    this.manifestKey = ArchivePaths.manifest(owner.wal(), segment.firstLsn());
  }

  /** The manifest's file, if the segment is committed. */
  byte @Nullable [] manifest() throws IOException {
    return access.reading().get(manifestKey, ManifestCodec.FILE_BYTES_MAX);
  }

  /** Writes the manifest where there is none, when the object was read back. */
  void commit() throws IOException {
    byte[] file = signed(object.compared());
    if (access.writing().create(manifestKey, file) == ObjectStore.Created.EXISTS) {
      access.events().conflict();
    }
  }

  private byte[] signed(SegmentObject.Stored stored) throws IOException {
    Manifest manifest =
        new Manifest(
            owner.cluster(),
            owner.table(),
            owner.tableId(),
            owner.partition(),
            segment,
            stored.bytes(),
            stored.sha256(),
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

  /** Where the archive stands after this segment, all of which is there and equals the log. */
  ArchiveCursor confirm(byte[] file) throws IOException {
    Manifest manifest = verified(file);
    SegmentObject.Stored stored = object.compared();
    if (!stored.sha256().equals(manifest.object()) || stored.bytes() != manifest.objectBytes()) {
      throw object.difference(
          Kind.CORRUPT,
          object.key(),
          "the manifest names an object of %d bytes, SHA-256 %s; there are %d bytes, SHA-256 %s"
              .formatted(
                  manifest.objectBytes(), manifest.object(), stored.bytes(), stored.sha256()));
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
          "%s: the log and the archive before it come to %s; the manifest says %s"
              .formatted(what, ours, theirs));
    }
  }

  Difference difference(Kind kind, String detail) {
    return object.difference(kind, manifestKey, detail);
  }

  String manifestKey() {
    return manifestKey;
  }
}
