package dev.assay.archiver;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An object store that fails as stores do: before doing what it was asked, after having done it, or
 * with half an object; and whose caller may be killed before or after any call.
 */
final class FaultyStore implements ObjectStore {
  private final ObjectStore store;
  private final RandomGenerator random;
  private final double failures;
  private final double kills;
  private boolean faulty = true;

  /** The caller dies here, as by SIGKILL. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private interface Call<T extends @Nullable Object> {
    T make() throws StoreFailed;
  }

  FaultyStore(ObjectStore store, RandomGenerator random, double failures, double kills) {
    this.store = store;
    this.random = random;
    this.failures = failures;
    this.kills = kills;
  }

  void heal() {
    faulty = false;
  }

  /** Kills the caller now and then; for what is no call of the store. */
  void mayKill() {
    if (faulty && random.nextDouble() < kills) {
      throw new Killed();
    }
  }

  private <T extends @Nullable Object> T call(String what, Call<T> call) throws StoreFailed {
    mayKill();
    mayFail(what + ": 503");
    T result = call.make();
    mayKill();
    mayFail(what + ": no answer, and it was done");
    return result;
  }

  private void mayFail(String what) throws StoreFailed {
    if (faulty && random.nextDouble() < failures) {
      throw StoreFailed.temporary(what, null);
    }
  }

  @Override
  public Created create(String key, ByteBuffer object) throws StoreFailed {
    return call("create " + key, () -> twice(key, object));
  }

  /** A client that repeats a request whose answer was lost meets its own object. */
  private Created twice(String key, ByteBuffer object) throws StoreFailed {
    Created first = store.create(key, object);
    return faulty && random.nextDouble() < failures ? store.create(key, object) : first;
  }

  @Override
  public byte @Nullable [] get(String key, long bytesMax) throws StoreFailed {
    byte[] object = call("get " + key, () -> store.get(key, bytesMax));
    boolean cut = object != null && faulty && random.nextDouble() < failures / 4;
    return object != null && cut
        ? Arrays.copyOf(object, random.nextInt(object.length + 1))
        : object;
  }

  @Override
  public Listing list(String prefix, String after, int max) throws StoreFailed {
    return call("list " + prefix, () -> store.list(prefix, after, max));
  }

  @Override
  public void close() {}
}
