package dev.assay.replicastore.consensus;

import org.jspecify.annotations.Nullable;

/**
 * How consensus stops the process: when a write to the log failed, or an apply failed in a way that
 * nobody foresaw. What is in memory then no longer agrees with the disk, and nothing may be
 * acknowledged any more. The role halts the process and returns never; a test records the call.
 * Called from any thread, possibly with locks held: it must not wait for consensus.
 */
@FunctionalInterface
public interface FatalStop {
  void stop(String message, @Nullable Throwable cause);
}
