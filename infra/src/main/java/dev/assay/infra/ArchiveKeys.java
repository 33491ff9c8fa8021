package dev.assay.infra;

import dev.assay.logformat.ClusterRoot;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.SignerCertificate;
import dev.assay.logformat.SigningAuthority;
import dev.assay.logformat.SigningKey;
import dev.assay.logformat.UntrustedSigner;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's key for signing manifests, and the cluster's root that certifies every node's, kept in
 * files:
 *
 * <pre>
 *   tls.directory/NODE.archive.pem         this node's key and certificate: secret
 *   tls.directory/archive-root.pem         whose certificates this node believes
 *   tls.authority/archive-root.key.pem     the root's key and certificate: secret
 *   tls.authority/archive-root.pem         the certificate alone; verifiers pin its fingerprint
 * </pre>
 *
 * <p>What is missing at the first start is made. A node's key is made anew when its certificate
 * comes near its end, or when its file was moved away: certificates stay in the archive, so what an
 * older key signed can still be verified. A file that is there but can't be used is an error and
 * stays as it is. A node whose files are there needs the root's key for a new certificate only, so
 * that key can be kept elsewhere. Any thread may call.
 */
record ArchiveKeys(SigningKey key, ClusterRoot root) {
  private static final Logger LOG = LoggerFactory.getLogger(ArchiveKeys.class);

  /** How long a node's certificate holds. */
  static final Duration VALIDITY = Duration.ofDays(730);

  /** A start this near to the certificate's end makes a new key. */
  static final Duration RENEW_BEFORE = Duration.ofDays(240);

  private static final String ROOT = "archive-root";
  private static final String LOCK_FILE = ".archive.lock";
  private static final String END_OF_KEY = "-----END PRIVATE KEY-----\n";

  /** A file lock keeps other processes out, but fails when two threads of one want it. */
  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

  /**
   * Reads what is there and makes what is missing.
   *
   * @param directory {@code tls.directory}
   * @param authority {@code tls.authority}; looked at only when something has to be made
   * @throws UnusableCertificates when a file can't be used; the message says what to do
   */
  static ArchiveKeys open(
      Path directory, Path authority, String cluster, String node, InstantSource clock)
      throws IOException {
    PemFile own = new PemFile(directory.resolve(node + ".archive.pem"));
    PemFile trusted = new PemFile(directory.resolve(ROOT + ".pem"));
    if (!own.exists()) {
      PemFile.createFolder(directory);
      PemFile.createFolder(authority);
      make(own, trusted, authority, cluster, node, clock);
    }
    ArchiveKeys keys = read(own, trusted, cluster, node);
    long now = clock.millis();
    long end = keys.key.certificate().validToMs();
    if (now < end - RENEW_BEFORE.toMillis()) {
      return keys;
    }
    if (new PemFile(authority.resolve(ROOT + ".key.pem")).exists()) {
      make(own, trusted, authority, cluster, node, clock);
      return read(own, trusted, cluster, node);
    }
    if (now > end) {
      throw own.unusable(
          "its certificate has ended",
          "Bring " + ROOT + ".key.pem to " + authority + " and start again: a new key is made",
          null);
    }
    LOG.warn(
        "{} ends in {} days: bring {}.key.pem to {} before, and start again to have a new key made",
        own.path(),
        Duration.ofMillis(end - now).toDays(),
        ROOT,
        authority);
    return keys;
  }

  private static ArchiveKeys read(PemFile own, PemFile trusted, String cluster, String node)
      throws IOException {
    String whatToDo =
        "Put the right file back, or move " + own.path() + " away to have a new key made";
    ClusterRoot root = root(trusted, "Put the cluster's " + ROOT + ".pem back");
    if (!root.cluster().equals(cluster)) {
      throw trusted.unusable(
          "is of cluster " + root.cluster() + ", not of " + cluster,
          "Let both be of the same cluster",
          null);
    }
    Pair pair = Pair.read(own, whatToDo);
    try {
      SignerCertificate certificate = SignerCertificate.parse(pair.certificate);
      root.requireCertified(certificate);
      if (!certificate.node().equals(node)) {
        throw own.unusable("is of node " + certificate.node(), whatToDo, null);
      }
      return new ArchiveKeys(SigningKey.parse(pair.key, certificate), root);
    } catch (FormatException | UntrustedSigner e) {
      throw own.unusable(String.valueOf(e.getMessage()), whatToDo, e);
    }
  }

