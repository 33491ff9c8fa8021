package dev.assay.replicastore.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.assay.logformat.Batch;
import dev.assay.logformat.BatchCodec;
import dev.assay.logformat.Digest128;
import dev.assay.logformat.Fence;
import dev.assay.logformat.HybridTime;
import dev.assay.logformat.Mutation;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.consensus.LogEntry;
import java.util.List;
import java.util.UUID;

/** Writes a log as one leader after another would, entry by entry. */
final class TestLog {
  static final PartitionId PARTITION = new PartitionId(new UUID(7, 8), 3);

  private long nextLsn;
  private long term = 1;
  private long sequence;
  private long hybridTime = HybridTime.of(1_700_000_000_000L, 0);

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  static Mutation put(String key, String item) {
    return new Mutation.Put(bytes(key), bytes(item), Digest128.NONE);
  }

  static Mutation delete(String key) {
    return new Mutation.Delete(bytes(key), Digest128.NONE);
  }

  static Mutation expire(String key) {
    return new Mutation.Expire(bytes(key), Digest128.NONE);
  }

  static Mutation barrier(UUID run) {
    return new Mutation.Barrier(run);
  }

  static LogEntry entry(long lsn, long term, Batch batch) {
    return new LogEntry(lsn, term, LogEntry.Kind.DATA, BatchCodec.encode(batch));
  }

  static Batch batch(Fence fence, long hybridTime, Mutation... mutations) {
    return new Batch(PARTITION.table(), PARTITION.number(), fence, hybridTime, List.of(mutations));
  }

  static Fence fence(long term, long sequence, long follows) {
    return new Fence(term, sequence, follows, "node-a");
  }

  long lastLsn() {
    return nextLsn - 1;
  }

  long term() {
    return term;
  }

  long lastHybridTime() {
    return hybridTime;
  }

  /** The next batch of the leader; every replica accepts it. */
  LogEntry data(Mutation... mutations) {
    hybridTime++;
    Fence fence = fence(term, sequence + 1, sequence);
    sequence++;
    return entry(nextLsn++, term, batch(fence, hybridTime, mutations));
  }

  /** A copy of the batch before (or one that skips the first); every replica refuses it. */
  LogEntry lateCopy(Mutation... mutations) {
    Fence fence = sequence == 0 ? fence(term, 2, 1) : fence(term, sequence, sequence - 1);
    return entry(nextLsn++, term, batch(fence, hybridTime, mutations));
  }

  LogEntry withoutData(LogEntry.Kind kind) {
    return new LogEntry(nextLsn++, term, kind, new byte[] {1, 2, 3});
  }

  void newLeader() {
    term++;
    sequence = 0;
  }
}
