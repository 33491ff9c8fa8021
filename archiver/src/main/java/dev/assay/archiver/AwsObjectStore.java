package dev.assay.archiver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A bucket through the AWS SDK for Java, version 2, its asynchronous client over Netty. The archive
 * is written with it.
 *
 * <p>A request that fails in passing is sent again, with growing pauses of random length, until the
 * deadline. So a create may be sent twice, and then EXISTS may be its own echo.
 *
 * <p>The body's MD5 goes with every create, because not every store knows the newer checksums.
 */
public final class AwsObjectStore implements ObjectStore, ObjectStore.Deleting {
  private static final int ATTEMPTS_MAX = 5;
  private static final int CONNECTIONS_MAX = 32;

  private final S3Options options;
  private final StoreAnswer answer;
  private final InstantSource clock;
  private final SdkEventLoopGroup threads;
  private final S3AsyncClient client;

  /**
   * @param clock tells when a lock ends
   * @throws IOException if the file of trusted certificates can't be read
   */
  public AwsObjectStore(S3Options options, InstantSource clock) throws IOException {
    this.options = options;
    this.clock = clock;
    answer = new StoreAnswer(options);
    threads = SdkEventLoopGroup.builder().numberOfThreads(2).build();
    client = client(options, threads);
  }

  private static S3AsyncClient client(S3Options options, SdkEventLoopGroup threads)
      throws IOException {
    NettyNioAsyncHttpClient.Builder http =
        NettyNioAsyncHttpClient.builder()
            .maxConcurrency(CONNECTIONS_MAX)
            .connectionTimeout(options.attemptTimeout())
            .connectionAcquisitionTimeout(options.deadline())
            .readTimeout(options.attemptTimeout())
            .writeTimeout(options.attemptTimeout())
            .eventLoopGroup(threads);
    if (options.trustedCertificates() != null) {
      TrustManager[] trust = {TrustedAuthorities.read(options.trustedCertificates())};
      http.tlsTrustManagersProvider(() -> trust);
    }
    return S3AsyncClient.builder()
        .endpointOverride(options.endpoint())
        .region(Region.of(options.region()))
        .forcePathStyle(options.pathStyle())
        .credentialsProvider(credentials(options.credentials()))
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .httpClientBuilder(http)
        .asyncConfiguration(
            async ->
                async.advancedOption(
                    SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run))
        .overrideConfiguration(
            override ->
                override
                    .retryStrategy(
                        StandardRetryStrategy.builder()
                            .maxAttempts(ATTEMPTS_MAX)
                            .circuitBreakerEnabled(false)
                            .build())
                    .apiCallAttemptTimeout(options.attemptTimeout())
                    .apiCallTimeout(options.deadline()))
        .build();
  }

  private static AwsCredentialsProvider credentials(@Nullable S3Credentials given) {
    return given == null
        ? DefaultCredentialsProvider.builder().build()
        : StaticCredentialsProvider.create(
            AwsBasicCredentials.create(given.accessKey(), given.secret()));
  }

  @Override
  public Created create(String key, ByteBuffer object) throws StoreFailed {
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(options.bucket())
            .key(key)
            .ifNoneMatch("*")
            .contentLength((long) object.remaining())
            .contentMD5(ContentMd5.of(object));
    S3Options.Lock lock = options.lock();
    if (lock != null) {
      Instant until = clock.instant().plus(lock.days(), ChronoUnit.DAYS);
      request
          .objectLockMode(ObjectLockMode.valueOf(lock.mode().name()))
          .objectLockRetainUntilDate(until);
    }
    String action = "creating " + key;
    try {
      await(
          client.putObject(request.build(), AsyncRequestBody.fromRemainingByteBufferUnsafe(object)),
          action);
      return Created.CREATED;
    } catch (SdkServiceException e) {
      if (e.statusCode() == 412 || (e.statusCode() == 409 && isThere(key))) {
        return Created.EXISTS;
      }
      throw failed(action, e);
    }
  }

  /** After a conflict with another write, which may have failed too. */
  private boolean isThere(String key) throws StoreFailed {
    String action = "looking for " + key;
    try {
      await(client.headObject(head -> head.bucket(options.bucket()).key(key)), action);
      return true;
    } catch (SdkServiceException e) {
      if (e.statusCode() == 404) {
        return false;
      }
      throw failed(action, e);
    }
  }

  @Override
  public byte @Nullable [] get(String key, long bytesMax) throws StoreFailed {
    String action = "reading " + key;
    try {
      return await(
          client.getObject(get -> get.bucket(options.bucket()).key(key), new BoundedBody(bytesMax)),
          action);
    } catch (BoundedBody.TooLong e) {
      throw answer.tooLong(action, bytesMax);
    } catch (SdkServiceException e) {
      if (e.statusCode() == 404 && "NoSuchKey".equals(code(e))) {
        return null;
      }
      throw failed(action, e);
    }
  }

  @Override
  public void delete(String key) throws StoreFailed {
    String action = "deleting " + key;
    try {
      await(client.deleteObject(delete -> delete.bucket(options.bucket()).key(key)), action);
    } catch (SdkServiceException e) {
      throw failed(action, e);
    }
  }

  @Override
  public Listing list(String prefix, String after, int max) throws StoreFailed {
    String action = "listing " + prefix;
    List<Entry> entries = new ArrayList<>();
    String token = null;
    try {
      do {
        ListObjectsV2Request.Builder request =
            ListObjectsV2Request.builder()
                .bucket(options.bucket())
                .prefix(prefix)
                .maxKeys(max - entries.size());
        if (token != null) {
          request.continuationToken(token);
        } else if (!after.isEmpty()) {
          request.startAfter(after);
        }
        ListObjectsV2Response page = await(client.listObjectsV2(request.build()), action);
        page.contents().forEach(found -> entries.add(new Entry(found.key(), found.size())));
        token = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
      } while (token != null && entries.size() < max);
    } catch (SdkServiceException e) {
      throw failed(action, e);
    }
    return new Listing(entries, token != null);
  }

  @Override
  public void close() {
    client.close();
    // If they were the client's, it would wait here for two seconds. They end when they are idle.
    Future<?> unused =
        threads.eventLoopGroup().shutdownGracefully(200, 5_000, TimeUnit.MILLISECONDS);
  }

  /**
   * @throws SdkServiceException if the store answered with an error
   */
  private <T> T await(CompletableFuture<T> future, String action) throws StoreFailed {
    try {
      return answer.await(future, action);
    } catch (ExecutionException e) {
      throw unanswered(action, e);
    }
  }

  private StoreFailed unanswered(String action, ExecutionException failure) {
    Throwable outer = failure.getCause() == null ? failure : failure.getCause();
    for (Throwable each = outer; each != null; each = each.getCause()) {
      if (each instanceof SdkServiceException service) {
        throw service;
      }
      if (each instanceof BoundedBody.TooLong tooLong) {
        throw tooLong;
      }
      if (each instanceof ApiCallTimeoutException) {
        return answer.late(action, outer);
      }
    }
    String said = outer.getMessage();
    if (said != null && said.contains("Unable to load credentials")) {
      return answer.noCredentials(action, outer);
    }
    return answer.noAnswer(action, outer);
  }

  private StoreFailed failed(String action, SdkServiceException e) {
    return answer.error(action, e.statusCode(), code(e), e);
  }

  private static @Nullable String code(SdkServiceException e) {
    return e instanceof S3Exception s3 && s3.awsErrorDetails() != null
        ? s3.awsErrorDetails().errorCode()
        : null;
  }
}
