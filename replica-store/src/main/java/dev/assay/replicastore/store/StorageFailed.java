package dev.assay.replicastore.store;

import java.io.IOException;

/**
 * The disk refuses to read, write or sync. Not an error of this partition alone, so it is not a
 * ReplicaStopped: whoever runs the role stops it with this message. The store that met it does
 * nothing more, so that what could not be made durable is never acknowledged later.
 */
public final class StorageFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final Kind kind;

  StorageFailed(Kind kind, String what, Throwable cause) {
    super(what + ": " + cause.getMessage() + "; " + kind.action, cause);
    this.kind = kind;
  }

  /** The disk refused a file of ours, rather than RocksDB's. */
  public static StorageFailed of(String what, IOException refused) {
    boolean full = String.valueOf(refused.getMessage()).contains("No space left");
    return new StorageFailed(full ? Kind.FULL : Kind.IO, what, refused);
  }

  public Kind kind() {
    return kind;
  }

  /** What the disk refused, and so what to do. */
  public enum Kind {
    FULL("the disk is full: free space on it, then start again"),
    SYNC(
        "the disk did not confirm a write, and may have lost it:"
            + " check the disk and its log, then start again; what was not confirmed is applied"
            + " again from the log"),
    IO("the disk does not read or write: check the disk, its mount and its log, then start again");

    private final String action;

    Kind(String action) {
      this.action = action;
    }
  }
}
