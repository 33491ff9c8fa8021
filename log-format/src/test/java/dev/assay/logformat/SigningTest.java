package dev.assay.logformat;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.FormatException.Corrupt;
import java.io.ByteArrayInputStream;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Roots, certificates and keys: what they say, and which of them belong together. */
class SigningTest {
  private final Signers signers = new Signers("demo");

  @Test
  void aCertificateSaysWhoseKeyItIs() throws Exception {
    SignerCertificate certificate = signers.key("node-a").certificate();
    assertEquals("node-a", certificate.node());
    assertEquals("demo", certificate.cluster());
    assertEquals(Signers.NOW.minus(Duration.ofDays(1)).toEpochMilli(), certificate.validFromMs());
    assertEquals(Signers.NOW.plus(Signers.VALIDITY).toEpochMilli(), certificate.validToMs());
    assertEquals(certificate, SignerCertificate.parse(certificate.pem()));
    assertNotEquals(certificate, signers.key("node-a").certificate());
    signers.root().requireCertified(certificate);
  }

  /** The JDK's own reading of what was written. */
  @Test
  void theCertificatesAreX509() throws Exception {
    SigningKey key = signers.key("node-a");
    X509Certificate root = jdkCertificate(signers.root().pem());
    X509Certificate node = jdkCertificate(key.certificate().pem());
    root.verify(root.getPublicKey());
    node.verify(root.getPublicKey());
    assertEquals(Sha256.of(node.getEncoded()), key.certificate().fingerprint());
    assertEquals(Sha256.of(root.getEncoded()), signers.root().fingerprint());
    assertEquals(-1, node.getBasicConstraints());
    assertEquals(0, root.getBasicConstraints());
    assertEquals("CN=node-a,O=demo", node.getSubjectX500Principal().getName());

    byte[] message = {1, 2, 3};
    Signature verifier = Signature.getInstance("Ed25519");
    verifier.initVerify(node);
    verifier.update(message);
    assertTrue(verifier.verify(key.sign(message)));
  }

