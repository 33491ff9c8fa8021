package dev.assay.archiver;

import io.minio.GetObjectArgs;
import io.minio.GetObjectResponse;
import io.minio.HeadObjectArgs;
import io.minio.Http;
import io.minio.ListObjectsV2Args;
import io.minio.MinioAsyncClient;
import io.minio.PutObjectAPIArgs;
import io.minio.Time;
import io.minio.credentials.AwsConfigProvider;
import io.minio.credentials.AwsEnvironmentProvider;
import io.minio.credentials.ChainedProvider;
import io.minio.credentials.IamAwsProvider;
import io.minio.credentials.Provider;
import io.minio.credentials.StaticProvider;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.ServerException;
import io.minio.messages.ListBucketResultV2;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * A bucket through the MinIO client. The archive is read back and verified with it, so that the
 * client that wrote an object does not vouch for itself. It shares nothing with {@link
 * AwsObjectStore} but what answers mean.
 *
 * <p>The client sends a request again, after pauses of random length, when a store answers that it
 * is overloaded or failing; not when there was no answer.
 */
public final class MinioObjectStore implements ObjectStore {
  private static final int CONNECTIONS_MAX = 32;

  private final S3Options options;
  private final StoreAnswer answer;
  private final InstantSource clock;
  private final OkHttpClient http;
  private final MinioAsyncClient client;

  /**
   * @param clock tells when a lock ends
   * @throws IOException if the file of trusted certificates can't be read
   */
  public MinioObjectStore(S3Options options, InstantSource clock) throws IOException {
    this.options = options;
    this.clock = clock;
    answer = new StoreAnswer(options);
    http = http(options);
    client =
        MinioAsyncClient.builder()
            .endpoint(options.endpoint().toString())
            .region(options.region())
            .credentialsProvider(credentials(options.credentials(), http))
            .httpClient(http, true)
            .build();
    if (options.pathStyle()) {
      client.disableVirtualStyleEndpoint();
    } else {
      client.enableVirtualStyleEndpoint();
    }
  }

