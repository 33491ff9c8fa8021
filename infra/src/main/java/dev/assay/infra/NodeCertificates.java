package dev.assay.infra;

import dev.assay.infra.PemFile.Identity;
import dev.assay.replicastore.remote.NodeTls;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.util.IPAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key and certificate that a process shows to the others of its cluster, and the authority that
 * it believes, kept in files:
 *
 * <pre>
 *   tls.directory/NAME.pem               this process's key and certificate: secret
 *   tls.directory/authority.pem          whom it believes
 *   tls.authority/authority.key.pem      the cluster authority's key and certificate: secret
 *   tls.authority/authority.pem          to be given to whoever shall believe it
 * </pre>
 *
 * <p>What is missing at the first start is made; later starts use what is there. A file that is
 * there but damaged, expired, or of another process or cluster is an error and stays as it is: only
 * a person can know whether making a new one is right. A process whose own files are there does not
 * need the authority's folder any more, so its key can be kept elsewhere.
 *
 * <p>Processes that start at the same time on one machine may share the authority's folder; a lock
 * file in it lets one of them make the authority. Any thread may call.
 */
final class NodeCertificates {
  static final String AUTHORITY = "authority";

  /** How long before the end of a certificate a start begins to warn. */
  static final Duration WARN_BEFORE = Duration.ofDays(60);

  private static final Logger LOG = LoggerFactory.getLogger(NodeCertificates.class);

  /** A file lock keeps other processes out, but fails when two threads of one want it. */
  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

  private static final String LOCK_FILE = ".lock";

  private final NodeTls tls;
  private final Instant expiresAt;
  private final @Nullable String warning;

  private NodeCertificates(NodeTls tls, Instant expiresAt, @Nullable String warning) {
    this.tls = tls;
    this.expiresAt = expiresAt;
    this.warning = warning;
  }

  /** As {@link #open(Path, Path, String, List, InstantSource)}, for a process on this machine. */
  static NodeCertificates open(Path directory, Path authority, String name)
      throws IOException, GeneralSecurityException {
    return open(directory, authority, name, List.of(), InstantSource.system());
  }

  /**
   * Reads what is there and makes what was never there.
   *
   * @param directory {@code tls.directory}
   * @param authority {@code tls.authority}; not looked at when {@code directory} holds everything
   * @param name the node's name, or the router's
   * @param hosts names and addresses, besides those of the loopback, under which the others'
   *     configurations list this process
   * @throws UnusableCertificates when a file can't be used; the message says what to do
   */
  static NodeCertificates open(
      Path directory, Path authority, String name, List<String> hosts, InstantSource clock)
      throws IOException, GeneralSecurityException {
    if (name.equals(AUTHORITY)) {
      throw new IllegalArgumentException("the name " + AUTHORITY + " is taken by the authority");
    }
    PemFile ownFile = new PemFile(directory.resolve(name + ".pem"));
    PemFile trustedFile = new PemFile(directory.resolve(AUTHORITY + ".pem"));
    if (!ownFile.exists()) {
      PemFile.createFolder(directory);
      PemFile.createFolder(authority);
      make(ownFile, trustedFile, authority, new Request(name, hosts, clock.instant()));
    }
    String lost =
        "Put it back, or move "
            + ownFile.path()
            + " away to have a new certificate made from the authority in "
            + authority;
    X509Certificate trusted = trustedFile.readCertificate(lost);
    try {
      trusted.verify(trusted.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new UnusableCertificates(trustedFile.path(), "is not what it was made as", lost, e);
    }
    String renew =
        "Put the right file back, or move it away to have a new one made from the authority in "
            + authority;
    Identity own = ownFile.readIdentity(renew);
    check(ownFile, own.certificate(), trusted, new Request(name, hosts, clock.instant()), renew);
    return of(own, trusted, clock.instant(), ownFile);
  }

  /** Whom a certificate is for, and when. */
  private record Request(String name, List<String> hosts, Instant now) {}

  private static void make(PemFile ownFile, PemFile trustedFile, Path folder, Request request)
      throws IOException, GeneralSecurityException {
    ONE_AT_A_TIME.lock();
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      LOG.debug("Holding {}", held);
      if (ownFile.exists()) {
        return; // Another thread or process of this name was faster.
      }
      ClusterAuthority authority = authority(folder, request.now());
      trust(trustedFile, authority.identity().certificate(), folder);
      ownFile.write(authority.certify(request.name(), request.hosts(), request.now()));
      LOG.info("Made a key and a certificate for {} in {}", request.name(), ownFile.path());
    } finally {
      ONE_AT_A_TIME.unlock();
    }
  }

  private static void trust(PemFile trustedFile, X509Certificate authority, Path folder)
      throws IOException, GeneralSecurityException {
    String whatToDo = "Let both be of the same cluster: one of the two folders is a wrong one";
    if (!trustedFile.exists()) {
      trustedFile.write(authority);
    } else if (!trustedFile.readCertificate(whatToDo).equals(authority)) {
      throw new UnusableCertificates(
          trustedFile.path(), "is not the authority in " + folder, whatToDo, null);
    }
  }

