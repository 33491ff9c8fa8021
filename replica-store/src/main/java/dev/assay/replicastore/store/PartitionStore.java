package dev.assay.replicastore.store;

import dev.assay.logformat.Batch;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Mutation;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import dev.assay.replicastore.consensus.LogEntry;
import dev.assay.replicastore.consensus.LogPosition;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The items of one partition, on one node. Written only by {@link #apply}, which the partition's
 * updater thread calls; everything else may be called from any thread at any time, {@link #close}
 * too.
 *
 * <p>What is applied can be read at once and is on disk after {@link #flush}. Between the two it is
 * kept by the log alone, so the log may be dropped no further than {@link #durable}.
 *
 * <p>Two locks, always taken in this order: {@code applying} is held while the state changes or has
 * to stand still; {@code using} is held, shared, by whoever uses the data, and alone to close or
 * exchange it, so that no native object is closed under a reader.
 */
public final class PartitionStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionStore.class);

  private final StoreFolder folder;
  private final StoreListener listener;
  private final StoreHealth health;
  private final StoreOpening opening;
  private final Checkpoints checkpoints;

  private final Lock applying = new ReentrantLock();
  private final Lock using;
  private final Lock exchanging;

  private final RowBatch rows;
  private OpenData data;

  /** What was applied; changes under {@link #applying}. */
  private volatile Position position;

  /** How far the archive is, by what was applied; changes with {@link #position}. */
  private volatile @Nullable HeadRow head;

  /** What is known to be on disk; only grows. */
  private volatile LogPosition durable;

  /** Whether the position's row is behind it, after entries that changed nothing else. */
  private boolean rowBehind;

  private PartitionStore(
      StoreFolder folder,
      SharedStorage shared,
      StoreListener listener,
      Executor executor,
      InstantSource clock)
      throws IOException {
    ReentrantReadWriteLock use = new ReentrantReadWriteLock();
    this.using = use.readLock();
    this.exchanging = use.writeLock();
    this.folder = folder;
    this.listener = listener;
    this.position = Position.NONE;
    this.checkpoints = new Checkpoints(folder, clock);
    Findings findings = new Findings(folder.findings());
    this.health =
        new StoreHealth(
            folder.partition(), findings, listener, executor, clock, this::appliedPosition);
    this.opening =
        new StoreOpening(
            folder,
            shared,
            findings,
            clock,
            status -> health.metInBackground(status, "flushing or compacting"));
    StoreOpening.Opened opened = opening.open();
    this.rows = new RowBatch();
    this.data = opened.data();
    this.position = opened.position();
    this.head = opened.head();
    this.durable = opened.position().applied();
  }

  /**
   * Opens the store in a folder, or makes an empty one where there is nothing at all.
   *
   * @param executor where checkpoints are finished and the listener is called
   * @param clock says when findings were met and checkpoints were taken; decides nothing
   * @throws StoreDamaged when damage was kept from before, or is met now
   * @throws FormatException when the folder is damaged or of another version
   * @throws IOException when it is another partition's, in use, or can't be read
   * @throws StorageFailed when the disk refuses
   */
  public static PartitionStore open(
      Path folder,
      PartitionId partition,
      SharedStorage shared,
      StoreListener listener,
      Executor executor,
      InstantSource clock)
      throws IOException {
    StoreFolder held = StoreFolder.open(folder, partition);
    try {
      return new PartitionStore(held, shared, listener, executor, clock);
    } catch (IOException | RuntimeException notOpened) {
      held.close();
      throw notOpened;
    }
  }

  /**
   * Puts a checkpoint in the place of the data of a store that is not open; its findings stay. The
   * checkpoint's folder has to be in the same file system, and is used up.
   *
   * @throws IOException when the checkpoint is not whole or not of this partition, or the store is
   *     open
   */
  public static LogPosition install(Path folder, PartitionId partition, Path checkpoint)
      throws IOException {
    try (StoreFolder held = StoreFolder.open(folder, partition)) {
      Installation installation = Installation.verified(held, checkpoint);
      installation.stage();
      installation.commit();
      installation.sweep();
      return installation.position().applied();
    }
  }

  /** What was found wrong with the store in a folder and has not been dealt with. */
  public static List<Finding> findings(Path folder) throws IOException {
    return new Findings(StoreFolder.findings(folder))
        .list().stream().map(Findings.Kept::finding).toList();
  }

  /** Where a checkpoint may be fetched to before it is installed; emptied when a store opens. */
  public Path incoming() {
    return folder.incoming();
  }

  /** How far the log was applied. What it covers can be read. */
  public Position position() {
    return position;
  }

  /** How far the log was applied in what is known to be on disk. */
  public LogPosition durable() {
    return durable;
  }

  /**
   * How far the partition's log is archived, by the heads that were logged and accepted up to
   * {@link #position}: the one with the greatest last LSN, and of several with the same the first.
   * Null before there is one.
   */
  public Mutation.@Nullable ArchiveHead archiveHead() {
    HeadRow row = head;
    return row == null ? null : row.head();
  }

  private LogPosition appliedPosition() {
    return position.applied();
  }

  /**
   * Applies one entry: one write for its batch and the new position. Reads nothing. A barrier's
   * checkpoint is linked before this returns, and finished on the executor.
   *
   * @throws ReplicaStopped when the entry can't be applied ({@link WrongEntry}) or the store is
   *     damaged ({@link StoreDamaged}); the cause says which
   * @throws StorageFailed when the disk refuses
   */
  public Applied apply(LogEntry entry) throws ReplicaStopped {
    applying.lock();
    try {
      health.require();
      return switch (EntryJudge.judge(folder.partition(), position, entry)) {
        case EntryJudge.Judgement.Already() -> Applied.ALREADY;
        case EntryJudge.Judgement.Passed(Applied how, Position after) -> {
          position = after;
          rowBehind = true;
          yield how;
        }
        case EntryJudge.Judgement.Accepted(Batch batch, Position after) -> {
          accept(entry, batch, after);
          yield Applied.ACCEPTED;
        }
      };
    } catch (WrongEntry wrong) {
      throw new ReplicaStopped(String.valueOf(wrong.getMessage()), wrong);
    } catch (RocksDBException refused) {
      throw health.met(refused, "applying position " + entry.lsn());
    } finally {
      applying.unlock();
    }
  }

  private void accept(LogEntry entry, Batch batch, Position after)
      throws WrongEntry, RocksDBException {
    List<UUID> barriers = new ArrayList<>(0);
    HeadRow headAfter = head;
    try {
      for (Mutation mutation : batch.mutations()) {
        if (mutation instanceof Mutation.ArchiveHead archived) {
          headAfter = HeadRow.after(headAfter, archived, entry);
        } else {
          collect(entry, mutation, barriers);
        }
      }
      if (headAfter != null && headAfter != head) {
        rows.head(headAfter);
      }
      rows.position(after);
      rows.writeTo(data);
    } finally {
      rows.clear();
    }
    position = after;
    head = headAfter;
    rowBehind = false;
    for (UUID run : barriers) {
      checkpointAt(run, after);
    }
  }

  private void collect(LogEntry entry, Mutation mutation, List<UUID> barriers)
      throws WrongEntry, RocksDBException {
    switch (mutation) {
      case Mutation.Put put -> rows.put(put.key(), entry.lsn(), put.item());
      case Mutation.Delete delete -> rows.delete(delete.key());
      case Mutation.Expire expire -> rows.delete(expire.key());
      case Mutation.Barrier barrier -> barriers.add(barrier.run());
      case Mutation.Cut _, Mutation.ArchiveHead _ -> {
        // Concerns the archive alone: no item changes.
      }
      case Mutation.Ingest _ ->
          throw EntryJudge.wrong(
              folder.partition(), entry, "starting from a base root is not supported yet");
      case Mutation.Reserved reserved ->
          throw EntryJudge.wrong(
              folder.partition(),
              entry,
              "a mutation of kind %d is for a newer version".formatted(reserved.kind()));
    }
  }

  /** Links a barrier's checkpoint now, and finishes it later. */
  private void checkpointAt(UUID run, Position at) throws RocksDBException {
    data.flush();
    raiseDurable(at.applied());
    try {
      CheckpointInfo linked = checkpoints.link(data, run, at);
      health.tell(() -> finishAndTell(linked));
    } catch (CheckpointFailed failed) {
      health.tell(() -> tellFailed(run, at, failed));
    } catch (RocksDBException damage) {
      health.tell(() -> tellFailed(run, at, damage));
      throw damage;
    }
  }

  private void finishAndTell(CheckpointInfo linked) {
    CheckpointInfo taken;
    try {
      taken = finish(linked);
    } catch (CheckpointFailed | ReplicaStopped | StorageFailed failed) {
      tellFailed(linked.run(), linked.position(), failed);
      return;
    }
    listener.checkpointTaken(taken.run(), taken.position().applied().lsn(), taken.folder());
  }

  private void tellFailed(UUID run, Position at, Exception reason) {
    listener.checkpointFailed(run, at.applied().lsn(), String.valueOf(reason.getMessage()));
  }

  private CheckpointInfo finish(CheckpointInfo linked) throws CheckpointFailed, ReplicaStopped {
    using.lock();
    try {
      health.require();
      return checkpoints.finish(linked);
    } catch (RocksDBException damage) {
      // The files are the store's own: what can't be read in them can't be read in the store.
      throw health.met(damage, "reading back a checkpoint");
    } finally {
      using.unlock();
    }
  }

  /**
   * Takes a checkpoint at whatever position the store has.
   *
   * @throws CheckpointFailed when there is none now; the store goes on
   */
  public CheckpointInfo checkpointNow(UUID run) throws ReplicaStopped, CheckpointFailed {
    // Most of what there is to flush, while entries are still applied.
    flush();
    CheckpointInfo linked;
    applying.lock();
    try {
      health.require();
      writeRowIfBehind();
      data.flush();
      raiseDurable(position.applied());
      linked = checkpoints.link(data, run, position);
    } catch (RocksDBException refused) {
      throw health.met(refused, "taking a checkpoint");
    } finally {
      applying.unlock();
    }
    return finish(linked);
  }

  /**
   * The finished checkpoints, by position.
   *
   * @throws IOException also when one of them can't be read
   */
  public List<CheckpointInfo> checkpoints() throws IOException, ReplicaStopped {
    return whileOpen(checkpoints::list);
  }

  /** Removes the run's checkpoint; returns whether there was one. */
  public boolean release(UUID run) throws IOException, ReplicaStopped {
    return whileOpen(() -> checkpoints.release(run));
  }

  /** Removes the checkpoints that were taken before a time, and returns them. */
  public List<CheckpointInfo> expire(Instant takenBefore) throws IOException, ReplicaStopped {
    return whileOpen(() -> checkpoints.expire(takenBefore));
  }

  @FunctionalInterface
  private interface FolderUse<T> {
    T use() throws IOException;
  }

  /** A damaged store's checkpoints are still there; a closed one's are somebody else's. */
  private <T> T whileOpen(FolderUse<T> use) throws IOException, ReplicaStopped {
    using.lock();
    try {
      health.requireOpen();
      return use.use();
    } finally {
      using.unlock();
    }
  }

  /** Puts everything that was applied before the call on disk, and returns how far that is. */
  public LogPosition flush() throws ReplicaStopped {
    Position covered;
    applying.lock();
    try {
      health.require();
      writeRowIfBehind();
      covered = position;
      using.lock();
    } catch (RocksDBException refused) {
      throw health.met(refused, "flushing");
    } finally {
      applying.unlock();
    }
    try {
      data.flush();
      raiseDurable(covered.applied());
      return covered.applied();
    } catch (RocksDBException refused) {
      throw health.met(refused, "flushing");
    } finally {
      using.unlock();
    }
  }

  private void writeRowIfBehind() throws RocksDBException {
    if (rowBehind) {
      data.put(Rows.positionKey(), position.encode());
      rowBehind = false;
    }
  }

  private synchronized void raiseDurable(LogPosition flushed) {
    if (flushed.lsn() > durable.lsn()) {
      durable = flushed;
    }
  }

  /** The item at a key, or null. */
  public @Nullable StoredItem get(byte[] key) throws ReplicaStopped {
    using.lock();
    try {
      health.require();
      byte[] row = data.get(Rows.itemKey(key));
      return row == null ? null : Rows.item(row);
    } catch (RocksDBException refused) {
      throw health.met(refused, "reading an item");
    } catch (FormatException unreadable) {
      throw health.damage(
          Finding.NO_FILE, String.valueOf(unreadable.getMessage()), "reading an item");
    } finally {
      using.unlock();
    }
  }

  /**
   * Visits the items with keys in {@code [from, to)} in key order, or from the end; all as of one
   * moment, while entries go on being applied. The visitor may read from the store and nothing
   * else.
   *
   * @param from null for no lower bound
   * @param to null for no upper bound
   */
  public void range(
      byte @Nullable [] from, byte @Nullable [] to, boolean reverse, ItemVisitor visitor)
      throws ReplicaStopped {
    using.lock();
    try {
      health.require();
      data.range(from, to, reverse, visitor);
    } catch (RocksDBException refused) {
      throw health.met(refused, "reading a range");
    } catch (FormatException unreadable) {
      throw health.damage(
          Finding.NO_FILE, String.valueOf(unreadable.getMessage()), "reading a range");
    } finally {
      using.unlock();
    }
  }

  /**
   * Puts a checkpoint in the place of the data, and returns the position that the store now has.
   * Reads go on meanwhile. The checkpoint's folder has to be in the same file system, and is used
   * up; {@link #incoming} is.
   *
   * @throws IOException when the checkpoint is not whole, not of this partition, or behind what
   *     this store has applied; the store goes on with what it had
   */
  public LogPosition replaceWith(Path checkpoint) throws IOException, ReplicaStopped {
    health.require();
    Installation installation = Installation.verified(folder, checkpoint);
    applying.lock();
    try {
      health.require();
      if (installation.position().applied().lsn() < position.applied().lsn()) {
        throw new IOException(
            "the checkpoint %s at position %d is behind the store, which is at %d"
                .formatted(
                    checkpoint, installation.position().applied().lsn(), position.applied().lsn()));
      }
      StoreOpening.Opened next = openStaged(installation);
      commit(installation, next.data());
      OpenData old = exchange(next);
      afterExchange(installation, old);
      return position.applied();
    } finally {
      applying.unlock();
    }
  }

  private StoreOpening.Opened openStaged(Installation installation) throws IOException {
    Path staged = installation.stage();
    try {
      return opening.open(staged);
    } catch (RocksDBException | FormatException unusable) {
      DurableFiles.deleteTree(staged);
      throw new IOException(
          "the checkpoint was not installed, %s does not open: %s"
              .formatted(staged, unusable.getMessage()),
          unusable);
    }
  }

  /** From here the new data is the store's; whether a failure here came before or after is open. */
  private void commit(Installation installation, OpenData next) {
    try {
      installation.commit();
    } catch (IOException refused) {
      StorageFailed failure =
          health.fail(StorageFailed.Kind.IO, "installing a checkpoint", refused);
      try {
        next.close();
      } catch (RocksDBException notClosed) {
        failure.addSuppressed(notClosed);
      }
      throw failure;
    }
  }

  private OpenData exchange(StoreOpening.Opened next) {
    exchanging.lock();
    try {
      OpenData old = data;
      data = next.data();
      position = next.position();
      head = next.head();
      rowBehind = false;
      raiseDurable(next.position().applied());
      return old;
    } finally {
      exchanging.unlock();
    }
  }

  /** What goes wrong from here on concerns the old data alone; the next open sweeps it. */
  private void afterExchange(Installation installation, OpenData old) {
    try {
      old.close();
      installation.sweep();
    } catch (RocksDBException | IOException leftOver) {
      LOG.warn("partition {}: replaced data is left over", folder.partition(), leftOver);
    }
  }

  /** Compacts everything, as RocksDB does by itself little by little. */
  void compact() throws ReplicaStopped {
    using.lock();
    try {
      health.require();
      data.compact();
    } catch (RocksDBException refused) {
      throw health.met(refused, "compacting");
    } finally {
      using.unlock();
    }
  }

  /**
   * Flushes if it can, and closes when the last reader has gone.
   *
   * @throws StorageFailed when the disk refuses; the store is closed all the same
   */
  @Override
  public void close() {
    try {
      if (health.sound()) {
        flush();
      }
    } catch (ReplicaStopped stopped) {
      LOG.warn("closed without a flush: {}", stopped.getMessage());
    } finally {
      closeWithoutFlush();
    }
  }

  /** Closes as a crash would: what was not flushed is gone from the store. */
  void closeWithoutFlush() {
    applying.lock();
    exchanging.lock();
    try {
      if (health.closed()) {
        return;
      }
      health.close();
      rows.close();
      data.close();
    } catch (RocksDBException refused) {
      LOG.warn("partition {}: closed with an error", folder.partition(), refused);
    } finally {
      exchanging.unlock();
      applying.unlock();
      releaseFolder();
    }
  }

  private void releaseFolder() {
    try {
      folder.close();
    } catch (IOException refused) {
      LOG.warn("partition {}: its folder stays locked", folder.partition(), refused);
    }
  }
}