  private static OkHttpClient http(S3Options options) throws IOException {
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(CONNECTIONS_MAX);
    dispatcher.setMaxRequestsPerHost(CONNECTIONS_MAX);
    OkHttpClient.Builder http =
        new OkHttpClient.Builder()
            .dispatcher(dispatcher)
            .addInterceptor(new Http.StatusRetryInterceptor())
            .connectTimeout(options.attemptTimeout())
            // Another for each piece of 8 KiB takes a tenth of the processor time of reading.
            .readTimeout(Duration.ZERO)
            .writeTimeout(options.attemptTimeout())
            .callTimeout(options.deadline());
    if (options.trustedCertificates() != null) {
      X509TrustManager trust = TrustedAuthorities.read(options.trustedCertificates());
      try {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {trust}, null);
        http.sslSocketFactory(context.getSocketFactory(), trust);
      } catch (GeneralSecurityException e) {
        throw new IOException("this Java runtime has no TLS: " + e.getMessage(), e);
      }
    }
    return http.build();
  }

  private static Provider credentials(@Nullable S3Credentials given, OkHttpClient http) {
    return given == null
        ? new ChainedProvider(
            new AwsEnvironmentProvider(),
            new AwsConfigProvider(null, null),
            new IamAwsProvider(null, http))
        : new StaticProvider(given.accessKey(), given.secret(), null);
  }

  @Override
  public Created create(String key, ByteBuffer object) throws StoreFailed {
    Http.Headers headers =
        new Http.Headers("If-None-Match", "*", "Content-Md5", ContentMd5.of(object));
    S3Options.Lock lock = options.lock();
    if (lock != null) {
      headers.put("X-Amz-Object-Lock-Mode", lock.mode().name());
      headers.put(
          "X-Amz-Object-Lock-Retain-Until-Date",
          clock
              .instant()
              .plus(lock.days(), ChronoUnit.DAYS)
              .atZone(ZoneOffset.UTC)
              .format(Time.ISO8601UTC_FORMAT));
    }
    String action = "creating " + key;
    try {
      await(
          action,
          () ->
              client.putObject(
                  PutObjectAPIArgs.builder()
                      .bucket(options.bucket())
                      .object(key)
                      .data(bytes(object), object.remaining())
                      .headers(headers)
                      .build()));
      return Created.CREATED;
    } catch (ErrorResponseException e) {
      int status = e.response().code();
      if (status == 412 || (status == 409 && isThere(key))) {
        return Created.EXISTS;
      }
      throw failed(action, e);
    }
  }

  /** After a conflict with another write, which may have failed too. */
  private boolean isThere(String key) throws StoreFailed {
    String action = "looking for " + key;
    try {
      await(
          action,
          () ->
              client.headObject(
                  HeadObjectArgs.builder().bucket(options.bucket()).object(key).build()));
      return true;
    } catch (ErrorResponseException e) {
      if (e.response().code() == 404) {
        return false;
      }
      throw failed(action, e);
    }
  }

  /** Without a copy where the buffer is a whole array, as they mostly are from their begin. */
  private static byte[] bytes(ByteBuffer object) {
    if (object.hasArray() && object.arrayOffset() == 0 && object.position() == 0) {
      return object.array();
    }
    byte[] bytes = new byte[object.remaining()];
    object.duplicate().get(bytes);
    return bytes;
  }

  @Override
  public byte @Nullable [] get(String key, long bytesMax) throws StoreFailed {
    try (StoredBody body = open(key, bytesMax)) {
      return body == null ? null : body.readAllBytes();
    }
  }

  @Override
  public @Nullable StoredBody open(String key, long bytesMax) throws StoreFailed {
    String action = "reading " + key;
    try {
      GetObjectArgs request = GetObjectArgs.builder().bucket(options.bucket()).object(key).build();
      GetObjectResponse response = await(action, () -> client.getObject(request));
      return StoredBody.of(response, announced(response), bytesMax, action, answer);
    } catch (ErrorResponseException e) {
      if (e.response().code() == 404 && "NoSuchKey".equals(e.errorResponse().code())) {
        return null;
      }
      throw failed(action, e);
    }
  }

  /** The body's length; -1 when the store does not say it, or says what is no length. */
  private static long announced(GetObjectResponse response) {
    String length = response.headers().get("Content-Length");
    return length != null && length.matches("\\d{1,18}") ? Long.parseLong(length) : -1;
  }

  @Override
  public Listing list(String prefix, String after, int max) throws StoreFailed {
    String action = "listing " + prefix;
    List<Entry> entries = new ArrayList<>();
    String token = null;
    try {
      do {
        ListObjectsV2Args.Builder request =
            ListObjectsV2Args.builder()
                .bucket(options.bucket())
                .prefix(prefix)
                .maxKeys(max - entries.size());
        if (token != null) {
          request.continuationToken(token);
        } else if (!after.isEmpty()) {
          request.startAfter(after);
        }
        ListObjectsV2Args asked = request.build();
        ListBucketResultV2 page = await(action, () -> client.listObjectsV2(asked)).result();
        page.contents().forEach(item -> entries.add(new Entry(item.objectName(), item.size())));
        token = page.isTruncated() ? page.nextContinuationToken() : null;
      } while (token != null && entries.size() < max);
    } catch (ErrorResponseException e) {
      throw failed(action, e);
    }
    return new Listing(entries, token != null);
  }

  @Override
  public void close() {
    client.close();
  }

  private interface Call<T> {
    CompletableFuture<T> send();
  }

  /**
   * @throws ErrorResponseException if the store answered with an error
   */
  private <T> T await(String action, Call<T> call) throws StoreFailed, ErrorResponseException {
    CompletableFuture<T> future;
    try {
      future = call.send();
    } catch (RuntimeException e) {
      // Credentials are looked for before anything is sent.
      throw answer.noCredentials(action, e);
    }
    try {
      return answer.await(future, action);
    } catch (ExecutionException e) {
      throw unanswered(action, e);
    }
  }

  private StoreFailed unanswered(String action, ExecutionException failure)
      throws ErrorResponseException {
    Throwable outer = failure.getCause() == null ? failure : failure.getCause();
    for (Throwable each = outer; each != null; each = each.getCause()) {
      if (each instanceof ErrorResponseException response) {
        throw response;
      }
      if (each instanceof ServerException server) {
        return answer.error(action, server.statusCode(), null, outer);
      }
    }
    return answer.noAnswer(action, outer);
  }

  private StoreFailed failed(String action, ErrorResponseException e) {
    return answer.error(action, e.response().code(), e.errorResponse().code(), e);
  }
}
