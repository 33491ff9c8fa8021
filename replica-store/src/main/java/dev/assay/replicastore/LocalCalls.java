package dev.assay.replicastore;

import dev.assay.replicastore.NodeCalls.CallFailed.NotFound;
import dev.assay.replicastore.NodeCalls.CallFailed.Unavailable;
import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import dev.assay.replicastore.store.CheckpointFailed;
import dev.assay.replicastore.store.CheckpointInfo;
import dev.assay.replicastore.store.StateDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** A node's calls, answered by the node itself. */
public final class LocalCalls implements NodeCalls {
  private static final int READ_BYTES_MAX = 4 << 20;

  private final Node node;

  public LocalCalls(Node node) {
    this.node = node;
  }

  @Override
  public List<ReplicaStatus> replicas() {
    return node.replicas().stream().map(Replica::status).toList();
  }

  @Override
  public long barrier(PartitionId partition, UUID run) throws CallFailed {
    Replica replica = replica(partition);
    flushBeforehand(replica);
    return replica.logBarrier(run);
  }

  /** So that little is left to flush at the barrier itself. */
  private static void flushBeforehand(Replica replica) throws CallFailed {
    try {
      replica.store().flush();
    } catch (ReplicaStopped e) {
      replica.stop(e);
      throw stopped(e);
    }
  }

  @Override
  public Checkpoint checkpoint(PartitionId partition, UUID run) throws CallFailed {
    Replica replica = replica(partition);
    try {
      return describe(replica.store().checkpointNow(run));
    } catch (CheckpointFailed e) {
      throw new Unavailable("no checkpoint was taken: " + e.getMessage());
    } catch (ReplicaStopped e) {
      replica.stop(e);
      throw stopped(e);
    }
  }

  @Override
  public Checkpoint find(PartitionId partition, UUID run) throws CallFailed {
    return describe(checkpointOf(partition, run));
  }

  @Override
  public CheckpointDigest digest(PartitionId partition, UUID run) throws CallFailed {
    CheckpointInfo checkpoint = checkpointOf(partition, run);
    try {
      StateDigest digest = StateDigest.of(checkpoint.folder());
      return new CheckpointDigest(digest.position().applied(), digest.digest(), digest.items());
    } catch (IOException e) {
      throw new Unavailable("the checkpoint can't be read: " + e.getMessage());
    }
  }

  @Override
  public byte[] read(PartitionId partition, UUID run, String file, long offset, int bytesMax)
      throws CallFailed {
    CheckpointInfo checkpoint = checkpointOf(partition, run);
    for (Path path : files(checkpoint)) {
      if (path.getFileName().toString().equals(file)) {
        return read(path, offset, Math.min(bytesMax, READ_BYTES_MAX));
      }
    }
    throw new NotFound("the checkpoint of run " + run + " has no file " + file);
  }

  private static byte[] read(Path path, long offset, int bytesMax) throws CallFailed {
    try (FileChannel channel = FileChannel.open(path)) {
      long rest = Math.max(0, channel.size() - offset);
      ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(rest, bytesMax));
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, offset + buffer.position()) < 0) {
          throw new Unavailable(path.getFileName() + " became shorter while it was read");
        }
      }
      return buffer.array();
    } catch (IOException e) {
      throw new Unavailable(path.getFileName() + " can't be read: " + e.getMessage());
    }
  }

  @Override
  public void release(PartitionId partition, UUID run) throws CallFailed {
    try {
      replica(partition).store().release(run);
    } catch (IOException | ReplicaStopped e) {
      throw new Unavailable("the checkpoint can't be released: " + e.getMessage());
    }
  }

  private Replica replica(PartitionId partition) throws NotFound {
    Replica replica = node.replica(partition);
    if (replica == null) {
      throw new NotFound(node.name() + " does not hold partition " + partition);
    }
    return replica;
  }

  private CheckpointInfo checkpointOf(PartitionId partition, UUID run) throws CallFailed {
    try {
      for (CheckpointInfo checkpoint : replica(partition).store().checkpoints()) {
        if (checkpoint.run().equals(run)) {
          return checkpoint;
        }
      }
    } catch (IOException | ReplicaStopped e) {
      throw new Unavailable("the checkpoints can't be listed: " + e.getMessage());
    }
    throw new NotFound(node.name() + " has no checkpoint of run " + run);
  }

  private static Checkpoint describe(CheckpointInfo checkpoint) throws CallFailed {
    List<Checkpoint.File> files = new ArrayList<>();
    try {
      for (Path path : files(checkpoint)) {
        files.add(new Checkpoint.File(path.getFileName().toString(), Files.size(path)));
      }
    } catch (IOException e) {
      throw new Unavailable("the checkpoint can't be read: " + e.getMessage());
    }
    return new Checkpoint(checkpoint.position().applied(), files);
  }

  /** The descriptor and RocksDB's files; no two have one name, though they lie in two folders. */
  private static List<Path> files(CheckpointInfo checkpoint) throws CallFailed {
    List<Path> files = new ArrayList<>();
    for (Path folder : List.of(checkpoint.folder(), checkpoint.data())) {
      try (Stream<Path> paths = Files.list(folder)) {
        paths.filter(Files::isRegularFile).sorted().forEach(files::add);
      } catch (IOException e) {
        throw new Unavailable("the checkpoint can't be listed: " + e.getMessage());
      }
    }
    return files;
  }

  private static Unavailable stopped(ReplicaStopped e) {
    return new Unavailable("the replica stopped: " + e.getMessage());
  }
}
