package dev.assay.replicastore.store;

import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import dev.assay.replicastore.consensus.LogPosition;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a store may still be used, and if not, why not. The first damage or disk failure decides
 * for good: it is kept (damage), told to the listener, and thrown at every later call. Any thread
 * may call, RocksDB's own among them.
 */
final class StoreHealth {
  private static final Logger LOG = LoggerFactory.getLogger(StoreHealth.class);

  private final PartitionId partition;
  private final Findings findings;
  private final StoreListener listener;
  private final Executor executor;
  private final InstantSource clock;
  private final Supplier<LogPosition> applied;

  private volatile @Nullable StoreDamaged damaged;
  private volatile @Nullable StorageFailed failed;
  private volatile boolean closed;

  StoreHealth(
      PartitionId partition,
      Findings findings,
      StoreListener listener,
      Executor executor,
      InstantSource clock,
      Supplier<LogPosition> applied) {
    this.partition = partition;
    this.findings = findings;
    this.listener = listener;
    this.executor = executor;
    this.clock = clock;
    this.applied = applied;
  }

  boolean sound() {
    return !closed && failed == null && damaged == null;
  }

  /**
   * Returns if the store may be used.
   *
   * @throws StorageFailed when the disk refused before
   */
  void require() throws ReplicaStopped {
    StorageFailed failure = failed;
    if (failure != null) {
      throw failure;
    }
    StoreDamaged damage = damaged;
    if (damage != null) {
      throw stopped(damage);
    }
    requireOpen();
  }

  /** Returns if the store is open, even if it may not be used. */
  void requireOpen() throws ReplicaStopped {
    if (closed) {
      throw new ReplicaStopped("partition " + partition + ": its store is closed", null);
    }
  }

  boolean closed() {
    return closed;
  }

  /** No further use, whatever the state. */
  void close() {
    closed = true;
  }

  /**
   * An error that RocksDB answered with. Returns what to throw if it is damage.
   *
   * @throws StorageFailed when the disk refuses
   * @throws IllegalStateException when it is a mistake of ours
   */
  ReplicaStopped met(RocksDBException error, String doing) {
    return met(Fault.of(error), doing, error);
  }

  private ReplicaStopped met(Fault fault, String doing, Throwable cause) {
    return switch (fault) {
      case Fault.Damage(String file, String message) -> damage(file, message, doing);
      case Fault.Disk(StorageFailed.Kind kind, String _) -> throw fail(kind, doing, cause);
      case Fault.Mistake(String message) ->
          throw new IllegalStateException(
              "partition " + partition + ": RocksDB refuses while " + doing + ": " + message,
              cause);
    };
  }

  /** An error that RocksDB met by itself, in a flush or a compaction. */
  void metInBackground(Status status, String doing) {
    String message = String.valueOf(status.getState());
    try {
      ReplicaStopped stopped =
          met(Fault.of(status, message), doing, new RocksDBException(message, status));
      LOG.error("{}", stopped.getMessage());
    } catch (StorageFailed | IllegalStateException failure) {
      LOG.error("{}", failure.getMessage());
    }
  }

  /** Damage that was found in what the store holds. Returns what to throw. */
  synchronized ReplicaStopped damage(String file, String message, String doing) {
    StoreDamaged known = damaged;
    if (known != null) {
      return stopped(known);
    }
    Finding finding = new Finding(partition, applied.get(), clock.millis(), doing, file, message);
    try {
      known = new StoreDamaged(finding, findings.keep(finding));
    } catch (IOException notKept) {
      StorageFailed failure =
          fail(StorageFailed.Kind.IO, "keeping a finding (" + finding + ")", notKept);
      tell(() -> listener.damaged(finding));
      throw failure;
    }
    damaged = known;
    tell(() -> listener.damaged(finding));
    return stopped(known);
  }

  /** The disk refuses. Returns what to throw: the first such failure. */
  synchronized StorageFailed fail(StorageFailed.Kind kind, String doing, Throwable cause) {
    StorageFailed known = failed;
    if (known != null) {
      return known;
    }
    StorageFailed failure =
        new StorageFailed(kind, "partition " + partition + ", while " + doing, cause);
    failed = failure;
    tell(() -> listener.failed(failure));
    return failure;
  }

  /** Tells the listener something, on the executor. */
  void tell(Runnable message) {
    try {
      executor.execute(message);
    } catch (RejectedExecutionException ended) {
      LOG.warn("partition {}: nobody is told any more: {}", partition, ended.getMessage());
    }
  }

  private static ReplicaStopped stopped(StoreDamaged damage) {
    return new ReplicaStopped(String.valueOf(damage.getMessage()), damage);
  }
}
