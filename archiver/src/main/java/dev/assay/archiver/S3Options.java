package dev.assay.archiver;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a bucket is, and how it is spoken to.
 *
 * @param endpoint the store's URL, without a path
 * @param pathStyle whether the bucket is the first part of the path, as most stores other than
 *     Amazon's want it, and not of the host
 * @param credentials null: what the client's own chain finds (environment, files, instance)
 * @param trustedCertificates a PEM file of the authorities that certify the store; null: those of
 *     the Java runtime
 * @param lock how long the store must refuse to delete what was created, if at all
 * @param attemptTimeout after which one request is given up and may be sent again
 * @param deadline after which a call has failed, whatever is under way
 */
public record S3Options(
    URI endpoint,
    String region,
    String bucket,
    boolean pathStyle,
    @Nullable S3Credentials credentials,
    @Nullable Path trustedCertificates,
    @Nullable Lock lock,
    Duration attemptTimeout,
    Duration deadline) {

  /** Object lock: the mode, and the days that an object is kept after it was created. */
  public record Lock(Mode mode, int days) {
    /** Who may shorten it: nobody, or who has the right to. */
    public enum Mode {
      COMPLIANCE,
      GOVERNANCE
    }

    public Lock {
      if (days < 1) {
        throw new IllegalArgumentException("a lock lasts at least a day, not " + days);
      }
    }
  }

  public S3Options {
    String scheme = endpoint.getScheme();
    if (endpoint.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
      throw new IllegalArgumentException("the endpoint must be http(s)://HOST[:PORT]: " + endpoint);
    }
    if (endpoint.getRawUserInfo() != null
        || !(endpoint.getRawPath().isEmpty() || endpoint.getRawPath().equals("/"))) {
      throw new IllegalArgumentException(
          "the endpoint must be a scheme, a host and a port, nothing else");
    }
    if (!bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")) {
      throw new IllegalArgumentException("not a name for a bucket: " + bucket);
    }
    if (region.isBlank()) {
      throw new IllegalArgumentException("the region must not be empty");
    }
    if (!attemptTimeout.isPositive() || attemptTimeout.compareTo(deadline) > 0) {
      throw new IllegalArgumentException(
          "an attempt's time-out must be positive and at most the deadline: %s, %s"
              .formatted(attemptTimeout, deadline));
    }
  }

  /** Path style, no lock, 20 seconds for an attempt and 60 for a call. */
  public static S3Options of(
      URI endpoint, String region, String bucket, @Nullable S3Credentials credentials) {
    return new S3Options(
        endpoint,
        region,
        bucket,
        true,
        credentials,
        null,
        null,
        Duration.ofSeconds(20),
        Duration.ofSeconds(60));
  }

  public S3Options withTimes(Duration attempt, Duration call) {
    return new S3Options(
        endpoint, region, bucket, pathStyle, credentials, trustedCertificates, lock, attempt, call);
  }

  public S3Options withLock(@Nullable Lock other) {
    return new S3Options(
        endpoint,
        region,
        bucket,
        pathStyle,
        credentials,
        trustedCertificates,
        other,
        attemptTimeout,
        deadline);
  }

  public S3Options withTrustedCertificates(@Nullable Path file) {
    return new S3Options(
        endpoint, region, bucket, pathStyle, credentials, file, lock, attemptTimeout, deadline);
  }
}
