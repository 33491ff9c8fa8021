package dev.assay.requestrouter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Signatures of the SDK's signer, and what is wrong with them when a test has changed something.
 */
class SignatureCheckTest {
  private static final Instant NOW = Instant.parse("2026-05-04T10:20:30Z");
  private static final URI ENDPOINT = URI.create("http://localhost:8000");
  private static final byte[] BODY = "{\"TableName\":\"x\"}".getBytes(StandardCharsets.UTF_8);

  private Instant now = NOW;
  private @Nullable String secret = "secret";
  private final SignatureCheck check = new SignatureCheck(_ -> secret, () -> now);
  private final Map<String, String> headers = new HashMap<>();

  SignatureCheckTest() {
    SdkSigner.sign(ENDPOINT, "GetItem", BODY, NOW, "key", "secret")
        .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
  }

  private record Signed(Map<String, String> headers, byte[] body)
      implements SignatureCheck.SignedRequest {
    @Override
    public String method() {
      return "POST";
    }

    @Override
    public String rawPath() {
      return "/";
    }

    @Override
    public String rawQuery() {
      return "";
    }

    @Override
    public List<String> header(String lowerCaseName) {
      String value = headers.get(lowerCaseName);
      return value == null ? List.of() : List.of(value);
    }

    @Override
    public int bodyLength() {
      return body.length;
    }
  }

  private String check() {
    return check.check(new Signed(headers, BODY));
  }

  private ApiException refusal() {
    return assertThrows(ApiException.class, this::check);
  }

  private String message() {
    return String.valueOf(refusal().getMessage());
  }

  private void replaceInAuthorization(String part, String replacement) {
    String header = headers.getOrDefault("authorization", "");
    assertTrue(header.contains(part), header);
    headers.put("authorization", header.replace(part, replacement));
  }

  @Test
  void rightSignatureNamesItsAccessKey() {
    assertEquals("key", check());
    assertEquals("key", check());
  }

  @Test
  void signatureHoldsForFifteenMinutesEitherWay() {
    now = NOW.plus(Duration.ofMinutes(15));
    assertEquals("key", check());
    now = NOW.minus(Duration.ofMinutes(15));
    assertEquals("key", check());
    now = NOW.plus(Duration.ofMinutes(15)).plusSeconds(1);
    assertTrue(message().startsWith("Signature expired"));
    now = NOW.minus(Duration.ofMinutes(15)).minusSeconds(1);
    assertTrue(message().startsWith("Signature not yet current"));
  }

  @Test
  void everySignedPartCounts() {
    Map<String, String> original = Map.copyOf(headers);
    for (String name : List.of("host", "x-amz-target", "x-amz-date")) {
      headers.putAll(original);
      headers.merge(
          name,
          "0",
          (value, _) ->
              name.equals("x-amz-date")
                  ? value.replace("20260504T1020", "20260504T1021")
                  : value + "0");
      assertEquals(ErrorType.INVALID_SIGNATURE, refusal().type(), name);
    }
    headers.putAll(original);
    byte[] changed = BODY.clone();
    changed[3] ^= 1;
    assertEquals(
        ErrorType.INVALID_SIGNATURE,
        assertThrows(ApiException.class, () -> check.check(new Signed(headers, changed))).type());
    headers.putAll(original);
    assertEquals("key", check());
  }

  @Test
  void signatureThatIsNoHexIsRefused() {
    String header = headers.getOrDefault("authorization", "");
    int at = header.indexOf("Signature=") + "Signature=".length();
    for (String signature : List.of("zz", "0", "00", header.substring(at) + "00")) {
      headers.put("authorization", header.substring(0, at) + signature);
      assertEquals(ErrorType.INVALID_SIGNATURE, refusal().type());
    }
  }

  @Test
  void changedSecretIsSeenAtOnce() {
    assertEquals("key", check());
    secret = "another";
    assertEquals(ErrorType.INVALID_SIGNATURE, refusal().type());
    secret = null;
    assertEquals(ErrorType.UNRECOGNIZED_CLIENT, refusal().type());
    secret = "secret";
    assertEquals("key", check());
  }

  @Test
  void otherServiceIsRefused() {
    replaceInAuthorization("/dynamodb/", "/s3/");
    assertEquals(
        "Credential should be scoped to correct service: 'dynamodb'.", refusal().getMessage());
  }

  @Test
  void otherTerminatorIsRefused() {
    replaceInAuthorization("/aws4_request", "/aws5_request");
    assertEquals(
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'.",
        refusal().getMessage());
  }

  @Test
  void otherDateInTheScopeIsRefused() {
    replaceInAuthorization("/20260504/", "/20260503/");
    assertEquals(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP:"
            + " '20260503' != '20260504', from '20260504T102030Z'.",
        refusal().getMessage());
  }

  @Test
  void shortCredentialIsRefused() {
    replaceInAuthorization("key/20260504/eu-central-1/", "key/");
    assertEquals(ErrorType.INCOMPLETE_SIGNATURE, refusal().type());
    assertEquals(
        "Credential must have exactly 5 slash-delimited elements, e.g."
            + " keyid/date/region/service/term, got 'key/dynamodb/aws4_request'",
        refusal().getMessage());
  }

  @Test
  void otherAlgorithmIsRefused() {
    replaceInAuthorization("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256");
    assertEquals(
        "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' (only AWS4-HMAC-SHA256 for now). ",
        refusal().getMessage());
  }

  @Test
  void hostMustBeSigned() {
    replaceInAuthorization("host;", "");
    assertEquals(
        "'Host' must be a 'SignedHeader' in the AWS Authorization.", refusal().getMessage());
  }

  @Test
  void dateThatIsNoneIsRefused() {
    for (String date : List.of("", "2026", "20261304T102030Z", "20260504T102030", "yesterday")) {
      headers.put("x-amz-date", date);
      assertEquals(ErrorType.INCOMPLETE_SIGNATURE, refusal().type(), date);
    }
  }

  @Test
  void dateHeaderStandsInForTheOther() {
    headers.remove("x-amz-date");
    headers.put("date", "Mon, 4 May 2026 10:20:30 GMT");
    // The date is understood; the signature covers the header that is gone.
    assertEquals(ErrorType.INVALID_SIGNATURE, refusal().type());
    assertFalse(message().contains("Date must be"));
  }

  @Test
  void noMessageHoldsTheSecret() {
    replaceInAuthorization("Signature=", "Signature=00");
    assertFalse(message().contains("secret"));
  }
}
