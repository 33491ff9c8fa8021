package dev.assay.replicastore.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Only those who show a trusted certificate take part. */
@Execution(ExecutionMode.CONCURRENT)
class TlsTest {
  private static final char[] PASSWORD = "password".toCharArray();

  @TempDir Path folder;

  /** A key, and a certificate of its own for the loopback address, by the JDK's keytool. */
  private KeyStore keyStore(String name) throws Exception {
    Path file = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-keyalg",
                "EC",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes());
    assertEquals(0, keytool.waitFor(), said);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  private static KeyManager key(KeyStore store) throws Exception {
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, PASSWORD);
    return factory.getKeyManagers()[0];
  }

  private static TrustManager trust(KeyStore store) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, PASSWORD);
    String alias = store.aliases().nextElement();
    trusted.setCertificateEntry(alias, store.getCertificate(alias));
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(trusted);
    return factory.getTrustManagers()[0];
  }

  @Test
  void onlyPeersWithATrustedCertificateTakePart() throws Exception {
    KeyStore cluster = keyStore("cluster");
    KeyStore stranger = keyStore("stranger");
    Transport.Tls member = new Transport.Tls(key(cluster), trust(cluster));
    Transport.Tls outsider = new Transport.Tls(key(stranger), trust(cluster));
    try (TestCluster nodes =
        TestCluster.overSockets(
            folder, Map.of("node-a", member, "node-b", member, "node-c", outsider))) {
      nodes.startAll();
      nodes.appendMany("entry ", 5);
      // Its name is right, and it can reach the others; but they don't let it in, nor does it
      // show them a certificate that they would send anything to.
      assertEquals(LogPosition.NONE, nodes.applier("node-c").applied());
      nodes.stop("node-c");
      refused(nodes.address("node-a"), member.trust(), null);
      refused(nodes.address("node-a"), member.trust(), outsider.key());
      accepted(nodes.address("node-a"), member.trust(), member.key());
    }
  }

  private static SSLSocket connect(
      String address, TrustManager trust, @org.jspecify.annotations.Nullable KeyManager key)
      throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        key == null ? new KeyManager[0] : new KeyManager[] {key}, new TrustManager[] {trust}, null);
    List<String> parts = List.of(address.split(":", -1));
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(
                    InetAddress.getByName(parts.getFirst()), Integer.parseInt(parts.getLast()));
    var parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    return socket;
  }

  private static void refused(
      String address, TrustManager trust, @org.jspecify.annotations.Nullable KeyManager key)
      throws Exception {
    try (SSLSocket socket = connect(address, trust, key)) {
      assertThrows(
          IOException.class,
          () -> {
            socket.startHandshake();
            if (socket.getInputStream().read() < 0) {
              throw new IOException("closed");
            }
          });
    }
  }

  private static void accepted(String address, TrustManager trust, KeyManager key)
      throws Exception {
    try (SSLSocket socket = connect(address, trust, key)) {
      socket.startHandshake();
      assertTrue(socket.getInputStream().read() >= 0);
    }
  }
}
