package dev.assay.replicastore;

import dev.assay.logformat.Batch;
import dev.assay.logformat.BatchCodec;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Mutation;
import dev.assay.replicastore.consensus.DiskLog;
import dev.assay.replicastore.consensus.Group;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A group whose log the test writes: what is appended waits until the test commits it, fails it, or
 * commits it after having failed it. Also the applied state, by the rule of the fence.
 */
final class FakeGroup implements Group, AppliedState {
  private final BlockingQueue<Appended> appended = new LinkedBlockingQueue<>();
  private final Map<ByteBuffer, byte[]> items = new ConcurrentHashMap<>();
  private final Map<Long, Long> acceptedSequences = new HashMap<>();
  final AtomicInteger confirmations = new AtomicInteger();
  volatile boolean confirms = true;
  volatile CompletableFuture<Void> heldConfirmation = CompletableFuture.completedFuture(null);
  volatile long hybridTime;

  /** Called with each key that is read, on the thread that evaluates. */
  volatile Consumer<byte[]> onRead = key -> {};

  private long lsn;

  record Appended(Batch batch, CompletableFuture<Long> future) {}

  @Override
  public CompletableFuture<Long> append(byte[] payload) {
    CompletableFuture<Long> future = new CompletableFuture<>();
    try {
      appended.add(new Appended(BatchCodec.decode(payload), future));
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
    return future;
  }

  /** The next batch that the pipeline appends. */
  Appended next() throws InterruptedException {
    Appended next = appended.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing was appended");
    }
    return next;
  }

  /** Whether nothing is appended for long enough that whoever could append would have. */
  boolean nothingComes() throws InterruptedException {
    return appended.poll(200, TimeUnit.MILLISECONDS) == null;
  }

  boolean nothingAppended() {
    return appended.isEmpty();
  }

  /**
   * Commits and applies, as every replica would in {@code term}; returns whether it was accepted.
   */
  boolean apply(Appended entry, long entryTerm, WritePipeline pipeline) {
    Batch batch = entry.batch();
    boolean accepted =
        batch.fence().term() == entryTerm && batch.fence().follows() == acceptedSequence(entryTerm);
    long position;
    synchronized (this) {
      position = ++lsn;
      if (accepted) {
        acceptedSequences.put(entryTerm, batch.fence().sequence());
        batch.mutations().forEach(this::apply);
      }
    }
    pipeline.applied(batch.fence().term(), batch.fence().sequence(), accepted, position);
    entry.future().complete(position);
    return accepted;
  }

  private void apply(Mutation mutation) {
    switch (mutation) {
      case Mutation.Put(byte[] key, byte[] item, var before) ->
          items.put(ByteBuffer.wrap(key), item);
      case Mutation.Delete(byte[] key, var before) -> items.remove(ByteBuffer.wrap(key));
      case Mutation.Expire(byte[] key, var before) -> items.remove(ByteBuffer.wrap(key));
      case Mutation.Barrier barrier -> {}
      case Mutation.Cut cut -> {}
      case Mutation.ArchiveHead head -> {}
      case Mutation.Ingest ingest -> {}
      case Mutation.Reserved reserved -> {}
    }
  }

  @Override
  public CompletableFuture<Void> confirmLeadership() {
    confirmations.incrementAndGet();
    return confirms ? heldConfirmation : CompletableFuture.failedFuture(new NotLeading("node-b"));
  }

  @Override
  public byte @Nullable [] itemAt(byte[] key) {
    onRead.accept(key);
    return items.get(ByteBuffer.wrap(key));
  }

  @Override
  public synchronized long acceptedSequence(long term) {
    return acceptedSequences.getOrDefault(term, 0L);
  }

  @Override
  public long hybridTime() {
    return hybridTime;
  }

  @Override
  public Status status() {
    return new Status(1, Role.LEADER, "node-a", lsn, lsn, lsn, 0);
  }

  @Override
  public DiskLog diskLog() {
    throw new UnsupportedOperationException("it has no disk");
  }

  @Override
  public void stepDown() {}

  @Override
  public void requestSnapshot() {}
}
