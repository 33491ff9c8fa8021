package dev.assay.archiver;

import dev.assay.archiver.ArchiveListing.Position;
import dev.assay.archiver.ArchiveVerification.State;
import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.archiver.SegmentEvidence.Fault;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.ManifestCodec;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.SignerLookup;
import dev.assay.logformat.UntrustedSigner;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the archive of one partition holds at a position, and judges it by itself. A store
 * that fails gives {@link State#UNCHECKED}. Any thread may call, several at once.
 */
final class EvidenceReader {
  private final ObjectStore store;
  private final SignerLookup signers;
  private final Owner owner;
  private final String wal;
  private final boolean deep;

  EvidenceReader(ObjectStore store, SignerLookup signers, Owner owner, String wal, boolean deep) {
    this.store = store;
    this.signers = signers;
    this.owner = owner;
    this.wal = wal;
    this.deep = deep;
  }

  SegmentEvidence read(Position position) {
    String key = ArchivePaths.manifest(wal, position.lsn());
    if (!position.hasManifest()) {
      return withoutManifest(position, missing(key), 0);
    }
    if (position.manifestBytes() > ManifestCodec.FILE_BYTES_MAX) {
      String max = "at most " + ManifestCodec.FILE_BYTES_MAX + " bytes";
      Fault fault =
          Fault.corrupt(key, "manifest's length", max, position.manifestBytes() + " bytes");
      return withoutManifest(position, fault, 0);
    }
    long bytesRead = 0;
    try {
      byte[] file = store.get(key, ManifestCodec.FILE_BYTES_MAX);
      if (file == null) {
        return withoutManifest(position, missing(key), 0);
      }
      bytesRead = file.length;
      Manifest manifest = ManifestCodec.verify(file, signers);
      owner.requireManifest(manifest, position.lsn());
      Fault segmentFault = segmentFault(position, manifest);
      boolean whole = deep && position.segmentBytes() == manifest.objectBytes();
      long segmentBytes = whole ? position.segmentBytes() : 0;
      return new SegmentEvidence(
          position, manifest, Sha256.of(file), null, segmentFault, bytesRead + segmentBytes);
    } catch (FormatException e) {
      return withoutManifest(position, Fault.of(key, e), bytesRead);
    } catch (UntrustedSigner e) {
      Fault fault = new Fault(State.FORKED, key, String.valueOf(e.getMessage()));
      return withoutManifest(position, fault, bytesRead);
    } catch (IOException e) {
      return withoutManifest(position, unchecked(key, e), bytesRead);
    }
  }

  private static SegmentEvidence withoutManifest(Position position, Fault fault, long bytesRead) {
    return new SegmentEvidence(position, null, null, fault, null, bytesRead);
  }

  private static Fault missing(String key) {
    return new Fault(State.LOST, key, "expected an object, actual none");
  }

  private static Fault unchecked(String key, IOException failure) {
    return new Fault(State.UNCHECKED, key, "the store failed: " + failure.getMessage());
  }

  private @Nullable Fault segmentFault(Position position, Manifest manifest) {
    String key = ArchivePaths.segment(wal, position.lsn());
    boolean listed = position.hasSegment();
    if (listed && position.segmentBytes() != manifest.objectBytes()) {
      return Fault.corrupt(
          key, "length of the segment object", manifest.objectBytes(), position.segmentBytes());
    }
    if (listed && !deep) {
      return null;
    }
    try { // What is not in the listing may have come while it was made.
      return SegmentInspection.inspect(manifest, store, key) ? null : missing(key);
    } catch (FormatException e) {
      return Fault.of(key, e);
    } catch (IOException e) {
      return unchecked(key, e);
    }
  }
}
