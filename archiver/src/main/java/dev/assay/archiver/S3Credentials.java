package dev.assay.archiver;

/** An access key and its secret. Prints only the access key. */
public record S3Credentials(String accessKey, String secret) {
  public S3Credentials {
    if (accessKey.isBlank() || secret.isBlank()) {
      throw new IllegalArgumentException("the access key and the secret must not be empty");
    }
  }

  @Override
  public String toString() {
    return "S3Credentials[" + accessKey + "]";
  }
}
