package dev.assay.requestrouter;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Signs requests with the SDK's own signer, so that ours is not judged by itself. */
final class SdkSigner {
  private SdkSigner() {}

  /** The headers of a signed request for an operation, the given ones among them. */
  static Map<String, String> sign(
      URI endpoint, String operation, String body, Instant when, String accessKey, String secret) {
    return sign(
        endpoint, operation, body.getBytes(StandardCharsets.UTF_8), when, accessKey, secret);
  }

  static Map<String, String> sign(
      URI endpoint, String operation, byte[] body, Instant when, String accessKey, String secret) {
    return sign(
        endpoint,
        Map.of(
            "X-Amz-Target",
            "DynamoDB_20120810." + operation,
            "Content-Type",
            "application/x-amz-json-1.0"),
        body,
        when,
        accessKey,
        secret);
  }

  static Map<String, String> sign(
      URI uri,
      Map<String, String> headers,
      byte[] body,
      Instant when,
      String accessKey,
      String secret) {
    SdkHttpRequest.Builder request = SdkHttpRequest.builder().method(SdkHttpMethod.POST).uri(uri);
    headers.forEach(request::putHeader);
    SdkHttpRequest signed =
        AwsV4HttpSigner.create()
            .sign(
                sign ->
                    sign.identity(AwsCredentialsIdentity.create(accessKey, secret))
                        .request(request.build())
                        .payload(ContentStreamProvider.fromByteArray(body))
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "dynamodb")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "eu-central-1")
                        .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(when, ZoneOffset.UTC)))
            .request();
    Map<String, String> all = new LinkedHashMap<>();
    signed
        .headers()
        .forEach((String name, List<String> values) -> all.put(name, values.getFirst()));
    return all;
  }
}
