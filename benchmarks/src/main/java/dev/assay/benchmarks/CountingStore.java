package dev.assay.benchmarks;

import dev.assay.archiver.ObjectStore;
import dev.assay.archiver.StoreFailed;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts the bytes that go through a store; on demand, keeps nothing of what is written. */
final class CountingStore implements ObjectStore {
  private final ObjectStore store;
  private final boolean keeps;
  private final AtomicLong bytes = new AtomicLong();

  CountingStore(ObjectStore store, boolean keeps) {
    this.store = store;
    this.keeps = keeps;
  }

  /** How many bytes were read or written. */
  long bytes() {
    return bytes.get();
  }

  @Override
  public Created create(String key, ByteBuffer object) throws StoreFailed {
    bytes.addAndGet(object.remaining());
    return keeps ? store.create(key, object) : Created.CREATED;
  }

  @Override
  public byte @Nullable [] get(String key, long bytesMax) throws StoreFailed {
    byte[] object = store.get(key, bytesMax);
    bytes.addAndGet(object == null ? 0 : object.length);
    return object;
  }

  @Override
  public @Nullable InputStream open(String key, long bytesMax) throws StoreFailed {
    InputStream object = store.open(key, bytesMax);
    if (object == null) {
      return null;
    }
    return new FilterInputStream(object) {
      @Override
      public int read() throws IOException {
        int next = super.read();
        bytes.addAndGet(next < 0 ? 0 : 1);
        return next;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int count = super.read(into, offset, length);
        bytes.addAndGet(Math.max(0, count));
        return count;
      }
    };
  }

  @Override
  public Listing list(String prefix, String after, int max) throws StoreFailed {
    return store.list(prefix, after, max);
  }

  @Override
  public void close() {}
}
