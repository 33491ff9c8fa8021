package dev.assay.requestrouter;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request was signed by somebody who knows the secret of its access key: AWS
 * Signature Version 4, in the Authorization header.
 *
 * <p>Checks: the signature over method, path, query, signed headers and body; the time, to 15
 * minutes; that host and x-amz-target are among what is signed. Does not check: that a request is
 * not sent twice within those minutes (the protocol has nothing against that), the region (any will
 * do), session tokens (there are none to know).
 *
 * <p>Secrets and keys made of them appear in no message. Any thread may call.
 */
final class SignatureCheck {
  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final String SERVICE = "dynamodb";
  private static final String TERMINATOR = "aws4_request";
  private static final Duration SKEW_MAX = Duration.ofMinutes(15);

  /** A key is for one day and region; clients choose both, so there must be an end. */
  private static final int KEYS_CACHED_MAX = 256;

  private final Credentials credentials;
  private final InstantSource clock;
  private final MessageDigest sha256;
  private final Mac hmac;
  private final Map<KeyScope, SigningKey> keys = new ConcurrentHashMap<>();

  private record KeyScope(String accessKey, String date, String region) {}

  /**
   * @param secret that the key was made of: a changed secret makes a new key
   */
  private record SigningKey(String secret, SecretKeySpec key) {
    @Override
    public String toString() {
      return "SigningKey[hidden]";
    }
  }

  /** What is signed of a request, wherever it comes from. */
  interface SignedRequest {
    String method();

    /** As it was sent, not decoded. */
    String rawPath();

    /** As it was sent, without the question mark; empty when there is none. */
    String rawQuery();

    /** The values of a header in their order; empty when it is absent. */
    List<String> header(String lowerCaseName);

    byte[] body();

    int bodyLength();
  }

