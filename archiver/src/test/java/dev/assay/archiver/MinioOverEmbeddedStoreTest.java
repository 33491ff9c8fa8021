package dev.assay.archiver;

class MinioOverEmbeddedStoreTest extends EmbeddedStoreContract {
  @Override
  Client client() {
    return Client.MINIO;
  }
}
