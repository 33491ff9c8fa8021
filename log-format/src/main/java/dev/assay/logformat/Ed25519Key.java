package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.util.PrivateKeyFactory;

/** A private Ed25519 key, which shows itself to nobody but in {@link #pem}. Any thread may call. */
final class Ed25519Key {
  private final Ed25519PrivateKeyParameters key;

  private Ed25519Key(Ed25519PrivateKeyParameters key) {
    this.key = key;
  }

  static Ed25519Key create(SecureRandom random) {
    return new Ed25519Key(new Ed25519PrivateKeyParameters(random));
  }

  /** From PKCS #8. What is refused is not shown. */
  static Ed25519Key parse(String pem) throws FormatException {
    byte[] der = Pem.decode(Pem.PRIVATE_KEY, pem);
    AsymmetricKeyParameter key;
    try {
      key = PrivateKeyFactory.createKey(PrivateKeyInfo.getInstance(der));
    } catch (IOException | RuntimeException _) {
      throw new Corrupt("private key", "a PKCS #8 key", "something else");
    }
    if (!(key instanceof Ed25519PrivateKeyParameters ed25519)) {
      throw new Corrupt("private key", "an Ed25519 key", "another");
    }
    return new Ed25519Key(ed25519);
  }

  /** PKCS #8, version 1. */
  String pem() {
    try {
      PrivateKeyInfo info =
          new PrivateKeyInfo(
              new AlgorithmIdentifier(Ed25519Certificate.ED25519),
              new DEROctetString(key.getEncoded()));
      return Pem.encode(Pem.PRIVATE_KEY, info.getEncoded());
    } catch (IOException e) {
      throw new UncheckedIOException("can't encode a key", e);
    }
  }

  Ed25519PublicKeyParameters publicKey() {
    return key.generatePublicKey();
  }

  Ed25519PrivateKeyParameters parameters() {
    return key;
  }

  byte[] sign(byte[] message) {
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, key);
    signer.update(message, 0, message.length);
    return signer.generateSignature();
  }

  @Override
  public String toString() {
    return "a private key";
  }
}