  private static X509Certificate jdkCertificate(String pem) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(US_ASCII)));
  }

  @Test
  void aRootCertifiesWhatItSignedAndNothingElse() throws FormatException {
    SignerCertificate ours = signers.key("node-a").certificate();
    Signers sameName = new Signers("demo");
    UntrustedSigner otherRoot =
        assertThrows(UntrustedSigner.class, () -> sameName.root().requireCertified(ours));
    assertEquals(
        ours + " is not signed by the cluster root " + sameName.root().fingerprint(),
        otherRoot.getMessage());
    UntrustedSigner otherCluster =
        assertThrows(
            UntrustedSigner.class, () -> new Signers("other").root().requireCertified(ours));
    assertEquals(ours + ": expected one of cluster other, actual demo", otherCluster.getMessage());
  }

  @Test
  void everyFlippedBitOfACertificateIsRefused() throws FormatException {
    byte[] der = Pem.decode(Pem.CERTIFICATE, signers.key("node-a").certificate().pem());
    for (int bit = 0; bit < 8 * der.length; bit++) {
      String pem = Pem.encode(Pem.CERTIFICATE, Checksums.flip(der, bit));
      boolean trusted = true;
      try {
        signers.root().requireCertified(SignerCertificate.parse(pem));
      } catch (FormatException | UntrustedSigner e) {
        trusted = false;
      }
      assertFalse(trusted, "bit " + bit);
    }
  }

  @Test
  void aRootIsNoSignerAndASignerIsNoRoot() throws FormatException {
    String root = signers.root().pem();
    String node = signers.key("node-a").certificate().pem();
    assertThrows(Corrupt.class, () -> SignerCertificate.parse(root));
    assertThrows(Corrupt.class, () -> ClusterRoot.parse(node));
  }

  @Test
  void anAuthorityIsReadFromWhatItWrote() throws Exception {
    SigningAuthority authority = signers.authority();
    SigningAuthority again =
        SigningAuthority.parse(
            authority.rootPem(),
            authority.rootKeyPem(),
            new SecureRandom(),
            InstantSource.fixed(Signers.NOW));
    assertEquals(authority.root().fingerprint(), again.root().fingerprint());
    SigningAuthority.Issued issued = again.issue("node-b", Duration.ofDays(1));
    authority.root().requireCertified(SignerCertificate.parse(issued.certificatePem()));
    assertEquals("demo", ClusterRoot.parse(authority.rootPem()).cluster());
  }

  @Test
  void aKeyThatIsNotTheCertificatesIsRefused() throws FormatException {
    SigningAuthority authority = signers.authority();
    String other = authority.issue("node-a", Duration.ofDays(1)).privateKeyPem();
    SignerCertificate certificate = signers.key("node-a").certificate();
    assertThrows(Corrupt.class, () -> SigningKey.parse(other, certificate));
    assertThrows(
        Corrupt.class,
        () ->
            SigningAuthority.parse(
                authority.rootPem(), other, new SecureRandom(), InstantSource.system()));
  }

  @Test
  void noKeyIsEverShown() throws FormatException {
    SigningAuthority.Issued issued = signers.authority().issue("node-a", Duration.ofDays(1));
    SignerCertificate certificate = SignerCertificate.parse(issued.certificatePem());
    byte[] der = Pem.decode(Pem.PRIVATE_KEY, issued.privateKeyPem());
    String secret = HexFormat.of().formatHex(der, der.length - 32, der.length);
    SigningKey key = SigningKey.parse(issued.privateKeyPem(), certificate);
    for (String shown : new String[] {key.toString(), issued.toString()}) {
      assertFalse(shown.contains(secret), shown);
      assertFalse(shown.contains("BEGIN"), shown);
    }
    String damaged = issued.privateKeyPem().replace("MC4", "MC5");
    Corrupt refusal = assertThrows(Corrupt.class, () -> SigningKey.parse(damaged, certificate));
    assertFalse(String.valueOf(refusal.getMessage()).contains(secret), refusal::toString);
    assertEquals(null, refusal.getCause());
  }

  @Test
  void aKeyOfAnotherKindIsRefused() throws Exception {
    SignerCertificate certificate = signers.key("node-a").certificate();
    byte[] der = KeyPairGenerator.getInstance("X25519").generateKeyPair().getPrivate().getEncoded();
    Corrupt refusal =
        assertThrows(
            Corrupt.class, () -> SigningKey.parse(Pem.encode(Pem.PRIVATE_KEY, der), certificate));
    assertEquals("private key: expected an Ed25519 key, actual another", refusal.getMessage());
  }

  @Test
  void otherTextIsNoPem() throws FormatException {
    String pem = signers.root().pem();
    for (String text :
        new String[] {
          "",
          "x",
          "-----BEGIN CERTIFICATE-----",
          pem.substring(1),
          pem.substring(0, pem.length() - 3),
          pem.replace("\nMII", "\n*II"),
          pem + pem,
          pem.replace("CERTIFICATE", "PRIVATE KEY"),
          " ".repeat(20_000)
        }) {
      assertThrows(Corrupt.class, () -> ClusterRoot.parse(text), text);
    }
    assertDoesNotThrow(() -> ClusterRoot.parse(pem.replace("\n", "\r\n")));
  }

  @Test
  void bytesAfterACertificateAreRefused() throws FormatException {
    byte[] der = Pem.decode(Pem.CERTIFICATE, signers.key("node-a").certificate().pem());
    String longer = Pem.encode(Pem.CERTIFICATE, Arrays.copyOf(der, der.length + 1));
    assertThrows(Corrupt.class, () -> SignerCertificate.parse(longer));
  }

  @Test
  void manyNestedPartsAreRefused() {
    byte[] nested = new byte[8000];
    for (int i = 0; i + 4 <= nested.length; i += 4) {
      int rest = nested.length - i - 4;
      nested[i] = 0x30;
      nested[i + 1] = (byte) 0x82;
      nested[i + 2] = (byte) (rest >> 8);
      nested[i + 3] = (byte) rest;
    }
    assertThrows(Corrupt.class, () -> SignerCertificate.parse(Pem.encode(Pem.CERTIFICATE, nested)));
  }

  @Test
  void namesThatAreNotOursAreNotCertified() {
    assertThrows(
        IllegalArgumentException.class,
        () -> signers.authority().issue("a,O=other", Duration.ofDays(1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> SigningAuthority.create("a/b", new SecureRandom(), InstantSource.system()));
  }

  @Test
  void signaturesAreDeterministic() throws FormatException {
    SigningKey key = signers.key("node-a");
    assertArrayEquals(key.sign(new byte[9]), key.sign(new byte[9]));
    assertEquals(64, key.sign(new byte[9]).length);
  }
}
