package dev.assay.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.assay.archiver.ObjectStore;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.Batch;
import dev.assay.logformat.BatchCodec;
import dev.assay.logformat.Digest128;
import dev.assay.logformat.Fence;
import dev.assay.logformat.Frame;
import dev.assay.logformat.FrameKind;
import dev.assay.logformat.HybridTime;
import dev.assay.logformat.ItemDigest;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.ManifestCodec;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.SegmentAccount;
import dev.assay.logformat.SegmentChain;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.SegmentWriter;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.SigningKey;
import dev.assay.logformat.tree.DigestSuite;
import dev.assay.referencebuilder.Partition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * The archive of a partition of numbered items, made without a log: each item is put by number, and
 * may be put again. For one thread.
 */
final class MadeArchive {
  private static final int BATCH_BYTES = 16 << 10;
  private static final long TIME = HybridTime.of(1_800_000_000_000L, 0);

  final Partition partition;

  private final ObjectStore store;
  private final SigningKey key;
  private final int itemBytes;
  private Digest128[] held;
  private final Random random = new Random(16);
  private int[] byKey = {};
  private List<Mutation> batch = new ArrayList<>();
  private int batchBytes;
  private ByteArrayOutputStream object = new ByteArrayOutputStream();
  private SegmentWriter writer;
  private SegmentAccount account = new SegmentAccount();
  private long lsn;
  private long sequence;
  private Sha256 chain = Sha256.NONE;
  private Sha256 previous = Sha256.NONE;

  /**
   * @param items how many there are at most
   */
  MadeArchive(ObjectStore store, SigningKey key, String table, int items, int itemBytes)
      throws IOException {
    this.store = store;
    this.key = key;
    this.itemBytes = itemBytes;
    this.partition =
        new Partition(
            ArchiveTrial.CLUSTER, table, new UUID(0x5e97, 2), 0, DigestSuite.XXH3_128, 0x5eed);
    this.held = new Digest128[items];
    this.writer = new SegmentWriter(object);
  }

  /** Puts an item with new bytes, half of them random. */
  void put(int number) throws IOException {
    byte[] itemKey = itemKey(number);
    byte[] item = new byte[itemBytes];
    byte[] some = new byte[itemBytes / 2];
    random.nextBytes(some);
    System.arraycopy(some, 0, item, 0, some.length);
    Digest128 before = held[number];
    batch.add(new Mutation.Put(itemKey, item, before == null ? Digest128.NONE : before));
    held[number] = ItemDigest.of(itemKey, item);
    batchBytes += itemBytes + itemKey.length;
    if (batchBytes >= BATCH_BYTES) {
      log();
    }
  }

  /** As the keys of a table are: the partition key's hash, then the partition key. */
  private static byte[] itemKey(int number) {
    return ByteBuffer.allocate(28)
        .putLong(hash(number))
        .put((byte) 'S')
        .put("customer-%010d".formatted(number).getBytes(US_ASCII))
        .array();
  }

  private static long hash(int number) {
    return (number + 1) * 0x9E37_79B9_7F4A_7C15L;
  }

  private void log() throws IOException {
    Fence fence = new Fence(1, sequence + 1, sequence, "node-1");
    sequence++;
    Batch logged = new Batch(partition.tableId(), 0, fence, TIME, batch);
    Frame frame = new Frame(lsn++, 1, FrameKind.DATA, BatchCodec.encode(logged));
    batch = new ArrayList<>();
    batchBytes = 0;
    account.add(frame, logged);
    writer.write(frame);
    if (account.ended()) {
      archive();
    }
  }

  /** Ends the segment with what was put. */
  void cut() throws IOException {
    batch.add(new Mutation.Cut());
    log();
  }

  private void archive() throws IOException {
    writer.close();
    byte[] bytes = object.toByteArray();
    SegmentSummary segment = account.summary();
    chain = SegmentChain.next(chain, segment);
    Manifest manifest =
        new Manifest(
            partition.cluster(),
            partition.table(),
            partition.tableId(),
            0,
            segment,
            bytes.length,
            Sha256.of(bytes),
            chain,
            previous,
            key.certificate().node(),
            key.certificate().fingerprint(),
            System.currentTimeMillis());
    byte[] file = ManifestCodec.sign(manifest, key);
    previous = Sha256.of(file);
    store.create(ArchivePaths.segment(wal(), segment.firstLsn()), bytes);
    store.create(ArchivePaths.manifest(wal(), segment.firstLsn()), file);
    object = new ByteArrayOutputStream();
    writer = new SegmentWriter(object);
    account = new SegmentAccount();
  }

  /** Lets go of what is needed to put more. */
  void forget() {
    held = new Digest128[0];
  }

  /** Items whose keys follow each other. */
  int[] neighbours(int number, int count) {
    if (byKey.length == 0) {
      byKey =
          IntStream.range(0, held.length)
              .boxed()
              .sorted((a, b) -> Long.compareUnsigned(hash(a), hash(b)))
              .mapToInt(Integer::intValue)
              .toArray();
    }
    int from = Math.min(number, byKey.length - count);
    return Arrays.copyOfRange(byKey, from, from + count);
  }

  String wal() {
    return ArchivePaths.wal(
        partition.cluster(), partition.table(), partition.tableId(), partition.partition());
  }
}
