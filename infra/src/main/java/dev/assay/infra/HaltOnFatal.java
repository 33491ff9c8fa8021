package dev.assay.infra;

import dev.assay.replicastore.consensus.FatalStop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process at once: what is in memory no longer agrees with the disk, and an orderly stop
 * could still acknowledge something.
 */
final class HaltOnFatal implements FatalStop {
  private static final Logger log = LoggerFactory.getLogger(HaltOnFatal.class);

  @Override
  public void stop(String message, @Nullable Throwable cause) {
    log.error("the process stops: {}", message, cause);
    Runtime.getRuntime().halt(ExitCode.INTERNAL.number);
  }
}
