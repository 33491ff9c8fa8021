package dev.assay.benchmarks;

import dev.assay.archiver.AgentStatus;
import dev.assay.archiver.ArchiveOptions;
import dev.assay.archiver.ArchiveSetup;
import dev.assay.archiver.Archiver;
import dev.assay.archiver.AwsObjectStore;
import dev.assay.archiver.EmbeddedStore;
import dev.assay.archiver.MinioObjectStore;
import dev.assay.archiver.ObjectStore;
import dev.assay.archiver.S3Credentials;
import dev.assay.archiver.S3Options;
import dev.assay.archiver.SegmentBudget;
import dev.assay.logformat.ClusterRoot;
import dev.assay.logformat.SignerCertificate;
import dev.assay.logformat.SigningAuthority;
import dev.assay.logformat.SigningKey;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A store with both its clients, and keys to sign with. For one thread. */
final class ArchiveTrial implements AutoCloseable {
  static final String CLUSTER = "benchmark";

  private static final String BUCKET = "benchmark";
  private static final int CALLS_TO_WARM_UP = 5_000;
  private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(5);

  private final Path folder;
  private final @Nullable EmbeddedStore embedded;
  private final ObjectStore writing;
  private final ObjectStore reading;
  private final SigningKey key;
  private final ClusterRoot root;
  private int archives;

  private ArchiveTrial(Path folder, S3Options options, @Nullable EmbeddedStore embedded)
      throws IOException {
    this.folder = folder;
    this.embedded = embedded;
    InstantSource clock = InstantSource.system();
    ObjectStore aws = new AwsObjectStore(options, clock);
    this.writing = aws;
    this.reading = new MinioObjectStore(options, clock);
    SigningAuthority authority = SigningAuthority.create(CLUSTER, new SecureRandom(), clock);
    SigningAuthority.Issued issued = authority.issue("node-1", Duration.ofDays(1));
    this.root = authority.root();
    this.key =
        SigningKey.parse(issued.privateKeyPem(), SignerCertificate.parse(issued.certificatePem()));
  }

  /**
   * Opens the store that {@code --endpoint} and {@code --credentials} name, as a file of an access
   * key and a secret, one a line; or the embedded one for {@code embedded}.
   *
   * @param folder is made, and holds all that the trial writes
   */
  static ArchiveTrial open(Arguments arguments, Path folder) throws Exception {
    String endpoint = arguments.text("endpoint");
    if (endpoint.equals("embedded")) {
      return embedded(folder);
    }
    Files.createDirectories(folder);
    List<String> secret = Files.readAllLines(Path.of(arguments.text("credentials")));
    S3Credentials credentials = new S3Credentials(secret.get(0), secret.get(1));
    try (MinioClient client =
        MinioClient.builder()
            .endpoint(endpoint)
            .region("us-east-1")
            .credentials(credentials.accessKey(), credentials.secret())
            .build()) {
      client.makeBucket(MakeBucketArgs.builder().bucket(BUCKET).build());
    }
    return new ArchiveTrial(
        folder, S3Options.of(URI.create(endpoint), "us-east-1", BUCKET, credentials), null);
  }

  /** Opens a store of its own in the folder. */
  static ArchiveTrial embedded(Path folder) throws IOException {
    S3Credentials credentials = new S3Credentials("assay", "assay-benchmark");
    EmbeddedStore store = EmbeddedStore.start(folder.resolve("store"), 0, credentials, BUCKET);
    return new ArchiveTrial(folder, store.options(), store);
  }

  ObjectStore writing() {
    return writing;
  }

  ObjectStore reading() {
    return reading;
  }

  SigningKey key() {
    return key;
  }

  ClusterRoot root() {
    return root;
  }

  /**
   * Archives the log to its end.
   *
   * @return from its first reading until all of it is archived and durable
   */
  long archive(RecordedLog log) throws IOException, InterruptedException {
    archives++;
    Archiver archiver =
        Archiver.start(
            new ArchiveSetup(
                writing,
                reading,
                key,
                root,
                folder.resolve("cursors-" + archives),
                () -> List.of(log),
                ArchiveOptions.DEFAULTS,
                new SegmentBudget(3),
                new SimpleMeterRegistry(),
                InstantSource.system(),
                new SecureRandom()));
    try {
      while (lastArchived(archiver) < log.committedLsn()) {
        LockSupport.parkNanos(POLL_NS);
      }
      return System.nanoTime() - log.begunNs();
    } finally {
      archiver.close();
    }
  }

  /** So that the clients' code for a call is not compiled while their throughput is measured. */
  void callOften() throws IOException {
    for (int i = 0; i < CALLS_TO_WARM_UP; i++) {
      String key = "calls/" + i;
      writing.create(key, new byte[1]);
      reading.get(key, 1);
      reading.get(key + "-missing", 1);
    }
  }

  private static long lastArchived(Archiver archiver) {
    for (AgentStatus status : archiver.statuses()) {
      if (status.state() == AgentStatus.State.FINDING) {
        throw new IllegalStateException(status.toString());
      }
      return status.archivedLsn();
    }
    return -1;
  }

  /** Deletes what was written, where that is possible, so that the disk does not fill up. */
  void forgetObjects() throws IOException {
    if (embedded != null) {
      delete(folder.resolve("store").resolve(BUCKET).resolve(CLUSTER));
      delete(folder.resolve("store").resolve(BUCKET).resolve("plain"));
    }
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  @Override
  public void close() throws Exception {
    writing.close();
    reading.close();
    if (embedded != null) {
      embedded.close();
    }
  }
}
