package dev.assay.infra;

import org.jspecify.annotations.Nullable;

/**
 * One thing that has to be well before the process is ready. Asked for every {@code /readyz}, from
 * any thread and from several at once; it answers from what is known and does not wait.
 */
interface HealthCheck {
  /** Lower case, with hyphens: what {@code /readyz?verbose} lists. */
  String name();

  /** What is wrong, in words and in one line; null when nothing is. */
  @Nullable String problem();
}
