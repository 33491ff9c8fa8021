package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;
import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcEdECContentSignerBuilder;

/**
 * A cluster's root with its private key: certifies the nodes' signing keys. Reads and writes no
 * file. For one thread at a time.
 */
public final class SigningAuthority {
  private static final String ROOT_NAME = "archive-root";

  /** The clocks of a cluster's machines may differ by this much when a certificate is new. */
  private static final Duration CLOCK_SKEW = Duration.ofDays(1);

  /** What RFC 5280 writes for "without end". */
  private static final Instant NO_END = Instant.parse("9999-12-31T23:59:59Z");

  private static final int SERIAL_BITS = 127;

  private final ClusterRoot root;
  private final Ed25519Key key;
  private final SecureRandom random;
  private final InstantSource clock;

  private SigningAuthority(
      ClusterRoot root, Ed25519Key key, SecureRandom random, InstantSource clock) {
    this.root = root;
    this.key = key;
    this.random = random;
    this.clock = clock;
  }

  /** A new root with a new key. */
  public static SigningAuthority create(String cluster, SecureRandom random, InstantSource clock) {
    Ed25519Key key = Ed25519Key.create(random);
    X500Name name = name(cluster, ROOT_NAME);
    Instant from = clock.instant().minus(CLOCK_SKEW);
    X509v3CertificateBuilder builder =
        builder(name, name, key.publicKey(), from, NO_END, serial(random));
    String pem = sign(builder, new BasicConstraints(0), KeyUsage.keyCertSign, key);
    try {
      return new SigningAuthority(ClusterRoot.parse(pem), key, random, clock);
    } catch (FormatException e) {
      throw new AssertionError("a new root is sound", e);
    }
  }

  /**
   * @throws FormatException also when the two do not belong together
   */
  public static SigningAuthority parse(
      String rootPem, String rootKeyPem, SecureRandom random, InstantSource clock)
      throws FormatException {
    ClusterRoot root = ClusterRoot.parse(rootPem);
    Ed25519Key key = Ed25519Key.parse(rootKeyPem);
    byte[] certified = root.certificate().publicKey().getEncoded();
    if (!Arrays.equals(key.publicKey().getEncoded(), certified)) {
      throw new Corrupt("private key", "the one of the root " + root.fingerprint(), "another");
    }
    return new SigningAuthority(root, key, random, clock);
  }

  public ClusterRoot root() {
    return root;
  }

  public String rootPem() {
    return root.pem();
  }

  /** Secret. */
  public String rootKeyPem() {
    return key.pem();
  }

  /**
   * A node's new key.
   *
   * @param privateKeyPem secret
   */
  public record Issued(String certificatePem, String privateKeyPem) {
    @Override
    public String toString() {
      return "a private key and its certificate";
    }
  }

  /** Makes a key for a node and certifies it from now on. */
  public Issued issue(String node, Duration validity) {
    Ed25519Key nodeKey = Ed25519Key.create(random);
    Instant now = clock.instant();
    X509v3CertificateBuilder builder =
        builder(
            root.certificate().subject(),
            name(root.cluster(), node),
            nodeKey.publicKey(),
            now.minus(CLOCK_SKEW),
            now.plus(validity),
            serial(random));
    String pem = sign(builder, new BasicConstraints(false), KeyUsage.digitalSignature, key);
    return new Issued(pem, nodeKey.pem());
  }

  private static BigInteger serial(SecureRandom random) {
    return new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE);
  }

  private static X500Name name(String cluster, String name) {
    if (!ArchivePaths.isName(cluster) || !ArchivePaths.isName(name)) {
      throw new IllegalArgumentException("not names: \"" + cluster + "\", \"" + name + "\"");
    }
    X500NameBuilder builder = new X500NameBuilder(BCStyle.INSTANCE);
    return builder.addRDN(BCStyle.O, cluster).addRDN(BCStyle.CN, name).build();
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer,
      X500Name subject,
      Ed25519PublicKeyParameters key,
      Instant from,
      Instant to,
      BigInteger serial) {
    SubjectPublicKeyInfo info =
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(Ed25519Certificate.ED25519), key.getEncoded());
    return new X509v3CertificateBuilder(
        issuer, serial, Date.from(from), Date.from(to), subject, info);
  }

  private static String sign(
      X509v3CertificateBuilder builder, BasicConstraints constraints, int usage, Ed25519Key key) {
    try {
      builder.addExtension(Extension.basicConstraints, true, constraints);
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
      var signer =
          new BcEdECContentSignerBuilder(new AlgorithmIdentifier(Ed25519Certificate.ED25519))
              .build(key.parameters());
      return Pem.encode(Pem.CERTIFICATE, builder.build(signer).getEncoded());
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalStateException("can't make a certificate", e);
    }
  }
}
