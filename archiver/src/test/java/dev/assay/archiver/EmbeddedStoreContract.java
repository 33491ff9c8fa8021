package dev.assay.archiver;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A client over the embedded store. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EmbeddedStoreContract extends S3StoreContract {
  private EmbeddedStore server;

  @BeforeAll
  void startServer(@TempDir Path folder) throws IOException {
    server = EmbeddedStore.start(folder, 0, new S3Credentials("test", "secret-of-test"), "archive");
  }

  @AfterAll
  void stopServer() {
    server.close();
  }

  @Override
  S3Options options() {
    return server.options();
  }

  @Override
  ObjectStore open() throws IOException {
    return client().open(options());
  }
}
