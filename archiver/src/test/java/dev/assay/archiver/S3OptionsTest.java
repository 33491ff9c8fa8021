package dev.assay.archiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3OptionsTest {
  private static final URI STORE = URI.create("https://store.example:9000");

  @Test
  void defaultsAreThese() {
    S3Options options = S3Options.of(STORE, "us-east-1", "archive", null);
    assertTrue(options.pathStyle());
    assertNull(options.credentials());
    assertNull(options.trustedCertificates());
    assertNull(options.lock());
    assertEquals(Duration.ofSeconds(20), options.attemptTimeout());
    assertEquals(Duration.ofSeconds(60), options.deadline());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "store:9000",
        "ftp://store",
        "https://key:secret@store",
        "https://store/path",
        "https:///"
      })
  void endpointThatIsMoreOrLessThanAServerIsRefused(String endpoint) {
    assertThrows(
        IllegalArgumentException.class,
        () -> S3Options.of(URI.create(endpoint), "us-east-1", "archive", null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "A-Bucket", "a/b", "-ab", "a_b"})
  void bucketsNameThatNoStoreTakesIsRefused(String bucket) {
    assertThrows(
        IllegalArgumentException.class, () -> S3Options.of(STORE, "us-east-1", bucket, null));
  }

  @Test
  void attemptThatOutlastsTheDeadlineIsRefused() {
    S3Options options = S3Options.of(STORE, "us-east-1", "archive", null);
    assertThrows(
        IllegalArgumentException.class,
        () -> options.withTimes(Duration.ofSeconds(2), Duration.ofSeconds(1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> options.withTimes(Duration.ZERO, Duration.ofSeconds(1)));
  }

  @Test
  void secretIsNotPrinted() {
    S3Options options =
        S3Options.of(STORE, "us-east-1", "archive", new S3Credentials("key", "hidden"));
    assertTrue(options.toString().contains("key"));
    assertFalse(options.toString().contains("hidden"));
  }
}