  SignatureCheck(Credentials credentials, InstantSource clock) {
    this.credentials = credentials;
    this.clock = clock;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
      hmac = Mac.getInstance("HmacSHA256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  /** Returns the access key of the caller, or throws the error that DynamoDB would give. */
  String check(SignedRequest request) {
    String header = first(request, "authorization");
    if (header == null || !header.startsWith("AWS4-")) {
      throw new ApiException(
          ErrorType.MISSING_AUTHENTICATION_TOKEN, "Request is missing Authentication Token");
    }
    String dateHeader = first(request, "x-amz-date");
    if (dateHeader == null) {
      dateHeader = first(request, "date");
    }
    Authorization authorization = Authorization.parse(header, dateHeader);
    String timestamp = timestamp(authorization.date());
    checkSkew(timestamp);
    checkSigned(authorization, "host", "Host");
    checkSigned(authorization, "x-amz-target", "X-Amz-Target");
    if (!authorization.algorithm().equals(ALGORITHM)) {
      throw new ApiException(
          ErrorType.INCOMPLETE_SIGNATURE,
          "Unsupported AWS 'algorithm': '%s' (only %s for now). "
              .formatted(Excerpt.of(authorization.algorithm()), ALGORITHM));
    }
    Scope scope = Scope.parse(authorization.credential());
    scope.check(timestamp);
    String secret = credentials.secretOf(scope.accessKey());
    if (secret == null) {
      throw new ApiException(
          ErrorType.UNRECOGNIZED_CLIENT, "The security token included in the request is invalid.");
    }
    byte[] given = hex(authorization.signature());
    String canonical = canonicalRequest(request, authorization.signedHeaders());
    String toSign =
        ALGORITHM
            + '\n'
            + timestamp
            + '\n'
            + scope.text()
            + '\n'
            + HexFormat.of().formatHex(sha256(canonical.getBytes(StandardCharsets.UTF_8)));
    KeyScope keyScope = new KeyScope(scope.accessKey(), scope.date(), scope.region());
    SigningKey known = keys.get(keyScope);
    boolean cached = known != null && known.secret().equals(secret);
    SigningKey key = known != null && cached ? known : signingKey(secret, keyScope);
    byte[] expected = mac(key.key(), toSign.getBytes(StandardCharsets.UTF_8));
    if (!MessageDigest.isEqual(expected, given)) {
      throw invalid(
          "The request signature we calculated does not match the signature you provided. Check"
              + " your AWS Secret Access Key and signing method. Consult the service documentation"
              + " for details.");
    }
    if (!cached) {
      // Only after success: who has no secret can't fill the cache.
      remember(keyScope, key);
    }
    return scope.accessKey();
  }

  private void remember(KeyScope scope, SigningKey key) {
    if (keys.size() >= KEYS_CACHED_MAX) {
      keys.clear();
    }
    keys.put(scope, key);
  }

  private static @Nullable String first(SignedRequest request, String name) {
    List<String> values = request.header(name);
    return values.isEmpty() ? null : values.getFirst();
  }

  private static void checkSigned(Authorization authorization, String name, String shown) {
    if (!authorization.signedHeaders().contains(name)) {
      throw invalid("'%s' must be a 'SignedHeader' in the AWS Authorization.".formatted(shown));
    }
  }

  private static String timestamp(String date) {
    if (Timestamps.isBasic(date)) {
      return date;
    }
    String fromHttpDate = Timestamps.fromHttpDate(date);
    if (fromHttpDate == null) {
      throw new ApiException(
          ErrorType.INCOMPLETE_SIGNATURE,
          "Date must be in ISO-8601 'basic format'. Got '%s'. See".formatted(Excerpt.of(date))
              + " http://en.wikipedia.org/wiki/ISO_8601");
    }
    return fromHttpDate;
  }

  private void checkSkew(String timestamp) {
    Instant signed = Timestamps.parse(timestamp);
    Instant now = clock.instant();
    Instant earliest = now.minus(SKEW_MAX);
    Instant latest = now.plus(SKEW_MAX);
    if (signed.isBefore(earliest)) {
      throw invalid(
          "Signature expired: %s is now earlier than %s (%s - 15 min.)"
              .formatted(timestamp, Timestamps.format(earliest), Timestamps.format(now)));
    }
    if (signed.isAfter(latest)) {
      throw invalid(
          "Signature not yet current: %s is still later than %s (%s + 15 min.)"
              .formatted(timestamp, Timestamps.format(latest), Timestamps.format(now)));
    }
  }

  private static ApiException invalid(String message) {
    return new ApiException(ErrorType.INVALID_SIGNATURE, message);
  }

  private static byte[] hex(String signature) {
    try {
      return HexFormat.of().parseHex(signature);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private String canonicalRequest(SignedRequest request, List<String> signedHeaders) {
    StringBuilder canonical = new StringBuilder(512);
    canonical.append(request.method()).append('\n');
    canonical.append(request.rawPath().isEmpty() ? "/" : request.rawPath()).append('\n');
    appendQuery(canonical, request.rawQuery());
    canonical.append('\n');
    for (String name : signedHeaders) {
      canonical.append(name).append(':');
      appendValues(canonical, request.header(name));
      canonical.append('\n');
    }
    canonical.append('\n').append(String.join(";", signedHeaders)).append('\n');
    MessageDigest digest = digest();
    digest.update(request.body(), 0, request.bodyLength());
    return canonical.append(HexFormat.of().formatHex(digest.digest())).toString();
  }

  /** In the order of names and then of values, each with its equals sign. */
  private static void appendQuery(StringBuilder canonical, String rawQuery) {
    if (rawQuery.isEmpty()) {
      return;
    }
    String[] pairs = rawQuery.split("&", -1);
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = pairs[i].indexOf('=') < 0 ? pairs[i] + '=' : pairs[i];
    }
    Arrays.sort(pairs);
    canonical.append(String.join("&", pairs));
  }

  /** Trimmed, runs of spaces as one, several values with commas between. */
  private static void appendValues(StringBuilder canonical, List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        canonical.append(',');
      }
      String value = values.get(i).strip();
      boolean space = false;
      for (int at = 0; at < value.length(); at++) {
        char c = value.charAt(at);
        if (c != ' ' || !space) {
          canonical.append(c);
        }
        space = c == ' ';
      }
    }
  }

  private SigningKey signingKey(String secret, KeyScope scope) {
    byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
    for (String part : List.of(scope.date(), scope.region(), SERVICE, TERMINATOR)) {
      key = mac(secretKey(key), part.getBytes(StandardCharsets.UTF_8));
    }
    return new SigningKey(secret, secretKey(key));
  }

  private static SecretKeySpec secretKey(byte[] key) {
    return new SecretKeySpec(key, "HmacSHA256");
  }

  private byte[] sha256(byte[] bytes) {
    return digest().digest(bytes);
  }

  /** A clone costs less than a look-up by name. */
  private MessageDigest digest() {
    try {
      return (MessageDigest) sha256.clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError("Java's own SHA-256 can be cloned", e);
    }
  }

  private byte[] mac(SecretKeySpec key, byte[] data) {
    try {
      Mac mac = (Mac) hmac.clone();
      mac.init(key);
      return mac.doFinal(data);
    } catch (CloneNotSupportedException | InvalidKeyException e) {
      throw new AssertionError("Java's own HMAC takes any key", e);
    }
  }
}
