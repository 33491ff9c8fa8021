package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;
import java.util.Arrays;

/**
 * A node's private signing key with the certificate of its public one. Never shows the key. Any
 * thread may call.
 */
public final class SigningKey {
  private final Ed25519Key key;
  private final SignerCertificate certificate;

  private SigningKey(Ed25519Key key, SignerCertificate certificate) {
    this.key = key;
    this.certificate = certificate;
  }

  /**
   * @param privateKeyPem PKCS #8
   * @throws FormatException also when the two do not belong together
   */
  public static SigningKey parse(String privateKeyPem, SignerCertificate certificate)
      throws FormatException {
    Ed25519Key key = Ed25519Key.parse(privateKeyPem);
    if (!Arrays.equals(key.publicKey().getEncoded(), certificate.publicKey())) {
      throw new Corrupt("private key", "the one of " + certificate, "another");
    }
    return new SigningKey(key, certificate);
  }

  public SignerCertificate certificate() {
    return certificate;
  }

  /** An Ed25519 signature, 64 bytes. */
  public byte[] sign(byte[] message) {
    return key.sign(message);
  }

  @Override
  public String toString() {
    return "private key of " + certificate;
  }
}
