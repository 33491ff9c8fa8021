package dev.assay.infra;

import dev.assay.referencebuilder.Partition;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;

/**
 * What is built of references, as metrics of the whole process: none has a label by partition, so
 * that their number does not grow with the tables. Any thread may call.
 */
final class ReferenceMetrics {
  private static final String FINDINGS = "assay.reference.findings";

  private final MeterRegistry registry;
  private final InstantSource clock;
  private final DoubleSupplier nodeBytesRead;
  private final Counter foldedBytes;
  private final Counter lineageBreaks;
  private final Timer folds;

  /** When each partition's reference was last known to hold all that was archived. */
  private final Map<String, Long> upToDateMs = new ConcurrentHashMap<>();

  /**
   * @param nodeBytesRead so far
   */
  ReferenceMetrics(MeterRegistry registry, InstantSource clock, DoubleSupplier nodeBytesRead) {
    this.registry = registry;
    this.clock = clock;
    this.nodeBytesRead = nodeBytesRead;
    foldedBytes =
        Counter.builder("assay.reference.folded")
            .baseUnit("bytes")
            .description("Bytes of archived frames folded into references")
            .register(registry);
    // The registry holds what it asks weakly.
    FunctionCounter.builder(
            "assay.reference.nodes.read", this, each -> each.nodeBytesRead.getAsDouble())
        .baseUnit("bytes")
        .description("Bytes of trees' nodes read, from the local disk or from the store")
        .register(registry);
    lineageBreaks =
        Counter.builder("assay.reference.lineage.breaks")
            .description("Mutations found that were evaluated on another item than their key held")
            .register(registry);
    folds =
        Timer.builder("assay.reference.folds")
            .description("Folds of one partition, whatever they came to")
            .register(registry);
    for (ReferenceState state : ReferenceState.values()) {
      if (state.isFinding()) {
        findings(state).increment(0);
      }
    }
    Gauge.builder("assay.reference.age", this, ReferenceMetrics::oldestSeconds)
        .baseUnit("seconds")
        .description(
            "Time since the partition that waits longest had all that was archived folded, since"
                + " the start; NaN before the first build")
        .register(registry);
  }

  private Counter findings(ReferenceState kind) {
    return Counter.builder(FINDINGS)
        .tag("kind", kind.name())
        .description("Partitions of which a run found something wrong, by its worst")
        .register(registry);
  }

  private double oldestSeconds() {
    return upToDateMs.values().stream().mapToLong(Long::longValue).min().stream()
        .mapToDouble(oldest -> Math.max(0, clock.millis() - oldest) / 1000.0)
        .findAny()
        .orElse(Double.NaN);
  }

  void folded(long framesBytes) {
    foldedBytes.increment((double) framesBytes);
  }

  void lineageBreak() {
    lineageBreaks.increment();
  }

  /** A partition was looked at. */
  void ended(ReferenceState state) {
    if (state.isFinding()) {
      findings(state).increment();
    }
  }

  void fold(long nanos) {
    folds.record(Duration.ofNanos(nanos));
  }

  /** Its reference held, at that time, all that was archived. */
  void upToDate(Partition partition, long atMs) {
    upToDateMs.put(name(partition), atMs);
  }

  /** All that there are: others do not age any more. */
  void retain(Collection<Partition> partitions) {
    Set<String> names = partitions.stream().map(ReferenceMetrics::name).collect(Collectors.toSet());
    upToDateMs.keySet().retainAll(names);
  }

  private static String name(Partition partition) {
    return partition.tableId() + "-" + partition.partition();
  }
}
