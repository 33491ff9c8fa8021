package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;

/**
 * The root of a cluster's trust: a self-signed certificate. Whoever verifies the archive pins its
 * fingerprint. Any thread may call.
 */
public final class ClusterRoot {
  private final Ed25519Certificate certificate;

  private ClusterRoot(Ed25519Certificate certificate) {
    this.certificate = certificate;
  }

  public static ClusterRoot parse(String pem) throws FormatException {
    Ed25519Certificate certificate = Ed25519Certificate.parse(pem);
    if (!certificate.authority()) {
      throw new Corrupt("cluster root", "the certificate of an authority", "another");
    }
    if (!certificate.issuer().equals(certificate.subject())
        || !certificate.isSignedBy(certificate.publicKey())) {
      throw new Corrupt("cluster root", "a certificate signed by itself", "another");
    }
    return new ClusterRoot(certificate);
  }

  public String pem() {
    return certificate.pem();
  }

  /** The SHA-256 of the certificate's DER. */
  public Sha256 fingerprint() {
    return certificate.fingerprint();
  }

  public String cluster() {
    return certificate.cluster();
  }

  /**
   * Returns when this root has signed the certificate for its own cluster.
   *
   * @throws UntrustedSigner when it has not
   */
  public void requireCertified(SignerCertificate signer) throws UntrustedSigner {
    if (!signer.cluster().equals(cluster())) {
      throw new UntrustedSigner(
          signer + ": expected one of cluster " + cluster() + ", actual " + signer.cluster());
    }
    if (!signer.certificate().issuer().equals(certificate.subject())
        || !signer.certificate().isSignedBy(certificate.publicKey())) {
      throw new UntrustedSigner(signer + " is not signed by the cluster root " + fingerprint());
    }
  }

  Ed25519Certificate certificate() {
    return certificate;
  }
}
