package dev.assay.infra;

import dev.assay.requestrouter.Credentials;
import java.util.Map;

/** The one pair of keys of an embedded cluster; the secret is in no text of it. */
record DefaultCredentials(String accessKey, String secretKey) {
  private static final String DEFAULT = "assay";

  static DefaultCredentials fromEnvironment() {
    return new DefaultCredentials(
        System.getenv().getOrDefault("ASSAY_ACCESS_KEY", DEFAULT),
        System.getenv().getOrDefault("ASSAY_SECRET_KEY", DEFAULT));
  }

  Credentials lookup() {
    return Credentials.of(Map.of(accessKey, secretKey));
  }

  @Override
  public String toString() {
    return "DefaultCredentials[" + accessKey + "]";
  }
}