  /** The authority in the folder; a new one if nothing of one is there. */
  private static ClusterAuthority authority(Path folder, Instant now)
      throws IOException, GeneralSecurityException {
    PemFile keyFile = new PemFile(folder.resolve(AUTHORITY + ".key.pem"));
    PemFile publicFile = new PemFile(folder.resolve(AUTHORITY + ".pem"));
    SecureRandom random = new SecureRandom();
    if (!keyFile.exists()) {
      if (publicFile.exists()) {
        throw new UnusableCertificates(
            keyFile.path(),
            "is missing, although the authority's certificate is there, and a new certificate has"
                + " to be signed",
            "Bring the file from where the authority was made, or make the certificate there and"
                + " bring that",
            null);
      }
      ClusterAuthority created = ClusterAuthority.create(now, random);
      keyFile.write(created.identity());
      LOG.info(
          "Made a new cluster authority in {}. Before a process on another machine starts for the"
              + " first time, copy this folder there",
          folder);
    }
    String whatToDo =
        "Put the right file back; a new authority would mean new certificates for every process of"
            + " the cluster";
    Identity identity = keyFile.readIdentity(whatToDo);
    X509Certificate certificate = identity.certificate();
    if (!publicFile.exists()) {
      publicFile.write(certificate);
    } else if (!publicFile.readCertificate(whatToDo).equals(certificate)) {
      throw new UnusableCertificates(
          publicFile.path(), "is not the certificate in " + keyFile.path(), whatToDo, null);
    }
    checkTime(keyFile, certificate, now, "Make a new authority and new certificates for all");
    return new ClusterAuthority(identity, random);
  }

  private static void check(
      PemFile file, X509Certificate own, X509Certificate trusted, Request request, String renew)
      throws IOException {
    Set<String> names = names(own, file, renew);
    if (!names.contains(request.name().toLowerCase(Locale.ROOT))) {
      throw new UnusableCertificates(
          file.path(), "is not for " + request.name() + " but for " + names, renew, null);
    }
    for (String host : request.hosts()) {
      if (!names.contains(canonical(host))) {
        throw new UnusableCertificates(
            file.path(), "is for the hosts " + names + ", not for " + host, renew, null);
      }
    }
    try {
      own.verify(trusted.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new UnusableCertificates(
          file.path(),
          "is not signed by the authority in " + file.path().resolveSibling(AUTHORITY + ".pem"),
          renew,
          e);
    }
    checkTime(file, own, request.now(), renew);
    checkTime(file, trusted, request.now(), "Make a new authority and new certificates for all");
  }

  private static void checkTime(
      PemFile file, X509Certificate certificate, Instant now, String whatToDo)
      throws UnusableCertificates {
    Instant from = certificate.getNotBefore().toInstant();
    Instant to = certificate.getNotAfter().toInstant();
    if (now.isBefore(from) || now.isAfter(to)) {
      throw new UnusableCertificates(
          file.path(),
          "the certificate of %s holds from %s to %s, and this machine's clock says %s"
              .formatted(certificate.getSubjectX500Principal(), from, to, now),
          "If the clock is wrong, set it. If not: " + whatToDo,
          null);
    }
  }

  private static Set<String> names(X509Certificate certificate, PemFile file, String renew)
      throws IOException {
    try {
      var names = certificate.getSubjectAlternativeNames();
      if (names == null) {
        return Set.of();
      }
      return names.stream()
          .map(name -> canonical(String.valueOf(name.get(1))))
          .collect(Collectors.toUnmodifiableSet());
    } catch (GeneralSecurityException e) {
      throw new UnusableCertificates(file.path(), "has names that can't be read", renew, e);
    }
  }

  /** One form for each name and address: ::1 and 0:0:0:0:0:0:0:1 are the same. */
  private static String canonical(String host) throws IllegalArgumentException {
    return IPAddress.isValid(host)
        ? InetAddress.ofLiteral(host).getHostAddress()
        : host.toLowerCase(Locale.ROOT);
  }

  private static NodeCertificates of(
      Identity own, X509Certificate trusted, Instant now, PemFile file)
      throws GeneralSecurityException, IOException {
    Instant ownEnd = own.certificate().getNotAfter().toInstant();
    Instant trustedEnd = trusted.getNotAfter().toInstant();
    Instant end = ownEnd.isBefore(trustedEnd) ? ownEnd : trustedEnd;
    String warning = null;
    if (now.plus(WARN_BEFORE).isAfter(end)) {
      warning =
          "%s ends at %s, in %d days: move it away and start again to have a new one made"
              .formatted(file.path(), end, Duration.between(now, end).toDays());
      LOG.warn("{}", warning);
    }
    return new NodeCertificates(
        new NodeTls(keyManager(own, trusted), trustManager(trusted)), end, warning);
  }

  private static X509ExtendedKeyManager keyManager(Identity own, X509Certificate trusted)
      throws GeneralSecurityException, IOException {
    KeyStore store = inMemory();
    X509Certificate[] chain = {own.certificate(), trusted};
    store.setKeyEntry("own", own.key(), new char[0], chain);
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, new char[0]);
    return (X509ExtendedKeyManager) factory.getKeyManagers()[0];
  }

  private static X509TrustManager trustManager(X509Certificate trusted)
      throws GeneralSecurityException, IOException {
    KeyStore store = inMemory();
    store.setCertificateEntry(AUTHORITY, trusted);
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return (X509TrustManager) factory.getTrustManagers()[0];
  }

  private static KeyStore inMemory() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /** For node calls; its two parts are what consensus's {@code Transport.Tls} takes as well. */
  NodeTls tls() {
    return tls;
  }

  /** When the certificate or the authority ends, whichever is first. */
  Instant expiresAt() {
    return expiresAt;
  }

  /** What to tell operators because the end is near; null while it is far. */
  @Nullable String warning() {
    return warning;
  }
}
