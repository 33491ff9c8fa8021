package dev.assay.replicastore.store;

import dev.assay.logformat.FormatException;
import dev.assay.replicastore.PartitionId;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractEventListener;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BackgroundErrorReason;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Checkpoint;
import org.rocksdb.ChecksumType;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * An open RocksDB with every native object that it needs, so that they are closed together and in
 * the right order. Whoever owns it sees to it that nothing runs in it when it is closed.
 */
final class OpenData implements AutoCloseable {
  /** The newest: a block's checksum covers its file and offset, so a swapped block is found. */
  private static final int TABLE_FORMAT = 7;

  private static final long WRITE_BUFFER_BYTES = 8L << 20;

  /** What an empty store takes of the shared write buffers. */
  private static final long ARENA_BLOCK_BYTES = 64L << 10;

  private static final int WRITE_BUFFERS_MAX = 4;
  private static final long TABLE_BYTES = 32L << 20;
  private static final long LEVEL_1_BYTES = 64L << 20;
  private static final long BLOCK_BYTES = 8L << 10;
  private static final long METADATA_BLOCK_BYTES = 4L << 10;
  private static final double FILTER_BITS_PER_KEY = 10;

  /** 16 GiB of tables: beyond that, the least used tables are opened again when they are read. */
  private static final int OPEN_FILES_MAX = 512;

  private final Deque<AbstractNativeReference> natives;
  private final RocksDB db;
  private final WriteOptions write;
  private final ReadOptions read;
  private final FlushOptions flush;
  private final Runnable afterwards;

  private OpenData(Deque<AbstractNativeReference> natives, RocksDB db, Runnable afterwards) {
    this.natives = natives;
    this.db = db;
    this.afterwards = afterwards;
    this.write = own(natives, new WriteOptions().setDisableWAL(true));
    this.read = own(natives, new ReadOptions().setVerifyChecksums(true));
    this.flush = own(natives, new FlushOptions().setWaitForFlush(true));
  }

  /**
   * Opens a folder for writing.
   *
   * @param create whether it is made (and must not be there), or must be there
   * @param backgroundErrors hears, on RocksDB's threads, of flushes and compactions that fail
   */
  static OpenData open(
      Path folder, boolean create, SharedStorage shared, Consumer<Status> backgroundErrors)
      throws RocksDBException {
    Deque<AbstractNativeReference> natives = new ArrayDeque<>();
    Options options = own(natives, options(natives, shared));
    options.setCreateIfMissing(create).setErrorIfExists(create);
    options.setListeners(List.of(own(natives, listener(backgroundErrors))));
    OpenData opened =
        opened(natives, () -> RocksDB.open(options, folder.toString()), shared::leave);
    shared.enter();
    return opened;
  }

  /**
   * Opens the data of a checkpoint. Nothing is written, nothing is cached beyond a few blocks, and
   * every block's checksum is checked.
   */
  static OpenData openReadOnly(Path folder) throws RocksDBException {
    Deque<AbstractNativeReference> natives = new ArrayDeque<>();
    Options options = own(natives, new Options());
    BlockBasedTableConfig table = new BlockBasedTableConfig();
    table.setNoBlockCache(true);
    options.setTableFormatConfig(table).setParanoidChecks(true);
    return opened(natives, () -> RocksDB.openReadOnly(options, folder.toString()), () -> {});
  }

  @FunctionalInterface
  private interface Opening {
    RocksDB open() throws RocksDBException;
  }

  private static OpenData opened(
      Deque<AbstractNativeReference> natives, Opening opening, Runnable afterwards)
      throws RocksDBException {
    try {
      RocksDB db = opening.open();
      return new OpenData(natives, db, afterwards);
    } catch (RocksDBException | RuntimeException notOpened) {
      closeAll(natives);
      throw notOpened;
    }
  }

