package dev.assay.infra;

import dev.assay.infra.PemFile.Identity;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX500NameUtil;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/**
 * Signs the certificates of one cluster's processes: whoever shows one belongs to the cluster. Keys
 * are EC P-256, which the JDK's TLS and gRPC's both take. Reads and writes no file. For one thread
 * at a time.
 */
final class ClusterAuthority {
  static final Duration AUTHORITY_LIFE = Duration.ofDays(30 * 365);
  static final Duration PROCESS_LIFE = Duration.ofDays(10 * 365);

  /** The clocks of a cluster's machines may differ by this much when a certificate is new. */
  private static final Duration CLOCK_SKEW = Duration.ofDays(1);

  private static final int SERIAL_BITS = 127;

  private final SecureRandom random;
  private final Identity identity;

  ClusterAuthority(Identity identity, SecureRandom random) {
    this.identity = identity;
    this.random = random;
  }

  /** A new authority. */
  static ClusterAuthority create(Instant now, SecureRandom random) throws GeneralSecurityException {
    KeyPair keys = newKeys(random);
    byte[] id = new byte[4];
    random.nextBytes(id);
    X500Name name = name("cluster authority " + HexFormat.of().formatHex(id));
    Validity validity = new Validity(now.minus(CLOCK_SKEW), now.plus(AUTHORITY_LIFE));
    X509v3CertificateBuilder builder = builder(name, keys.getPublic(), name, validity, random);
    try {
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
          .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign))
          .addExtension(
              Extension.subjectKeyIdentifier,
              false,
              new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
    } catch (CertIOException e) {
      throw new GeneralSecurityException("can't describe the authority", e);
    }
    X509Certificate certificate = sign(builder, keys.getPrivate());
    return new ClusterAuthority(new Identity(keys.getPrivate(), certificate), random);
  }

  Identity identity() {
    return identity;
  }

  /**
   * A new key, and a certificate with which the process may both serve and call.
   *
   * @param hosts names and addresses at which others reach it from other machines
   */
  Identity certify(String process, List<String> hosts, Instant now)
      throws GeneralSecurityException {
    KeyPair keys = newKeys(random);
    X509Certificate authority = identity.certificate();
    Instant authorityEnd = authority.getNotAfter().toInstant();
    Instant end = now.plus(PROCESS_LIFE);
    Validity validity =
        new Validity(now.minus(CLOCK_SKEW), end.isBefore(authorityEnd) ? end : authorityEnd);
    X509v3CertificateBuilder builder =
        builder(
            JcaX500NameUtil.getSubject(authority),
            keys.getPublic(),
            name(process),
            validity,
            random);
    KeyPurposeId[] purposes = {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
    try {
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
          .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
          .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes))
          .addExtension(Extension.subjectAlternativeName, false, names(process, hosts))
          .addExtension(
              Extension.subjectKeyIdentifier,
              false,
              ids.createSubjectKeyIdentifier(keys.getPublic()))
          .addExtension(
              Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(authority));
    } catch (CertIOException e) {
      throw new GeneralSecurityException("can't describe " + process, e);
    }
    return new Identity(keys.getPrivate(), sign(builder, identity.key()));
  }

  private record Validity(Instant from, Instant to) {}

  private static KeyPair newKeys(SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private static X500Name name(String commonName) {
    X500NameBuilder name = new X500NameBuilder(BCStyle.INSTANCE);
    name.addRDN(BCStyle.O, "Assay");
    name.addRDN(BCStyle.CN, commonName);
    return name.build();
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer, PublicKey key, X500Name subject, Validity validity, SecureRandom random) {
    BigInteger serial = new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE);
    return new JcaX509v3CertificateBuilder(
        issuer, serial, Date.from(validity.from()), Date.from(validity.to()), subject, key);
  }

  /** The process's own name, by which nodes know each other, and where it can be reached. */
  private static GeneralNames names(String process, List<String> hosts) {
    Set<String> all = new LinkedHashSet<>(List.of(process, "localhost", "127.0.0.1", "::1"));
    all.addAll(hosts);
    return new GeneralNames(
        all.stream()
            .map(
                host ->
                    new GeneralName(
                        IPAddress.isValid(host) ? GeneralName.iPAddress : GeneralName.dNSName,
                        host))
            .toArray(GeneralName[]::new));
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException {
    try {
      ContentSigner signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key);
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException("can't sign a certificate", e);
    }
  }
}
