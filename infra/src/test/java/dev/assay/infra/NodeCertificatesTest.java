package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeCertificatesTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir Path folder;
  private Path authority = Path.of("");
  private Instant clock = NOW;

  @BeforeEach
  void setUp() {
    authority = folder.resolve("authority");
  }

  @Test
  void theFirstStartMakesWhatIsMissingAndLaterStartsUseIt() throws Exception {
    X509Certificate first = shown(open("node-a"));
    Map<Path, String> files = contents();
    assertEquals(
        List.of(
            "authority/authority.key.pem",
            "authority/authority.pem",
            "node-a/authority.pem",
            "node-a/node-a.pem"),
        files.keySet().stream().map(path -> folder.relativize(path).toString()).toList());
    assertEquals(first, shown(open("node-a")));
    assertEquals(files, contents());
  }

  @Test
  void allProcessesOfAClusterHaveOneAuthority() throws Exception {
    NodeCertificates nodeA = open("node-a");
    NodeCertificates router = open("router");
    X509Certificate[] chain = {shown(router)};
    nodeA.tls().authority().checkClientTrusted(chain, "UNKNOWN");
    nodeA.tls().authority().checkServerTrusted(chain, "UNKNOWN");
    assertEquals(
        List.of(nodeA.tls().authority().getAcceptedIssuers()),
        List.of(router.tls().authority().getAcceptedIssuers()));
  }

  @Test
  void aCertificateNamesItsProcessAndWhereItIsReached() throws Exception {
    X509Certificate shown =
        shown(open("node-a", List.of("db-1.example.org", "10.1.2.3", "fd00::1")));
    List<String> names =
        shown.getSubjectAlternativeNames().stream()
            .map(name -> String.valueOf(name.get(1)))
            .toList();
    assertEquals(
        List.of(
            "node-a",
            "localhost",
            "127.0.0.1",
            "0:0:0:0:0:0:0:1",
            "db-1.example.org",
            "10.1.2.3",
            "fd00:0:0:0:0:0:0:1"),
        names);
    assertEquals(List.of("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"), shown.getExtendedKeyUsage());
    assertEquals(-1, shown.getBasicConstraints());
  }

  @Test
  void keysAreReadableByTheirOwnerAlone() throws Exception {
    open("node-a");
    for (Path file : contents().keySet()) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
    for (Path each : List.of(authority, folder.resolve("node-a"))) {
      assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(each)));
    }
  }

  @Test
  void aKeyThatOthersMayReadIsRefused() throws Exception {
    open("node-a");
    Path file = folder.resolve("node-a/node-a.pem");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertRefused("node-a", file, "others may use (rw-r-----)", "chmod 600");
  }

  @Test
  void damagedFilesAreRefusedAndLeftAlone() throws Exception {
    open("node-a");
    Path own = folder.resolve("node-a/node-a.pem");
    Path trusted = folder.resolve("node-a/authority.pem");
    for (Path file : List.of(own, trusted)) {
      byte[] intact = Files.readAllBytes(file);
      byte[] half = Arrays.copyOf(intact, intact.length / 2);
      byte[] flipped = intact.clone();
      flipped[intact.length / 2] ^= 1;
      byte[] badBase64 =
          new String(intact, StandardCharsets.US_ASCII)
              .replace('M', '!')
              .getBytes(StandardCharsets.US_ASCII);
      for (byte[] damaged : List.of(new byte[0], half, flipped, badBase64, new byte[1000])) {
        Files.write(file, damaged);
        assertRefused("node-a", file, "", "");
        assertArrayEquals(damaged, Files.readAllBytes(file));
      }
      Files.write(file, intact);
    }
    open("node-a");
  }

  @Test
  void aLostTrustFileIsAnErrorAndNotGuessed() throws Exception {
    open("node-a");
    Path trusted = folder.resolve("node-a/authority.pem");
    Files.delete(trusted);
    assertRefused("node-a", trusted, "can't be read", "Put it back");
    assertFalse(Files.exists(trusted));
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws Exception {
    open("node-a");
    open("node-b");
    Path file = folder.resolve("node-a/node-a.pem");
    String keyOfA = block(file, "PRIVATE KEY");
    String certificateOfB = block(folder.resolve("node-b/node-b.pem"), "CERTIFICATE");
    Files.writeString(file, keyOfA + certificateOfB);
    assertRefused("node-a", file, "not that of the certificate", "move it away");
  }

  @Test
  void aCertificateOfAnotherProcessIsRefused() throws Exception {
    open("node-a");
    open("node-b");
    Path file = folder.resolve("node-a/node-a.pem");
    Files.writeString(file, Files.readString(folder.resolve("node-b/node-b.pem")));
    assertRefused("node-a", file, "is not for node-a but for", "node-b");
  }

  @Test
  void aCertificateOfAnotherClusterIsRefused() throws Exception {
    open("node-a");
    authority = folder.resolve("others");
    NodeCertificates.open(
        folder.resolve("theirs"), authority, "node-a", List.of(), InstantSource.fixed(NOW));
    Path own = folder.resolve("node-a/node-a.pem");
    Files.writeString(own, Files.readString(folder.resolve("theirs/node-a.pem")));
    assertRefused("node-a", own, "is not signed by the authority", "Put the right file back");
  }

  @Test
  void anotherAuthorityInTheFolderIsRefusedBeforeAnythingIsMade() throws Exception {
    open("node-a");
    Files.delete(folder.resolve("node-a/node-a.pem"));
    authority = folder.resolve("others");
    assertRefused(
        "node-a", folder.resolve("node-a/authority.pem"), "is not the authority in", "cluster");
    assertFalse(Files.exists(folder.resolve("node-a/node-a.pem")));
  }

  @Test
  void aHostThatTheCertificateDoesNotNameIsRefused() throws Exception {
    open("node-a", List.of("10.1.2.3", "::1"));
    open("node-a", List.of("10.1.2.3", "0:0:0:0:0:0:0:1", "LOCALHOST"));
    var refused =
        assertThrows(UnusableCertificates.class, () -> open("node-a", List.of("10.1.2.4")));
    assertTrue(String.valueOf(refused.getMessage()).contains("not for 10.1.2.4"));
  }

  @Test
  void anAuthorityWithoutItsKeySignsNothingAndIsNotReplaced() throws Exception {
    open("node-a");
    Path key = authority.resolve("authority.key.pem");
    Files.delete(key);
    open("node-a");
    assertRefused("node-b", key, "is missing", "Bring the file");
    assertFalse(Files.exists(key));
  }

  @Test
  void aProcessThatHasItsFilesDoesNotNeedTheAuthority() throws Exception {
    open("node-a");
    Files.move(authority, folder.resolve("in-a-safe"));
    open("node-a");
    assertFalse(Files.exists(authority));
  }

  @Test
  void aStartThatWasCutShortIsCompletedByTheNext() throws Exception {
    NodeCertificates first = open("node-a");
    // As after a crash between the writing of one file and that of the next.
    Files.delete(authority.resolve("authority.pem"));
    Files.delete(folder.resolve("node-a/authority.pem"));
    Files.delete(folder.resolve("node-a/node-a.pem"));
    Files.writeString(folder.resolve("node-a/.node-a.pem.unfinished"), "-----BEGIN PRIV");
    NodeCertificates second = open("node-a");
    assertEquals(
        List.of(first.tls().authority().getAcceptedIssuers()),
        List.of(second.tls().authority().getAcceptedIssuers()));
  }

  @Test
  void processesThatStartTogetherAgreeOnOneAuthority() throws Exception {
    List<Future<NodeCertificates>> starting = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        String name = "node-" + i % 4;
        starting.add(threads.submit(() -> open(name)));
      }
    }
    for (Future<NodeCertificates> each : starting) {
      assertEquals(
          List.of(starting.getFirst().get().tls().authority().getAcceptedIssuers()),
          List.of(each.get().tls().authority().getAcceptedIssuers()));
    }
  }

  @Test
  void theEndIsFarAwayAndNearsWithAWarning() throws Exception {
    NodeCertificates fresh = open("node-a");
    assertNull(fresh.warning());
    assertTrue(fresh.expiresAt().isAfter(NOW.plus(Duration.ofDays(9 * 365))));

    clock = fresh.expiresAt().minus(NodeCertificates.WARN_BEFORE).plusSeconds(60);
    String warning = String.valueOf(open("node-a").warning());
    assertTrue(warning.contains("node-a.pem ends at") && warning.contains("in 59 days"), warning);

    clock = fresh.expiresAt().plusSeconds(1);
    assertRefused(
        "node-a", folder.resolve("node-a/node-a.pem"), "this machine's clock says", "move it away");
  }

  @Test
  void aClockThatIsFarBehindIsSaidToBe() throws Exception {
    open("node-a");
    clock = NOW.minus(Duration.ofDays(2));
    assertRefused("node-a", folder.resolve("node-a/node-a.pem"), "clock says 2026-02-27", "set it");
  }

  @Test
  void theNameOfTheAuthorityIsTaken() {
    assertThrows(IllegalArgumentException.class, () -> open("authority"));
  }

  private void assertRefused(String name, Path file, String trouble, String whatToDo) {
    UnusableCertificates refused =
        assertThrows(UnusableCertificates.class, () -> open(name), file::toString);
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.startsWith(file.toString()), message);
    assertTrue(message.contains(trouble) && message.contains(whatToDo), message);
    assertFalse(message.contains("PRIVATE KEY-----"), message);
  }

  private NodeCertificates open(String name) throws Exception {
    return open(name, List.of());
  }

  private NodeCertificates open(String name, List<String> hosts) throws Exception {
    return NodeCertificates.open(
        folder.resolve(name), authority, name, hosts, InstantSource.fixed(clock));
  }

  private static X509Certificate shown(NodeCertificates certificates) {
    X509ExtendedKeyManager own = certificates.tls().own();
    return own.getCertificateChain(own.getServerAliases("EC", null)[0])[0];
  }

  /** Every file but the lock, and what is in it. */
  private Map<Path, String> contents() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      Map<Path, String> contents = new TreeMap<>();
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith(".lock")) {
          contents.put(file, Files.readString(file));
        }
      }
      return contents;
    }
  }

  private static String block(Path file, String type) throws IOException {
    String text = Files.readString(file);
    String end = "-----END " + type + "-----\n";
    return text.substring(text.indexOf("-----BEGIN " + type), text.indexOf(end) + end.length());
  }
}