  /** A key and its certificate, in one file so that no crash can part them. */
  private record Pair(String key, String certificate) {
    static Pair read(PemFile file, String whatToDo) throws IOException {
      String text = file.readSecretText(whatToDo);
      int found = text.indexOf(END_OF_KEY);
      if (found < 0) {
        throw file.unusable("holds no key with its certificate", whatToDo, null);
      }
      int end = found + END_OF_KEY.length();
      return new Pair(text.substring(0, end), text.substring(end));
    }

    void write(PemFile file) throws IOException {
      file.writeText(key + certificate);
    }

    /** Without the key. */
    @Override
    public String toString() {
      return certificate;
    }
  }

  private static ClusterRoot root(PemFile file, String whatToDo) throws IOException {
    String text = file.readText(whatToDo);
    try {
      return ClusterRoot.parse(text);
    } catch (FormatException e) {
      throw file.unusable(String.valueOf(e.getMessage()), whatToDo, e);
    }
  }

  private static void make(
      PemFile own, PemFile trusted, Path folder, String cluster, String node, InstantSource clock)
      throws IOException {
    ONE_AT_A_TIME.lock();
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      LOG.debug("Holding {}", held);
      SigningAuthority authority = authority(folder, cluster, clock);
      trust(trusted, authority.root(), folder);
      SigningAuthority.Issued issued = authority.issue(node, VALIDITY);
      new Pair(issued.privateKeyPem(), issued.certificatePem()).write(own);
      LOG.info("Made a key for signing the archive for {} in {}", node, own.path());
    } finally {
      ONE_AT_A_TIME.unlock();
    }
  }

  private static void trust(PemFile trusted, ClusterRoot root, Path folder) throws IOException {
    String whatToDo = "Let both be of the same cluster: one of the two folders is a wrong one";
    if (!trusted.exists()) {
      trusted.writeText(root.pem());
    } else if (!root(trusted, whatToDo).fingerprint().equals(root.fingerprint())) {
      throw trusted.unusable("is not the archive's root in " + folder, whatToDo, null);
    }
  }

  /** The root in the folder; a new one if nothing of one is there. */
  private static SigningAuthority authority(Path folder, String cluster, InstantSource clock)
      throws IOException {
    PemFile keyFile = new PemFile(folder.resolve(ROOT + ".key.pem"));
    PemFile rootFile = new PemFile(folder.resolve(ROOT + ".pem"));
    SecureRandom random = new SecureRandom();
    String whatToDo =
        "Bring the file from where the root was made; with a new root, no archived manifest could"
            + " be verified";
    if (!keyFile.exists()) {
      if (rootFile.exists()) {
        throw keyFile.unusable("is missing, and a new key has to be certified", whatToDo, null);
      }
      SigningAuthority created = SigningAuthority.create(cluster, random, clock);
      new Pair(created.rootKeyPem(), created.rootPem()).write(keyFile);
      LOG.info(
          "Made the archive's root in {}. Its fingerprint, for verifiers to pin: {}",
          folder,
          created.root().fingerprint());
    }
    Pair pair = Pair.read(keyFile, whatToDo);
    try {
      SigningAuthority authority =
          SigningAuthority.parse(pair.certificate, pair.key, random, clock);
      trust(rootFile, authority.root(), folder);
      return authority;
    } catch (FormatException e) {
      throw keyFile.unusable(String.valueOf(e.getMessage()), whatToDo, e);
    }
  }
}
