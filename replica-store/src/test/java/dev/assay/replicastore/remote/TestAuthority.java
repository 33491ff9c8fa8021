package dev.assay.replicastore.remote;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority that lives in memory, and certificates that it signs. */
final class TestAuthority {
  private final Instant from = Instant.now().minus(1, ChronoUnit.DAYS);
  private final KeyPair keys = newKeys();
  private final X500Name name;
  private final X509Certificate certificate;
  private int serial = 1;

  TestAuthority(String name) {
    this.name = new X500Name("CN=" + name);
    try {
      JcaX509v3CertificateBuilder builder = builder(this.name, keys, from);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      certificate = sign(builder);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** A key and a certificate for a node of this name, and trust in this authority alone. */
  NodeTls issue(String node) {
    return issue(node, from);
  }

  NodeTls issueExpired(String node) {
    return issue(node, from.minus(400, ChronoUnit.DAYS));
  }

  private NodeTls issue(String node, Instant start) {
    try {
      KeyPair own = newKeys();
      JcaX509v3CertificateBuilder builder = builder(new X500Name("CN=" + node), own, start);
      GeneralName[] names = {
        new GeneralName(GeneralName.dNSName, node),
        new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
      };
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      return new NodeTls(keyManager(own, sign(builder)), trustManager());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private JcaX509v3CertificateBuilder builder(
      X500Name subject, KeyPair subjectKeys, Instant start) {
    return new JcaX509v3CertificateBuilder(
        name,
        BigInteger.valueOf(serial++),
        Date.from(start),
        Date.from(start.plus(365, ChronoUnit.DAYS)),
        subject,
        subjectKeys.getPublic());
  }

  private X509Certificate sign(JcaX509v3CertificateBuilder builder) throws Exception {
    ContentSigner signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
    return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
  }

  private X509ExtendedKeyManager keyManager(KeyPair own, X509Certificate shown) throws Exception {
    KeyStore store = emptyStore();
    X509Certificate[] chain = {shown, certificate};
    store.setKeyEntry("own", own.getPrivate(), new char[0], chain);
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, new char[0]);
    return (X509ExtendedKeyManager) factory.getKeyManagers()[0];
  }

  private X509TrustManager trustManager() throws Exception {
    KeyStore store = emptyStore();
    store.setCertificateEntry("authority", certificate);
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return (X509TrustManager) factory.getTrustManagers()[0];
  }

  private static KeyStore emptyStore() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
