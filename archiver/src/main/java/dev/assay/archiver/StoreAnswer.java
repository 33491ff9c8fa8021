package dev.assay.archiver;

import java.security.GeneralSecurityException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What a store's answer of an error means, alike for every client: whether it may pass by itself,
 * and otherwise what somebody has to do.
 */
final class StoreAnswer {
  /** Answers of 4xx that say that the request was hurt on its way, or came too often. */
  private static final Set<String> PASSING =
      Set.of(
          "BadDigest",
          "IncompleteBody",
          "InvalidDigest",
          "OperationAborted",
          "RequestTimeout",
          "SlowDown",
          "XAmzContentSHA256Mismatch",
          "ConditionalRequestConflict");

  private final S3Options options;

  StoreAnswer(S3Options options) {
    this.options = options;
  }

  /**
   * Waits for an answer. The clients have the same deadline; this one holds even if a client does
   * not keep it.
   *
   * @throws ExecutionException what came in place of an answer, for the client's own to understand
   */
  <T> T await(CompletableFuture<T> future, String action) throws StoreFailed, ExecutionException {
    try {
      return future.get(options.deadline().plusSeconds(2).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      future.cancel(true);
      throw interrupted(action, e);
    } catch (TimeoutException e) {
      future.cancel(true);
      throw late(action, e);
    }
  }

  /** An answer that is an error, with the code in it, if any. */
  StoreFailed error(String action, int status, @Nullable String code, Throwable cause) {
    String what = "%s answered %d %s".formatted(asked(action), status, code == null ? "" : code);
    if (status >= 500
        || status == 429
        || status == 408
        || (code != null && PASSING.contains(code))) {
      return StoreFailed.temporary(what.strip(), cause);
    }
    return StoreFailed.refused(what.strip() + ": " + advice(status, code), cause);
  }

  /** No answer, or none that can be read to its end. */
  StoreFailed noAnswer(String action, Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof GeneralSecurityException) {
        return StoreFailed.refused(
            "%s: the store's certificate is not trusted (%s): name its authorities' PEM file"
                .formatted(asked(action), each.getMessage()),
            cause);
      }
    }
    return StoreFailed.temporary(asked(action) + " got no whole answer: " + reason(cause), cause);
  }

  StoreFailed late(String action, Throwable cause) {
    return StoreFailed.temporary(
        "%s had no answer after %d ms".formatted(asked(action), options.deadline().toMillis()),
        cause);
  }

  StoreFailed tooLong(String action, long bytesMax) {
    return StoreFailed.refused(
        "%s met an object of more than %d bytes, which is the most that it takes"
            .formatted(asked(action), bytesMax),
        null);
  }

  StoreFailed noCredentials(String action, Throwable cause) {
    return StoreFailed.refused(
        asked(action) + " found no credentials: configure an access key and its secret", cause);
  }

  private StoreFailed interrupted(String action, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return StoreFailed.temporary(asked(action) + " was interrupted", cause);
  }

  private String asked(String action) {
    return "%s (bucket %s at %s)".formatted(action, options.bucket(), options.endpoint());
  }

  private String advice(int status, @Nullable String code) {
    if ("NoSuchBucket".equals(code)) {
      return "create the bucket, or configure the name of one that is there";
    }
    if ("RequestTimeTooSkewed".equals(code)) {
      return "set this machine's clock";
    }
    return switch (status) {
      case 301, 307 -> "configure the region and the endpoint that this bucket is in";
      case 401, 403 ->
          "check the access key, the secret, and the key's rights to read, list and write here";
      case 404 -> "check the endpoint and the bucket's name";
      default -> "the store does not accept this request";
    };
  }

  /** The innermost cause that says something. */
  private static String reason(Throwable cause) {
    String said = cause.getClass().getSimpleName();
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each.getMessage() != null) {
        said = each.getMessage();
      }
    }
    return said;
  }
}
