package dev.assay.replicastore.store;

import java.util.concurrent.atomic.AtomicInteger;
import org.rocksdb.Cache;
import org.rocksdb.Env;
import org.rocksdb.HyperClockCache;
import org.rocksdb.Priority;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * What all stores of a process share, so that memory is bounded whatever their number: one block
 * cache, one budget for write buffers (which is charged to the cache), and RocksDB's threads.
 * Statistics are off. Made before the first store opens, closed after the last one has closed. Any
 * thread may call.
 */
public final class SharedStorage implements AutoCloseable {
  public static final long CACHE_BYTES_DEFAULT = 64L << 20;
  public static final long WRITE_BUFFER_BYTES_DEFAULT = 32L << 20;

  /** Lets the cache size its table by what it holds. */
  private static final long ENTRY_CHARGE_UNKNOWN = 0;

  private static final int SHARDS_BY_SIZE = -1;

  private final Cache cache;
  private final WriteBufferManager writeBuffers;
  private final Env env;
  private final AtomicInteger users = new AtomicInteger();

  public SharedStorage() {
    this(CACHE_BYTES_DEFAULT, WRITE_BUFFER_BYTES_DEFAULT, 1);
  }

  /**
   * @param cacheBytes blocks, indexes and filters of all stores, and their write buffers
   * @param writeBufferBytes the part of it that write buffers may take before they are flushed
   * @param compactionThreads how many compactions run at once; flushes have a thread of their own
   */
  public SharedStorage(long cacheBytes, long writeBufferBytes, int compactionThreads) {
    if (writeBufferBytes <= 0 || writeBufferBytes >= cacheBytes) {
      throw new IllegalArgumentException(
          "write buffers are a part of the cache: %d bytes of %d"
              .formatted(writeBufferBytes, cacheBytes));
    }
    RocksDB.loadLibrary();
    cache = new HyperClockCache(cacheBytes, ENTRY_CHARGE_UNKNOWN, SHARDS_BY_SIZE, false);
    writeBuffers = new WriteBufferManager(writeBufferBytes, cache);
    env = Env.getDefault();
    env.setBackgroundThreads(1, Priority.HIGH);
    env.setBackgroundThreads(compactionThreads, Priority.LOW);
  }

  Cache cache() {
    return cache;
  }

  WriteBufferManager writeBuffers() {
    return writeBuffers;
  }

  Env env() {
    return env;
  }

  void enter() {
    users.incrementAndGet();
  }

  void leave() {
    users.decrementAndGet();
  }

  /**
   * @throws IllegalStateException while a store is open
   */
  @Override
  public void close() {
    if (users.get() != 0) {
      throw new IllegalStateException(users.get() + " stores are open");
    }
    writeBuffers.close();
    cache.close();
  }
}
