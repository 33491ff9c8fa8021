package dev.assay.archiver;

import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Writes with one client and reads with the other, as agents do. */
class TwoClients implements ObjectStore {
  private final ObjectStore writing;
  private final ObjectStore reading;

  TwoClients(ObjectStore writing, ObjectStore reading) {
    this.writing = writing;
    this.reading = reading;
  }

  @Override
  public Created create(String key, ByteBuffer object) throws StoreFailed {
    return writing.create(key, object);
  }

  @Override
  public byte @Nullable [] get(String key, long bytesMax) throws StoreFailed {
    return reading.get(key, bytesMax);
  }

  @Override
  public @Nullable InputStream open(String key, long bytesMax) throws StoreFailed {
    return reading.open(key, bytesMax);
  }

  @Override
  public Listing list(String prefix, String after, int max) throws StoreFailed {
    return reading.list(prefix, after, max);
  }

  @Override
  public void close() {
    writing.close();
    reading.close();
  }
}
