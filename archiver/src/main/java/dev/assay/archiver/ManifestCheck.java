package dev.assay.archiver;

import dev.assay.archiver.ArchiveFinding.Kind;
import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.ManifestCodec;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.UntrustedSigner;
import java.io.IOException;

/**
 * Reads a manifest that an agent found.
 *
 * <p>Checks: its form, that a node of this cluster signed it, that it is of this partition and
 * begins where its name says. Does not check: what it says of the segment.
 */
final class ManifestCheck {
  private ManifestCheck() {}

  static Manifest signed(ArchiveAccess access, Owner owner, long firstLsn, String key, byte[] file)
      throws IOException {
    try {
      Manifest manifest = ManifestCodec.verify(file, access.signers());
      owner.requireManifest(manifest, firstLsn);
      return manifest;
    } catch (FormatException e) {
      throw difference(Kind.CORRUPT, owner, firstLsn, key, evidence(e, file));
    } catch (UntrustedSigner e) {
      throw difference(Kind.FORKED, owner, firstLsn, key, evidence(e, file));
    }
  }

  private static String evidence(Exception what, byte[] file) {
    return "%s; it is of %d bytes, SHA-256 %s"
        .formatted(what.getMessage(), file.length, Sha256.of(file));
  }

  private static Difference difference(
      Kind kind, Owner owner, long firstLsn, String key, String detail) {
    return new Difference(new ArchiveFinding(kind, owner, firstLsn, firstLsn, key, detail));
  }
}