  private static Options options(Deque<AbstractNativeReference> natives, SharedStorage shared) {
    Options options = new Options();
    options
        .setEnv(shared.env())
        .setWriteBufferManager(shared.writeBuffers())
        .setParanoidChecks(true)
        // An error in the background is for good; nothing that failed is tried again.
        .setMaxBgErrorResumeCount(0)
        // What is not flushed is in the log, and after an error it must not be flushed.
        .setAvoidFlushDuringShutdown(true)
        .setMaxOpenFiles(OPEN_FILES_MAX)
        .setSkipStatsUpdateOnDbOpen(true)
        .setMaxManifestFileSize(4L << 20)
        .setManifestPreallocationSize(64L << 10)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(1L << 20)
        .setKeepLogFileNum(2)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0);
    options
        .setWriteBufferSize(WRITE_BUFFER_BYTES)
        .setArenaBlockSize(ARENA_BLOCK_BYTES)
        .setMaxWriteBufferNumber(WRITE_BUFFERS_MAX)
        .setTargetFileSizeBase(TABLE_BYTES)
        .setMaxBytesForLevelBase(LEVEL_1_BYTES)
        .setLevelCompactionDynamicLevelBytes(true)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setTableFormatConfig(table(natives, shared));
    return options;
  }

  /**
   * Indexes live in the cache in small pieces, and only their top and what belongs to level 0 is
   * pinned: a read that finds nothing in the cache reads a few small blocks and one filter more,
   * never a whole index. Filters are one block each because RocksDB's verification of all blocks
   * passes over the pieces of a partitioned filter.
   */
  private static BlockBasedTableConfig table(
      Deque<AbstractNativeReference> natives, SharedStorage shared) {
    BlockBasedTableConfig table = new BlockBasedTableConfig();
    table
        .setFormatVersion(TABLE_FORMAT)
        .setChecksumType(ChecksumType.kXXH3)
        .setBlockSize(BLOCK_BYTES)
        .setBlockCache(shared.cache())
        .setFilterPolicy(own(natives, new BloomFilter(FILTER_BITS_PER_KEY)))
        .setWholeKeyFiltering(true)
        .setIndexType(IndexType.kTwoLevelIndexSearch)
        .setMetadataBlockSize(METADATA_BLOCK_BYTES)
        .setCacheIndexAndFilterBlocks(true)
        .setCacheIndexAndFilterBlocksWithHighPriority(true)
        .setPinTopLevelIndexAndFilter(true)
        .setPinL0FilterAndIndexBlocksInCache(true);
    return table;
  }

  /**
   * Hears of compactions that fail, and forbids RocksDB to try again by itself. RocksDB's Java side
   * does not know the number that a failed flush without a write-ahead log is reported with: it
   * throws on RocksDB's thread instead of calling these methods. The recovery is forbidden all the
   * same, and the next write or flush answers with the error.
   */
  private static AbstractEventListener listener(Consumer<Status> backgroundErrors) {
    return new AbstractEventListener(
        AbstractEventListener.EnabledEventCallback.ON_BACKGROUND_ERROR,
        AbstractEventListener.EnabledEventCallback.ON_ERROR_RECOVERY_BEGIN) {
      @Override
      public void onBackgroundError(BackgroundErrorReason reason, Status status) {
        backgroundErrors.accept(status);
      }

      @Override
      public boolean onErrorRecoveryBegin(BackgroundErrorReason reason, Status status) {
        return false;
      }
    };
  }

  private static <T extends AbstractNativeReference> T own(
      Deque<AbstractNativeReference> natives, T object) {
    natives.push(object);
    return object;
  }

  void write(WriteBatch batch) throws RocksDBException {
    db.write(write, batch);
  }

  void put(byte[] key, byte[] value) throws RocksDBException {
    db.put(write, key, value);
  }

  byte @Nullable [] get(byte[] key) throws RocksDBException {
    return db.get(read, key);
  }

  /** Everything that was written before the call is on disk when it returns. */
  void flush() throws RocksDBException {
    db.flush(flush);
  }

  /** Compacts everything that there is. */
  void compact() throws RocksDBException {
    db.compactRange();
  }

  /** Links the files into a new folder; what is not flushed yet is flushed first. */
  void linkInto(Path folder) throws RocksDBException {
    try (Checkpoint checkpoint = Checkpoint.create(db)) {
      checkpoint.createCheckpoint(folder.toString());
    }
  }

  /** Reads every block of every file that the data consists of. */
  void verifyChecksums() throws RocksDBException {
    db.verifyChecksum();
  }

  /**
   * @throws FormatException when there is none, or none that can be read
   */
  Position position() throws RocksDBException, FormatException {
    return Position.decode(ownRow("position row", Rows.positionKey()));
  }

  /**
   * @throws FormatException when there is none, or none that can be read
   */
  PartitionId partition() throws RocksDBException, FormatException {
    return Rows.partition(ownRow("identity row", Rows.identityKey()));
  }

  /**
   * How far the archive is; null when no head was accepted yet.
   *
   * @throws FormatException when it can't be read
   */
  @Nullable HeadRow head() throws RocksDBException, FormatException {
    byte[] row = db.get(read, Rows.headKey());
    return row == null ? null : HeadRow.decode(row);
  }

  private byte[] ownRow(String what, byte[] key) throws RocksDBException, FormatException {
    byte[] row = db.get(read, key);
    if (row == null) {
      throw new FormatException.Corrupt(what, "one", "none");
    }
    return row;
  }

  /**
   * Visits the items with keys in {@code [from, to)}, all as of one moment.
   *
   * @param from null for no lower bound
   * @param to null for no upper bound
   */
  void range(byte @Nullable [] from, byte @Nullable [] to, boolean reverse, ItemVisitor visitor)
      throws RocksDBException, FormatException {
    byte[] begin = from == null ? Rows.itemsBegin() : Rows.itemKey(from);
    byte[] end = to == null ? Rows.itemsEnd() : Rows.itemKey(to);
    try (Slice lower = new Slice(begin);
        Slice upper = new Slice(end);
        ReadOptions bounded =
            new ReadOptions()
                .setVerifyChecksums(true)
                .setIterateLowerBound(lower)
                .setIterateUpperBound(upper);
        RocksIterator rows = db.newIterator(bounded)) {
      if (reverse) {
        rows.seekToLast();
      } else {
        rows.seekToFirst();
      }
      boolean more = true;
      while (more && rows.isValid()) {
        more = visitor.visit(Rows.keyOf(rows.key()), Rows.item(rows.value()));
        if (reverse) {
          rows.prev();
        } else {
          rows.next();
        }
      }
      rows.status();
    }
  }

  @Override
  public void close() throws RocksDBException {
    try {
      db.closeE();
    } finally {
      closeAll(natives);
      afterwards.run();
    }
  }

  private static void closeAll(Deque<AbstractNativeReference> natives) {
    while (!natives.isEmpty()) {
      natives.pop().close();
    }
  }
}
