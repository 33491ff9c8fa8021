package dev.assay.replicastore.consensus;

import java.io.IOException;

/** A log on disk that is not what it must be; the message names the file, and what is wrong. */
public final class LogDamaged extends IOException {
  private static final long serialVersionUID = 1L;

  LogDamaged(String message) {
    super(message);
  }
}
