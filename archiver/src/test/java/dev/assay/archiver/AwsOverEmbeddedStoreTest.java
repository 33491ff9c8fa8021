package dev.assay.archiver;

class AwsOverEmbeddedStoreTest extends EmbeddedStoreContract {
  @Override
  Client client() {
    return Client.AWS;
  }
}
