package dev.assay.infra;

import dev.assay.archiver.ArchiveOptions;
import dev.assay.archiver.S3Credentials;
import dev.assay.archiver.S3Options;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node is told about its archive.
 *
 * @param store the bucket, and how to reach it
 */
record ArchiveConfig(S3Options store, ArchiveOptions options) {
  static final ConfigKey<String> BUCKET =
      ConfigKey.derived(
          "archive.bucket",
          ConfigType.bucket(),
          "no archive: logs are dropped as soon as the replicas do not need them, and nothing can"
              + " be verified",
          "assay-archive",
          "The bucket that the logs are archived in. It has to be there.");
  static final ConfigKey<URI> ENDPOINT =
      ConfigKey.derived(
          "archive.endpoint",
          ConfigType.url(),
          "none; needed with archive.bucket",
          "https://s3.us-east-1.amazonaws.com",
          "The S3-compatible store, as http(s)://HOST[:PORT].");
  static final ConfigKey<String> REGION =
      ConfigKey.optional(
          "archive.region",
          ConfigType.name(),
          "us-east-1",
          "The store's region, which is part of what requests are signed with.");
  static final ConfigKey<Boolean> PATH_STYLE =
      ConfigKey.optional(
          "archive.pathStyle",
          ConfigType.flag(),
          "true",
          "Whether the bucket is the first part of the path, as most stores other than Amazon's"
              + " want it, and not of the host.");
  static final ConfigKey<Path> CREDENTIALS_FILE =
      ConfigKey.derived(
          "archive.credentialsFile",
          ConfigType.path(),
          "what the environment, the AWS files or the instance give",
          "/etc/assay/archive-credentials.yaml",
          "A file with one line, the access key, a colon and its secret, that nobody but its owner"
              + " may use. It needs the rights to list, to read and to create; none to delete or to"
              + " overwrite.");
  static final ConfigKey<Path> TRUSTED_CERTIFICATES =
      ConfigKey.derived(
          "archive.trustedCertificates",
          ConfigType.path(),
          "the authorities that the Java runtime trusts",
          "/etc/assay/store-authorities.pem",
          "A PEM file of the authorities that certify the store.");
  static final ConfigKey<Long> LOCK_DAYS =
      ConfigKey.optional(
          "archive.lockDays",
          ConfigType.integer(0, 36_500),
          "0",
          "For how many days the store has to refuse to delete an object (S3 object lock,"
              + " compliance mode); 0 for no lock. The bucket needs object lock.");
  static final ConfigKey<Duration> AGE_MAX =
      ConfigKey.optional(
          "archive.ageMax",
          ConfigType.duration("1s", "24h"),
          "60s",
          "A leader ends the open segment when something in it is older than this, so that the"
              + " unarchived tail stays small.");
  static final ConfigKey<Long> TAIL_MAX =
      ConfigKey.optional(
          "archive.tailMax",
          ConfigType.size("1MiB", "1024GiB"),
          "4GiB",
          "An unarchived tail of a partition above this is an alarm state. Nothing is dropped or"
              + " refused because of it.");

  static final List<ConfigKey<?>> KEYS =
      List.of(
          BUCKET,
          ENDPOINT,
          REGION,
          PATH_STYLE,
          CREDENTIALS_FILE,
          TRUSTED_CERTIFICATES,
          LOCK_DAYS,
          AGE_MAX,
          TAIL_MAX);

  /** Null for no archive; problems go to the reader. */
  static @Nullable ArchiveConfig read(ConfigReader in) {
    String bucket = in.find(BUCKET);
    URI endpoint = in.find(ENDPOINT);
    if (bucket == null) {
      if (endpoint != null) {
        in.problem(BUCKET, "archive.bucket is missing; archive.endpoint is of no use without it");
      }
      return null;
    }
    if (endpoint == null) {
      in.problem(ENDPOINT, "archive.endpoint is missing; archive.bucket is of no use without it");
      return null;
    }
    S3Credentials credentials = credentials(in);
    Long lockDays = in.find(LOCK_DAYS);
    Duration ageMax = in.find(AGE_MAX);
    Long tailMax = in.find(TAIL_MAX);
    String region = in.find(REGION);
    Boolean pathStyle = in.find(PATH_STYLE);
    if (lockDays == null
        || ageMax == null
        || tailMax == null
        || region == null
        || pathStyle == null) {
      return null; // Each of them has a problem of its own.
    }
    S3Options defaults = S3Options.of(endpoint, region, bucket, credentials);
    S3Options store =
        new S3Options(
            endpoint,
            region,
            bucket,
            pathStyle,
            credentials,
            in.find(TRUSTED_CERTIFICATES),
            lockDays == 0
                ? null
                : new S3Options.Lock(S3Options.Lock.Mode.COMPLIANCE, Math.toIntExact(lockDays)),
            defaults.attemptTimeout(),
            defaults.deadline());
    return new ArchiveConfig(
        store, ArchiveOptions.DEFAULTS.withCutAge(ageMax).withTailBytesMax(tailMax));
  }

  private static @Nullable S3Credentials credentials(ConfigReader in) {
    Path file = in.find(CREDENTIALS_FILE);
    if (file == null) {
      return null;
    }
    ConfigProblems problems = new ConfigProblems(file);
    Map<String, String> secrets = AccessKeys.read(file, problems).secrets();
    problems.throwIfAny();
    if (secrets.size() != 1) {
      in.problem(
          CREDENTIALS_FILE,
          "archive.credentialsFile names a file of %d access keys; it takes one"
              .formatted(secrets.size()));
      return null;
    }
    Map.Entry<String, String> only = secrets.entrySet().iterator().next();
    return new S3Credentials(only.getKey(), only.getValue());
  }
}
