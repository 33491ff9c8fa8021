package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;
import java.io.IOException;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * An X.509 certificate of an Ed25519 key, signed with Ed25519, whose subject is one name in one
 * cluster. Checks that much, and that its bytes are DER; not who signed it, nor when it is valid.
 * Any thread may call.
 *
 * @param der the whole certificate; nobody writes to it
 * @param signed the part of it that is signed
 */
record Ed25519Certificate(
    byte[] der,
    byte[] signed,
    byte[] signature,
    X500Name issuer,
    X500Name subject,
    String cluster,
    String name,
    long validFromMs,
    long validToMs,
    boolean authority,
    Ed25519PublicKeyParameters publicKey) {

  static final ASN1ObjectIdentifier ED25519 = EdECObjectIdentifiers.id_Ed25519;

  static Ed25519Certificate parse(String pem) throws FormatException {
    byte[] der = Pem.decode(Pem.CERTIFICATE, pem);
    try {
      return parse(der);
    } catch (FormatException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The library answers bytes that are no certificate with exceptions of many kinds.
      throw new Corrupt("certificate", "an X.509 certificate", "none: " + e.getMessage());
    }
  }

  private static Ed25519Certificate parse(byte[] der) throws IOException {
    X509CertificateHolder holder = new X509CertificateHolder(der);
    if (!Arrays.equals(der, holder.toASN1Structure().getEncoded(ASN1Encoding.DER))) {
      throw new Corrupt("certificate", "DER", "another encoding");
    }
    requireEd25519("signature", holder.getSignatureAlgorithm().getAlgorithm());
    SubjectPublicKeyInfo key = holder.getSubjectPublicKeyInfo();
    requireEd25519("key", key.getAlgorithm().getAlgorithm());
    BasicConstraints constraints = BasicConstraints.fromExtensions(holder.getExtensions());
    return new Ed25519Certificate(
        der,
        holder.toASN1Structure().getTBSCertificate().getEncoded(ASN1Encoding.DER),
        holder.getSignature(),
        holder.getIssuer(),
        holder.getSubject(),
        only(holder.getSubject(), BCStyle.O, "organization"),
        only(holder.getSubject(), BCStyle.CN, "common name"),
        holder.getNotBefore().getTime(),
        holder.getNotAfter().getTime(),
        constraints != null && constraints.isCA(),
        new Ed25519PublicKeyParameters(key.getPublicKeyData().getOctets()));
  }

  private static void requireEd25519(String what, ASN1ObjectIdentifier algorithm)
      throws FormatException {
    if (!algorithm.equals((Object) ED25519)) {
      throw new Corrupt("certificate's " + what, "Ed25519", algorithm.getId());
    }
  }

  private static String only(X500Name subject, ASN1ObjectIdentifier type, String what)
      throws FormatException {
    RDN[] names = subject.getRDNs(type);
    if (names.length != 1 || names[0].isMultiValued()) {
      throw new Corrupt("certificate's " + what, "one", names.length);
    }
    String name = IETFUtils.valueToString(names[0].getFirst().getValue());
    if (!ArchivePaths.isName(name)) {
      throw new Corrupt("certificate's " + what, "a name", "\"" + name + "\"");
    }
    return name;
  }

  boolean isSignedBy(Ed25519PublicKeyParameters key) {
    return isSigned(signed, signature, key);
  }

  static boolean isSigned(byte[] message, byte[] signature, Ed25519PublicKeyParameters key) {
    Ed25519Signer verifier = new Ed25519Signer();
    verifier.init(false, key);
    verifier.update(message, 0, message.length);
    return verifier.verifySignature(signature);
  }

  Sha256 fingerprint() {
    return Sha256.of(der);
  }

  String pem() {
    return Pem.encode(Pem.CERTIFICATE, der);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ed25519Certificate certificate && Arrays.equals(der, certificate.der);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }
}
