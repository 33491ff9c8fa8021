package dev.assay.replicastore.store;

/** No checkpoint was taken; the store goes on. The message says why. */
public final class CheckpointFailed extends Exception {
  private static final long serialVersionUID = 1L;

  CheckpointFailed(String message) {
    super(message);
  }

  CheckpointFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
