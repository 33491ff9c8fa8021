package dev.assay.infra;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when a configuration opens a port to other machines. That is allowed, but not by accident.
 */
final class ListenWarnings {
  private static final Logger LOG = LoggerFactory.getLogger(ListenWarnings.class);

  private ListenWarnings() {}

  /** For ports with mutual TLS. */
  static void encrypted(ConfigKey<?> key, HostPort address) {
    if (!address.isLoopback()) {
      LOG.warn(
          "{} is {}: other machines can reach it; only those with a certificate get in",
          key.name(),
          address);
    }
  }

  /** For plain HTTP; null when the port is off. */
  static void plain(ConfigKey<?> key, @Nullable HostPort address) {
    if (address != null && !address.isLoopback()) {
      LOG.warn(
          "{} is {}: other machines can reach it, and what goes over it is not encrypted",
          key.name(),
          address);
    }
  }
}
