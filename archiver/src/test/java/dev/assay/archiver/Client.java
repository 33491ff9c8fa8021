package dev.assay.archiver;

import java.io.IOException;
import java.time.InstantSource;

/** The two clients. */
enum Client {
  AWS,
  MINIO;

  ObjectStore open(S3Options options) throws IOException {
    return switch (this) {
      case AWS -> new AwsObjectStore(options, InstantSource.system());
      case MINIO -> new MinioObjectStore(options, InstantSource.system());
    };
  }
}
