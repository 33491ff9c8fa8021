package dev.assay.replicastore.store;

/**
 * An entry of the log that can't be applied here: it is damaged, belongs to another partition,
 * leaves a hole, or asks for what this version can't do. The message says what and where.
 */
public final class WrongEntry extends Exception {
  private static final long serialVersionUID = 1L;

  WrongEntry(String message) {
    super(message);
  }

  WrongEntry(String message, Throwable cause) {
    super(message, cause);
  }
}
