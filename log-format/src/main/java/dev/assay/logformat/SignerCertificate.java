package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;

/**
 * Says which node of which cluster a signing key belongs to. Equal by content. Whether the
 * cluster's root has signed it, {@link ClusterRoot} says. Any thread may call.
 */
public final class SignerCertificate {
  private final Ed25519Certificate certificate;
  private final Sha256 fingerprint;

  private SignerCertificate(Ed25519Certificate certificate) {
    this.certificate = certificate;
    this.fingerprint = certificate.fingerprint();
  }

  public static SignerCertificate parse(String pem) throws FormatException {
    Ed25519Certificate certificate = Ed25519Certificate.parse(pem);
    if (certificate.authority()) {
      throw new Corrupt("signer's certificate", "one of a node", "one of an authority");
    }
    return new SignerCertificate(certificate);
  }

  public String pem() {
    return certificate.pem();
  }

  /** The SHA-256 of the certificate's DER. */
  public Sha256 fingerprint() {
    return fingerprint;
  }

  public String node() {
    return certificate.name();
  }

  public String cluster() {
    return certificate.cluster();
  }

  /** The first moment at which the node may sign. */
  public long validFromMs() {
    return certificate.validFromMs();
  }

  /** The last. */
  public long validToMs() {
    return certificate.validToMs();
  }

  /** The 32 bytes of the Ed25519 key. */
  public byte[] publicKey() {
    return certificate.publicKey().getEncoded();
  }

  boolean hasSigned(byte[] message, byte[] signature) {
    return Ed25519Certificate.isSigned(message, signature, certificate.publicKey());
  }

  Ed25519Certificate certificate() {
    return certificate;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SignerCertificate signer && certificate.equals(signer.certificate);
  }

  @Override
  public int hashCode() {
    return certificate.hashCode();
  }

  @Override
  public String toString() {
    return "certificate " + fingerprint + " of " + node() + " in " + cluster();
  }
}
