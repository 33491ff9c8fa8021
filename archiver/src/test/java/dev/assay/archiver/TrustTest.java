package dev.assay.archiver;

import static dev.assay.archiver.ObjectStore.Created.CREATED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A store with a certificate of its own. */
class TrustTest {
  private static final String PASSWORD = "password";

  @TempDir Path folder;

  private FaultyServer server;

  @BeforeEach
  void startServer() throws Exception {
    Path keys = folder.resolve("keys");
    makeCertificate(keys, folder.resolve("certificate.pem"));
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    server =
        new FaultyServer(
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress()));
  }

  @AfterEach
  void stopServer() throws IOException {
    server.close();
  }

  private static void makeCertificate(Path keys, Path pem) throws Exception {
    keytool(
        List.of("-genkeypair", "-alias", "store", "-keyalg", "EC", "-dname", "CN=store"),
        List.of("-ext", "san=ip:127.0.0.1", "-storetype", "PKCS12"),
        keys);
    keytool(List.of("-exportcert", "-rfc", "-alias", "store"), List.of("-file", "" + pem), keys);
  }

  private static void keytool(List<String> action, List<String> more, Path keys) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/keytool"));
    command.addAll(action);
    command.addAll(more);
    command.addAll(List.of("-keystore", keys.toString(), "-storepass", PASSWORD));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertEquals(true, process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue());
  }

  private S3Options options() {
    return S3Options.of(
        server.endpoint(), "us-east-1", "bucket", new S3Credentials("test", "secret-of-test"));
  }

  @ParameterizedTest
  @EnumSource
  void storeWithATrustedCertificateIsUsed(Client client) throws IOException {
    S3Options options = options().withTrustedCertificates(folder.resolve("certificate.pem"));
    try (ObjectStore store = client.open(options)) {
      assertEquals(CREATED, store.create("a", new byte[] {1}));
      assertArrayEquals(new byte[] {1}, server.objects.get("/bucket/a"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void storeWithAnUnknownCertificateIsRefused(Client client) throws IOException {
    try (ObjectStore store = client.open(options())) {
      StoreFailed failed = assertThrows(StoreFailed.class, () -> store.get("a", 10));
      assertFalse(failed.temporary(), failed.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource
  void fileThatHoldsNoCertificateIsRefused(Client client) throws IOException {
    Path file = Files.writeString(folder.resolve("empty.pem"), "nothing\n");
    assertThrows(
        IOException.class, () -> client.open(options().withTrustedCertificates(file)).close());
  }
}
