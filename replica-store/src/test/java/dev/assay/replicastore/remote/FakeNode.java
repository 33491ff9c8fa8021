package dev.assay.replicastore.remote;

import dev.assay.logformat.Digest128;
import dev.assay.replicastore.NodeCalls;
import dev.assay.replicastore.PartitionAccess;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionRequest;
import dev.assay.replicastore.consensus.Group;
import dev.assay.replicastore.consensus.LogPosition;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A node that answers from memory, counts what reaches it, and can be told to wait or to fail. */
final class FakeNode implements PartitionAccess, NodeCalls {
  static final PartitionId PARTITION = new PartitionId(new UUID(1, 2), 3);
  static final UUID RUN = new UUID(4, 5);
  static final LogPosition POSITION = new LogPosition(42, 7);
  static final CheckpointDigest DIGEST = new CheckpointDigest(POSITION, new Digest128(8, 9), 1000);
  static final ReplicaStatus STATUS =
      new ReplicaStatus(
          PARTITION,
          new Group.Status(7, Group.Role.FOLLOWER, "node-b", 44, 43, 42, 0),
          POSITION,
          null);

  final AtomicInteger asked = new AtomicInteger();
  final ConcurrentLinkedQueue<String> filesRead = new ConcurrentLinkedQueue<>();
  final Map<String, byte[]> files = new TreeMap<>();
  volatile @Nullable List<Checkpoint.File> listed;
  volatile PartitionReply reply = new PartitionReply.Written(42, null, null);
  volatile @Nullable CallFailed failure;
  volatile @Nullable RuntimeException bug;
  volatile @Nullable CountDownLatch wait;

  @Override
  public PartitionReply ask(PartitionRequest request) {
    PartitionReply planned = reply;
    asked.incrementAndGet();
    misbehave();
    return planned;
  }

  @Override
  public List<ReplicaStatus> replicas() throws CallFailed {
    fail();
    return List.of(STATUS);
  }

  @Override
  public long barrier(PartitionId partition, UUID run) throws CallFailed {
    fail();
    return POSITION.lsn();
  }

  @Override
  public Checkpoint checkpoint(PartitionId partition, UUID run) throws CallFailed {
    fail();
    return checkpoint();
  }

  @Override
  public Checkpoint find(PartitionId partition, UUID run) throws CallFailed {
    fail();
    if (!partition.equals(PARTITION) || !run.equals(RUN)) {
      throw new CallFailed.NotFound("no checkpoint of run " + run);
    }
    return checkpoint();
  }

  private Checkpoint checkpoint() {
    List<Checkpoint.File> planned = listed;
    if (planned != null) {
      return new Checkpoint(POSITION, planned);
    }
    return new Checkpoint(
        POSITION,
        files.entrySet().stream()
            .map(file -> new Checkpoint.File(file.getKey(), file.getValue().length))
            .toList());
  }

  @Override
  public CheckpointDigest digest(PartitionId partition, UUID run) throws CallFailed {
    fail();
    return DIGEST;
  }

  @Override
  public byte[] read(PartitionId partition, UUID run, String file, long offset, int bytesMax)
      throws CallFailed {
    fail();
    filesRead.add(file);
    byte[] all = files.getOrDefault(file, new byte[0]);
    int from = (int) Math.min(offset, all.length);
    return Arrays.copyOfRange(all, from, Math.min(all.length, from + bytesMax));
  }

  @Override
  public void release(PartitionId partition, UUID run) throws CallFailed {
    fail();
  }

  private void fail() throws CallFailed {
    misbehave();
    CallFailed planned = failure;
    if (planned != null) {
      throw planned;
    }
  }

  private void misbehave() {
    CountDownLatch latch = wait;
    if (latch != null) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    RuntimeException planned = bug;
    if (planned != null) {
      throw planned;
    }
  }
}
