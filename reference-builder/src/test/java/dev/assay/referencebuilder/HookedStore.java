package dev.assay.referencebuilder;

import dev.assay.archiver.ObjectStore;
import dev.assay.archiver.StoreFailed;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A store with something that happens before each call, and after it. */
final class HookedStore implements ObjectStore {
  /** What happens. It may fail as a store does, or kill the caller. */
  @FunctionalInterface
  interface Hook {
    void call(Call call, String key) throws StoreFailed;
  }

  enum Call {
    CREATE,
    GET,
    LIST
  }

  private final ObjectStore store;
  private final Hook before;
  private final Hook after;

  HookedStore(ObjectStore store, Hook before, Hook after) {
    this.store = store;
    this.before = before;
    this.after = after;
  }

  HookedStore(ObjectStore store, Hook before) {
    this(store, before, (call, key) -> {});
  }

  @Override
  public Created create(String key, ByteBuffer object) throws StoreFailed {
    before.call(Call.CREATE, key);
    Created created = store.create(key, object);
    after.call(Call.CREATE, key);
    return created;
  }

  @Override
  public byte @Nullable [] get(String key, long bytesMax) throws StoreFailed {
    before.call(Call.GET, key);
    byte[] object = store.get(key, bytesMax);
    after.call(Call.GET, key);
    return object;
  }

  @Override
  public @Nullable InputStream open(String key, long bytesMax) throws StoreFailed {
    before.call(Call.GET, key);
    InputStream object = store.open(key, bytesMax);
    after.call(Call.GET, key);
    return object;
  }

  @Override
  public Listing list(String prefix, String after, int max) throws StoreFailed {
    before.call(Call.LIST, prefix);
    Listing listing = store.list(prefix, after, max);
    this.after.call(Call.LIST, prefix);
    return listing;
  }

  @Override
  public void close() {
    store.close();
  }
}
