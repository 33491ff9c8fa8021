package dev.assay.archiver;

import dev.assay.logformat.ClusterRoot;
import dev.assay.logformat.SigningKey;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a node's archiver is made of.
 *
 * @param writing the client that writes
 * @param reading the client that reads back, of another make, so that one bug does not vouch for
 *     itself
 * @param key this node's
 * @param root certifies every node's key
 * @param cursors the folder for the agents' cursors
 * @param logs of the replicas that this node holds; asked again and again
 */
public record ArchiveSetup(
    ObjectStore writing,
    ObjectStore reading,
    SigningKey key,
    ClusterRoot root,
    Path cursors,
    Logs logs,
    ArchiveOptions options,
    SegmentBudget budget,
    MeterRegistry registry,
    InstantSource clock,
    RandomGenerator random) {

  /** The replicas' logs as they are now. Any thread. */
  @FunctionalInterface
  public interface Logs {
    List<? extends CommittedLog> now();
  }
}
