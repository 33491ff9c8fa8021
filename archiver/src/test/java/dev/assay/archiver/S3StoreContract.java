package dev.assay.archiver;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What a client of S3 must do besides, over a server that is there. */
abstract class S3StoreContract extends ObjectStoreContract {
  private ObjectStore opened = new MemoryStore();

  abstract Client client();

  abstract S3Options options() throws IOException;

  /** What is tested: the client, and what the server puts around it. */
  ObjectStore open() throws IOException {
    return client().open(options());
  }

  @BeforeEach
  void openStore() throws IOException {
    opened = open();
  }

  @AfterEach
  void closeStore() {
    opened.close();
  }

  @Override
  ObjectStore store() {
    return opened;
  }

  @Test
  void wrongSecretIsRefusedAndNotTold() throws IOException {
    String secret = "not-the-secret-0123456789";
    refused(
        options(new S3Credentials(credentials().accessKey(), secret), options().bucket()), secret);
  }

  @Test
  void unknownAccessKeyIsRefusedAndItsSecretNotTold() throws IOException {
    String secret = "not-the-secret-0123456789";
    refused(options(new S3Credentials("NOBODY", secret), options().bucket()), secret);
  }

  @Test
  void missingBucketIsRefused() throws IOException {
    S3Options missing = options(credentials(), "no-such-bucket");
    for (StoreFailed each : refused(missing, "\n no text \n")) {
      assertTrue(each.getMessage().contains("no-such-bucket"), each.getMessage());
    }
  }

  private S3Credentials credentials() throws IOException {
    return Objects.requireNonNull(options().credentials());
  }

  private S3Options options(S3Credentials credentials, String bucket) throws IOException {
    return S3Options.of(options().endpoint(), options().region(), bucket, credentials);
  }

  private List<StoreFailed> refused(S3Options options, String secret) throws IOException {
    try (ObjectStore store = client().open(options)) {
      List<StoreFailed> failures = failures(store);
      for (StoreFailed each : failures) {
        assertFalse(each.temporary(), each.getMessage());
        StringWriter all = new StringWriter();
        each.printStackTrace(new PrintWriter(all));
        assertFalse(all.toString().contains(secret), "the secret is told");
      }
      assertFalse(options.toString().contains(secret), "the secret is told");
      return failures;
    }
  }

  @Test
  void serverThatIsGoneIsATemporaryFailure() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    S3Options gone =
        S3Options.of(
                URI.create("http://127.0.0.1:" + port),
                "us-east-1",
                "bucket",
                options().credentials())
            .withTimes(Duration.ofMillis(300), Duration.ofSeconds(1));
    try (ObjectStore store = client().open(gone)) {
      failures(store).forEach(each -> assertTrue(each.temporary(), each.getMessage()));
    }
  }

  private static List<StoreFailed> failures(ObjectStore store) {
    return List.of(
        failure(() -> store.create("a", bytes("a"))),
        failure(() -> store.get("a", 10)),
        failure(() -> store.open("a", 10)),
        failure(() -> store.list("", "", 10)));
  }

  private static StoreFailed failure(Executable call) {
    return assertThrows(StoreFailed.class, call);
  }
}
