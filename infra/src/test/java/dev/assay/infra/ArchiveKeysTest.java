package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Manifest;
import dev.assay.logformat.ManifestCodec;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.SignerCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveKeysTest {
  private static final String CLUSTER = "test";
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir Path folder;
  private Path authority = Path.of("");
  private Instant clock = NOW;

  @BeforeEach
  void setUp() {
    authority = folder.resolve("authority");
  }

  private ArchiveKeys open(String node) throws IOException {
    return open(CLUSTER, node, folder.resolve(node), authority);
  }

  private ArchiveKeys open(String cluster, String node, Path directory, Path from)
      throws IOException {
    return ArchiveKeys.open(directory, from, cluster, node, InstantSource.fixed(clock));
  }

  private Path own(String node) {
    return folder.resolve(node).resolve(node + ".archive.pem");
  }

  private Path trusted(String node) {
    return folder.resolve(node).resolve("archive-root.pem");
  }

  private static SignerCertificate certificate(ArchiveKeys keys) {
    return keys.key().certificate();
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        if (!path.endsWith(".archive.lock")) {
          contents.put(folder.relativize(path).toString(), Files.readString(path));
        }
      }
    }
    return contents;
  }

  private void assertRefused(Path file, String... parts) throws IOException {
    assertRefused(CLUSTER, "node-a", file, parts);
  }

  /** Refused with a message that names the file, and nothing is changed. */
  private void assertRefused(String cluster, String node, Path file, String... parts)
      throws IOException {
    Map<String, String> before = contents();
    UnusableCertificates refused =
        assertThrows(
            UnusableCertificates.class, () -> open(cluster, node, folder.resolve(node), authority));
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.startsWith(file + ": "), message);
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
    assertFalse(message.contains("PRIVATE"), message);
    assertEquals(before, contents());
  }

  private static Manifest manifest(ArchiveKeys keys) {
    SegmentSummary segment =
        new SegmentSummary(0, 9, 1, 1, 0, 0, 10, 0, 100, Sha256.of(new byte[] {1}));
    return new Manifest(
        CLUSTER,
        "notes",
        new UUID(1, 2),
        0,
        segment,
        50,
        Sha256.of(new byte[] {2}),
        Sha256.of(new byte[] {3}),
        Sha256.NONE,
        certificate(keys).node(),
        certificate(keys).fingerprint(),
        NOW.toEpochMilli());
  }

  @Test
  void theFirstStartMakesWhatIsMissingAndLaterStartsUseIt() throws Exception {
    ArchiveKeys first = open("node-a");
    Map<String, String> files = contents();
    assertEquals(
        Set.of(
            "authority/archive-root.key.pem",
            "authority/archive-root.pem",
            "node-a/archive-root.pem",
            "node-a/node-a.archive.pem"),
        files.keySet());
    assertEquals("node-a", certificate(first).node());
    assertEquals(CLUSTER, first.root().cluster());
    ArchiveKeys second = open("node-a");
    assertEquals(certificate(first).fingerprint(), certificate(second).fingerprint());
    assertEquals(first.root().fingerprint(), second.root().fingerprint());
    assertEquals(files, contents());
  }

  @Test
  void keysAreReadableByTheirOwnerAlone() throws Exception {
    open("node-a");
    for (String file : contents().keySet()) {
      assertEquals("rw-------", mode(folder.resolve(file)), file);
    }
    assertEquals("rwx------", mode(authority));
    assertEquals("rwx------", mode(folder.resolve("node-a")));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void aKeyThatOthersMayReadIsRefused() throws Exception {
    open("node-a");
    Files.setPosixFilePermissions(own("node-a"), PosixFilePermissions.fromString("rw-r-----"));
    assertRefused(own("node-a"), "others may use (rw-r-----)", "chmod 600 " + own("node-a"));
    Files.setPosixFilePermissions(own("node-a"), PosixFilePermissions.fromString("rw-------"));
    open("node-a");
    Path rootKey = authority.resolve("archive-root.key.pem");
    Files.setPosixFilePermissions(rootKey, PosixFilePermissions.fromString("rw----r--"));
    assertRefused(CLUSTER, "node-b", rootKey, "others may use (rw----r--)", "chmod 600 " + rootKey);
  }

  @Test
  void allNodesOfAClusterHaveOneRoot() throws Exception {
    ArchiveKeys nodeA = open("node-a");
    ArchiveKeys nodeB = open("node-b");
    assertEquals(nodeA.root().fingerprint(), nodeB.root().fingerprint());
    assertNotEquals(certificate(nodeA).fingerprint(), certificate(nodeB).fingerprint());
    nodeA.root().requireCertified(certificate(nodeB));
  }

  @Test
  void aKeyThatWasMovedAwayIsReplacedAndWhatItSignedStaysGood() throws Exception {
    ArchiveKeys old = open("node-a");
    byte[] manifest = ManifestCodec.sign(manifest(old), old.key());
    Files.move(own("node-a"), folder.resolve("aside.pem"));
    ArchiveKeys renewed = open("node-a");
    assertNotEquals(certificate(old).fingerprint(), certificate(renewed).fingerprint());
    Map<Sha256, SignerCertificate> archived = new HashMap<>();
    for (ArchiveKeys each : List.of(old, renewed)) {
      renewed.root().requireCertified(certificate(each));
      archived.put(certificate(each).fingerprint(), certificate(each));
    }
    assertEquals(manifest(old), ManifestCodec.verify(manifest, archived::get));
    byte[] next = ManifestCodec.sign(manifest(renewed), renewed.key());
    assertEquals(manifest(renewed), ManifestCodec.verify(next, archived::get));
  }

  @Test
  void aKeyIsRenewedWhenItsCertificateComesNearItsEnd() throws Exception {
    ArchiveKeys first = open("node-a");
    Instant end = Instant.ofEpochMilli(certificate(first).validToMs());
    clock = end.minus(ArchiveKeys.RENEW_BEFORE).minus(Duration.ofDays(1));
    assertEquals(certificate(first).fingerprint(), certificate(open("node-a")).fingerprint());
    clock = end.minus(ArchiveKeys.RENEW_BEFORE).plus(Duration.ofDays(1));
    ArchiveKeys renewed = open("node-a");
    assertNotEquals(certificate(first).fingerprint(), certificate(renewed).fingerprint());
    assertTrue(certificate(renewed).validToMs() > certificate(first).validToMs());
    assertEquals(first.root().fingerprint(), renewed.root().fingerprint());
    assertEquals(certificate(renewed).fingerprint(), certificate(open("node-a")).fingerprint());
  }

  @Test
  void theRootsKeyIsNeededForANewCertificateOnly() throws Exception {
    ArchiveKeys first = open("node-a");
    Path rootKey = authority.resolve("archive-root.key.pem");
    Path away = folder.resolve("away.pem");
    Files.move(rootKey, away);
    assertEquals(certificate(first).fingerprint(), certificate(open("node-a")).fingerprint());
    assertRefused(CLUSTER, "node-b", rootKey, "is missing", "Bring the file from where");

    Instant end = Instant.ofEpochMilli(certificate(first).validToMs());
    clock = end.minus(Duration.ofDays(1));
    assertEquals(certificate(first).fingerprint(), certificate(open("node-a")).fingerprint());
    clock = end.plus(Duration.ofDays(1));
    assertRefused(
        own("node-a"), "its certificate has ended", "Bring archive-root.key.pem to " + authority);
    Files.move(away, rootKey);
    assertTrue(certificate(open("node-a")).validToMs() > clock.toEpochMilli());
  }

  @Test
  void aKeyOfAnotherNodeIsRefused() throws Exception {
    open("node-a");
    open("node-b");
    Files.copy(
        own("node-b"),
        own("node-a"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING,
        java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    assertRefused(
        own("node-a"), "is of node node-b", "move " + own("node-a") + " away to have a new key");
  }

  @Test
  void filesOfAnotherClusterAreRefused() throws Exception {
    open("node-a");
    assertRefused(
        "other", "node-a", trusted("node-a"), "is of cluster test, not of other", "same cluster");
  }

  @Test
  void aKeyThatAnotherRootCertifiedIsRefused() throws Exception {
    open("node-a");
    Path elsewhere = folder.resolve("elsewhere");
    open(CLUSTER, "node-a", elsewhere, folder.resolve("other-authority"));
    Path foreign = elsewhere.resolve("archive-root.pem");
    String right = Files.readString(trusted("node-a"));
    Files.writeString(trusted("node-a"), Files.readString(foreign));
    assertRefused(own("node-a"), "Put the right file back");
    Files.delete(own("node-a"));
    assertRefused(
        trusted("node-a"), "is not the archive's root in " + authority, "one of the two folders");
    Files.writeString(trusted("node-a"), right);
    open("node-a");
  }

  @Test
  void damagedFilesAreRefusedAndLeftAlone() throws Exception {
    open("node-a");
    for (Path file : List.of(own("node-a"), trusted("node-a"))) {
      String intact = Files.readString(file);
      for (String damaged :
          List.of(
              "",
              "nothing of PEM\n",
              intact.substring(0, intact.length() / 2),
              intact.substring(intact.length() / 3))) {
        Files.writeString(file, damaged);
        assertRefused(file, "Put the");
      }
      Files.writeString(file, intact);
      open("node-a");
    }
  }

  @Test
  void nodesThatStartAtOnceMakeOneRoot() throws Exception {
    Set<Sha256> roots = new HashSet<>();
    Set<Sha256> keys = new HashSet<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      List<Future<ArchiveKeys>> started = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        String node = "node-" + i;
        started.add(threads.submit(() -> open(node)));
      }
      for (Future<ArchiveKeys> each : started) {
        roots.add(each.get().root().fingerprint());
        keys.add(certificate(each.get()).fingerprint());
      }
    }
    assertEquals(1, roots.size());
    assertEquals(6, keys.size());
  }
}
