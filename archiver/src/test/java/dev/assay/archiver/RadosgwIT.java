package dev.assay.archiver;

import static dev.assay.archiver.ObjectStore.Created.CREATED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.BytesWrapper;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The clients over a real store: the whole contract, versions, and object lock. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class RadosgwIT {
  private static final String PLAIN = "plain";
  private static final String LOCKED = "locked";

  @TempDir static Path folder;

  private static Radosgw radosgw;

  /** The store as its owner sees it, who can do more than an archive does. */
  private static S3AsyncClient owner;

  @BeforeAll
  static void startServer() throws Exception {
    radosgw = Radosgw.start(folder);
    S3Options options = radosgw.options(PLAIN);
    S3Credentials credentials = Objects.requireNonNull(options.credentials());
    owner =
        S3AsyncClient.builder()
            .endpointOverride(options.endpoint())
            .region(Region.of(options.region()))
            .forcePathStyle(true)
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(credentials.accessKey(), credentials.secret())))
            .build();
    await(owner.createBucket(bucket -> bucket.bucket(PLAIN)));
    await(owner.createBucket(bucket -> bucket.bucket(LOCKED).objectLockEnabledForBucket(true)));
  }

  @AfterAll
  static void stopServer() throws IOException {
    if (owner != null) {
      owner.close();
    }
    if (radosgw != null) {
      radosgw.close();
    }
  }

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  @Nested
  class Aws extends S3StoreContract {
    @Override
    Client client() {
      return Client.AWS;
    }

    @Override
    S3Options options() throws IOException {
      return radosgw.options(PLAIN);
    }
  }

  @Nested
  class Minio extends S3StoreContract {
    @Override
    Client client() {
      return Client.MINIO;
    }

    @Override
    S3Options options() throws IOException {
      return radosgw.options(PLAIN);
    }
  }

  @ParameterizedTest
  @EnumSource
  void lockedObjectCantBeDeleted(Client client) throws Exception {
    String key = "lock/" + client;
    S3Options options =
        radosgw.options(LOCKED).withLock(new S3Options.Lock(S3Options.Lock.Mode.COMPLIANCE, 2));
    Instant before = Instant.now();
    try (ObjectStore store = client.open(options)) {
      assertEquals(CREATED, store.create(key, new byte[] {1}));
      HeadObjectResponse head = await(owner.headObject(get -> get.bucket(LOCKED).key(key)));
      assertEquals(ObjectLockMode.COMPLIANCE, head.objectLockMode());
      assertTrue(head.objectLockRetainUntilDate().isAfter(before.plus(Duration.ofHours(47))));
      ExecutionException refused =
          assertThrows(
              ExecutionException.class,
              () ->
                  await(
                      owner.deleteObject(
                          delete -> delete.bucket(LOCKED).key(key).versionId(head.versionId()))));
      assertEquals(403, assertInstanceOf(S3Exception.class, refused.getCause()).statusCode());
      assertArrayEquals(new byte[] {1}, store.get(key, 1));
    }
  }

  @Test
  void replacedObjectLeavesItsOlderVersion() throws Exception {
    String key = "versions/a";
    try (ObjectStore store = Client.AWS.open(radosgw.options(LOCKED))) {
      store.create(key, new byte[] {1});
      await(
          owner.putObject(
              put -> put.bucket(LOCKED).key(key), AsyncRequestBody.fromBytes(new byte[] {2})));
      assertArrayEquals(new byte[] {2}, store.get(key, 1));
    }
    List<ObjectVersion> versions =
        await(owner.listObjectVersions(list -> list.bucket(LOCKED).prefix(key))).versions();
    assertEquals(2, versions.size());
    assertTrue(versions.get(0).isLatest());
    BytesWrapper older =
        await(
            owner.getObject(
                get -> get.bucket(LOCKED).key(key).versionId(versions.get(1).versionId()),
                AsyncResponseTransformer.toBytes()));
    assertArrayEquals(new byte[] {1}, older.asByteArray());
  }

  /**
   * As {@link ArchiveSimulationTest}: kills and failures on this side, a real store on the other.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void archiveEndsCompleteInARealStore(long seed) throws Exception {
    String bucket = "simulation-" + seed;
    await(owner.createBucket(create -> create.bucket(bucket)));
    S3Options options = radosgw.options(bucket);
    try (ObjectStore store = new TwoClients(Client.AWS.open(options), Client.MINIO.open(options))) {
      ArchiveSimulationTest.ArchiveSimulation run =
          new ArchiveSimulationTest.ArchiveSimulation(seed, store);
      run.play(25);
      run.settle();
      run.assertComplete();
    }
  }

  /** Debian's radosgw ignores If-None-Match in a bucket with versions, so agents refuse it. */
  @Test
  void bucketWhoseObjectsCanBeReplacedIsRefused() throws Exception {
    try (ObjectStore store = Client.AWS.open(radosgw.options(LOCKED))) {
      CertifiedSigners signers = new CertifiedSigners(store, TestAgents.root());
      StoreFailed refused =
          assertThrows(
              StoreFailed.class,
              () -> signers.publish(store, TestAgents.KEYS.getFirst().certificate()));
      assertTrue(!refused.temporary(), refused.getMessage());
    }
  }

  @Test
  void lockInABucketWithoutLocksIsRefusedForGood() throws Exception {
    S3Options options =
        radosgw.options(PLAIN).withLock(new S3Options.Lock(S3Options.Lock.Mode.GOVERNANCE, 1));
    try (ObjectStore store = Client.AWS.open(options)) {
      StoreFailed failed =
          assertThrows(StoreFailed.class, () -> store.create("lock/none", new byte[1]));
      assertTrue(!failed.temporary(), failed.getMessage());
    }
  }
}
