package dev.assay.replicastore;

import dev.assay.logformat.Digest128;
import dev.assay.replicastore.consensus.Group;
import dev.assay.replicastore.consensus.LogPosition;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one node can be asked about its replicas, besides reading and writing items: their state,
 * and checkpoints. A checkpoint is named by the run that it was made for, and stays until it is
 * released or expires.
 *
 * <p>Every method blocks; call from a virtual thread. Each way to fail is a type of {@link
 * CallFailed}.
 */
public interface NodeCalls {

  /** The replicas that this node holds, stopped ones included. */
  List<ReplicaStatus> replicas() throws CallFailed;

  /**
   * Appends a barrier, at whose position every storage replica takes its checkpoint. Answered by
   * the leader.
   *
   * @return the barrier's position
   */
  long barrier(PartitionId partition, UUID run) throws CallFailed;

  /** Takes a checkpoint of this node's replica as it is now. */
  Checkpoint checkpoint(PartitionId partition, UUID run) throws CallFailed;

  /** The checkpoint that this node's replica holds for the run. */
  Checkpoint find(PartitionId partition, UUID run) throws CallFailed;

  /** Reads the whole checkpoint, so it takes a while. */
  CheckpointDigest digest(PartitionId partition, UUID run) throws CallFailed;

  /**
   * Bytes of one of the checkpoint's files, from {@code offset}: at least one and at most {@code
   * bytesMax}, or none at its end.
   *
   * @param file a name in {@link Checkpoint#files}; any other is {@link CallFailed.NotFound}
   */
  byte[] read(PartitionId partition, UUID run, String file, long offset, int bytesMax)
      throws CallFailed;

  /** Deletes the checkpoint; no error when there is none. */
  void release(PartitionId partition, UUID run) throws CallFailed;

  /**
   * @param group the member's part in consensus
   * @param applied the last position whose effect is in the store
   * @param stopped why the replica stopped; null while it runs
   */
  record ReplicaStatus(
      PartitionId partition, Group.Status group, LogPosition applied, @Nullable String stopped) {}

  /**
   * @param position of the last entry whose effect the checkpoint has
   */
  record Checkpoint(LogPosition position, List<File> files) {
    public Checkpoint {
      files = List.copyOf(files);
    }

    /**
     * A file of the checkpoint.
     *
     * @param name without any folder, because whoever fetches the file makes one of that name
     */
    public record File(String name, long sizeBytes) {
      public File {
        boolean inFolder = name.indexOf('/') >= 0 || name.indexOf('\\') >= 0;
        if (name.isEmpty()
            || inFolder
            || name.indexOf('\0') >= 0
            || name.equals(".")
            || name.equals("..")) {
          throw new IllegalArgumentException("not the name of a file: \"" + name + "\"");
        }
        if (sizeBytes < 0) {
          throw new IllegalArgumentException(name + " has a negative size: " + sizeBytes);
        }
      }
    }
  }

  /**
   * @param digest of all items, whatever files they lie in: equal on replicas that hold the same
   */
  record CheckpointDigest(LogPosition position, Digest128 digest, long items) {}

  /** A call that was not carried out, or not as far as anybody knows. */
  abstract sealed class CallFailed extends Exception {
    private static final long serialVersionUID = 1L;

    private CallFailed(String message) {
      super(message);
    }

    /** The node holds no such replica, checkpoint or file. */
    public static final class NotFound extends CallFailed {
      private static final long serialVersionUID = 1L;

      public NotFound(String what) {
        super(what);
      }
    }

    /** Nothing was done: another node leads, or nobody does. */
    public static final class NotLeader extends CallFailed {
      private static final long serialVersionUID = 1L;
      private final @Nullable String leader;

      public NotLeader(@Nullable String leader) {
        super(leader == null ? "no leader is known" : "the leader is " + leader);
        this.leader = leader;
      }

      public @Nullable String leader() {
        return leader;
      }
    }

    /** Nothing was done: the node can't be reached, or can't do it now. */
    public static final class Unavailable extends CallFailed {
      private static final long serialVersionUID = 1L;

      public Unavailable(String reason) {
        super(reason);
      }
    }

    /** It may or may not have been done, now or later. */
    public static final class OutcomeUnknown extends CallFailed {
      private static final long serialVersionUID = 1L;

      public OutcomeUnknown(String reason) {
        super(reason);
      }
    }
  }
}
