package dev.assay.replicastore.remote;

import dev.assay.replicastore.NodeCalls;
import dev.assay.replicastore.NodeCalls.CallFailed;
import dev.assay.replicastore.NodeCalls.Checkpoint;
import dev.assay.replicastore.NodeCalls.CheckpointDigest;
import dev.assay.replicastore.NodeCalls.ReplicaStatus;
import dev.assay.replicastore.PartitionId;
import java.util.List;
import java.util.UUID;

/** A call of {@link NodeCalls} on its way to another process. */
sealed interface Call {
  /** A reader that wants more asks again. */
  int PART_BYTES_MAX = 4 << 20;

  record Replicas() implements Call {}

  record Barrier(PartitionId partition, UUID run) implements Call {}

  record TakeCheckpoint(PartitionId partition, UUID run) implements Call {}

  record Find(PartitionId partition, UUID run) implements Call {}

  record Digest(PartitionId partition, UUID run) implements Call {}

  record Read(PartitionId partition, UUID run, String file, long offset, int bytesMax)
      implements Call {

    /** Only names that the checkpoint lists are ever looked for on disk. */
    private byte[] checked(NodeCalls calls) throws CallFailed {
      boolean listed =
          calls.find(partition, run).files().stream().anyMatch(each -> each.name().equals(file));
      if (!listed) {
        throw new CallFailed.NotFound("checkpoint " + run + " has no file \"" + file + "\"");
      }
      return calls.read(partition, run, file, offset, Math.min(bytesMax, PART_BYTES_MAX));
    }
  }

  record Release(PartitionId partition, UUID run) implements Call {}

  /** Whether carrying it out changes anything, so that a lost answer leaves something unknown. */
  default boolean changes() {
    return switch (this) {
      case Barrier _, TakeCheckpoint _, Release _ -> true;
      case Replicas _, Find _, Digest _, Read _ -> false;
    };
  }

  /** Whether it may take minutes. */
  default boolean slow() {
    return switch (this) {
      case Barrier _, TakeCheckpoint _, Digest _ -> true;
      case Replicas _, Find _, Read _, Release _ -> false;
    };
  }

  /** What comes back. */
  sealed interface Answer {
    record Statuses(List<ReplicaStatus> replicas) implements Answer {
      public Statuses {
        replicas = List.copyOf(replicas);
      }
    }

    record Position(long lsn) implements Answer {}

    record Found(Checkpoint checkpoint) implements Answer {}

    record Digested(CheckpointDigest digest) implements Answer {}

    record Part(byte[] bytes) implements Answer {}

    record Released() implements Answer {}

    record Failed(CallFailed failure) implements Answer {}
  }

  /** Carries the call out on the node that it is for. */
  default Answer on(NodeCalls calls) {
    try {
      return switch (this) {
        case Replicas() -> new Answer.Statuses(calls.replicas());
        case Barrier(PartitionId partition, UUID run) ->
            new Answer.Position(calls.barrier(partition, run));
        case TakeCheckpoint(PartitionId partition, UUID run) ->
            new Answer.Found(calls.checkpoint(partition, run));
        case Find(PartitionId partition, UUID run) -> new Answer.Found(calls.find(partition, run));
        case Digest(PartitionId partition, UUID run) ->
            new Answer.Digested(calls.digest(partition, run));
        case Read read -> new Answer.Part(read.checked(calls));
        case Release(PartitionId partition, UUID run) -> {
          calls.release(partition, run);
          yield new Answer.Released();
        }
      };
    } catch (CallFailed failure) {
      return new Answer.Failed(failure);
    }
  }
}
