package dev.assay.archiver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.ClusterRoot;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.SignerCertificate;
import dev.assay.logformat.SignerLookup;
import dev.assay.logformat.UntrustedSigner;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The signers whose certificates are in the archive, each checked against the cluster's root when
 * it is first met. Tells a certificate that is damaged from one that is missing, foreign, or could
 * not be read. Any thread may call.
 */
public final class CertifiedSigners implements SignerLookup {
  private static final long CERTIFICATE_BYTES_MAX = 16 << 10;

  private final ObjectStore store;
  private final ClusterRoot root;
  private final Map<Sha256, SignerCertificate> known = new ConcurrentHashMap<>();

  /**
   * @param store which has the certificates
   * @param root which certifies
   */
  public CertifiedSigners(ObjectStore store, ClusterRoot root) {
    this.store = store;
    this.root = root;
  }

  @Override
  public @Nullable SignerCertificate find(Sha256 fingerprint) throws IOException, UntrustedSigner {
    SignerCertificate certificate = known.get(fingerprint);
    if (certificate == null) {
      certificate = read(fingerprint);
      if (certificate != null) {
        known.put(fingerprint, certificate);
      }
    }
    return certificate;
  }

  private @Nullable SignerCertificate read(Sha256 fingerprint) throws IOException, UntrustedSigner {
    String key = ArchivePaths.certificate(root.cluster(), fingerprint);
    byte[] pem = store.get(key, CERTIFICATE_BYTES_MAX);
    if (pem == null) {
      return null;
    }
    SignerCertificate certificate;
    try {
      certificate = SignerCertificate.parse(new String(pem, ISO_8859_1));
    } catch (FormatException e) {
      // What was read: three answers that are cut short differently are no finding.
      throw e.in("%s, %d bytes, SHA-256 %s".formatted(key, pem.length, Sha256.of(pem)));
    }
    if (!certificate.fingerprint().equals(fingerprint)) {
      throw new FormatException.Corrupt(
          key + ": fingerprint", fingerprint, certificate.fingerprint());
    }
    root.requireCertified(certificate);
    return certificate;
  }

  /**
   * Puts a node's own certificate where verifiers look for it. It is created twice: a store that
   * lets the second one through would let archived objects be replaced, and is refused.
   *
   * @param writing the store, through the client that writes
   */
  public void publish(ObjectStore writing, SignerCertificate certificate)
      throws IOException, UntrustedSigner {
    String key = ArchivePaths.certificate(root.cluster(), certificate.fingerprint());
    byte[] pem = certificate.pem().getBytes(ISO_8859_1);
    writing.create(key, pem);
    if (writing.create(key, pem) != ObjectStore.Created.EXISTS) {
      throw StoreFailed.refused(
          "the store replaces objects although it is told not to (If-None-Match: *); this bucket"
              + " can't hold an archive. Some stores do so in buckets with versions: use one"
              + " without",
          null);
    }
    if (find(certificate.fingerprint()) == null) {
      throw StoreFailed.temporary(key + " can't be read back yet", null);
    }
  }
}
