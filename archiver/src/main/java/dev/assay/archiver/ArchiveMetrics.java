package dev.assay.archiver;

import dev.assay.archiver.AgentStatus.State;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the agents of a node do, as metrics of the whole node: none has a label by partition, so
 * that their number does not grow with the tables. Any thread.
 */
final class ArchiveMetrics implements ArchiveEvents, AutoCloseable {
  private static final String NODE = "node";

  private final MeterRegistry registry;
  private final String node;
  private final Supplier<List<AgentStatus>> statuses;
  private final InstantSource clock;
  private final List<Meter> meters = new ArrayList<>();
  private final Map<ArchiveFinding.Kind, Counter> found = new EnumMap<>(ArchiveFinding.Kind.class);
  private final Counter uploadedBytes;
  private final Counter written;
  private final Counter adopted;
  private final Counter conflicts;
  private final Counter retries;
  private final Counter misreads;
  private final Counter failures;

  ArchiveMetrics(
      MeterRegistry registry,
      String node,
      Supplier<List<AgentStatus>> statuses,
      InstantSource clock) {
    this.node = node;
    this.registry = registry;
    this.statuses = statuses;
    this.clock = clock;
    uploadedBytes =
        counter(
            Counter.builder("assay.archive.uploaded").baseUnit("bytes"),
            "Bytes of segments written");
    written = segments("written");
    adopted = segments("adopted");
    conflicts =
        counter(
            Counter.builder("assay.archive.conflicts"), "Creates that met an object already there");
    retries = counter(Counter.builder("assay.archive.retries"), "Store calls to be made again");
    misreads = counter(Counter.builder("assay.archive.misreads"), "Reads that did not fit the log");
    failures =
        counter(Counter.builder("assay.archive.agent.failures"), "Agents that had to start again");
    for (ArchiveFinding.Kind kind : ArchiveFinding.Kind.values()) {
      found.put(
          kind,
          counter(
              Counter.builder("assay.archive.findings").tag("kind", kind.name()),
              "Things found wrong with the archive or the log"));
    }
    gauge(
        "assay.archive.lag", "seconds", "Age of the oldest change not archived", this::lagSeconds);
    gauge("assay.archive.tail.entries", null, "Entries not archived", this::tailEntries);
    gauge("assay.archive.tail", "bytes", "Bytes of frames not archived", this::tailBytes);
    gauge(
        "assay.archive.tails.too.long",
        null,
        "Partitions whose tail is above its bound",
        all -> all.stream().filter(AgentStatus::tailTooLong).count());
    gauge(
        "assay.archive.agents.stuck",
        null,
        "Agents that can't go beyond a finding",
        all -> all.stream().filter(status -> status.state() == State.FINDING).count());
  }

  private Counter segments(String by) {
    return counter(
        Counter.builder("assay.archive.segments").tag("result", by),
        "Segments archived and equal to the log");
  }

  private Counter counter(Counter.Builder builder, String description) {
    Counter counter = builder.tag(NODE, node).description(description).register(registry);
    meters.add(counter);
    return counter;
  }

  private void gauge(
      String name,
      @Nullable String unit,
      String description,
      ToDoubleFunction<Collection<AgentStatus>> value) {
    meters.add(
        Gauge.builder(name, () -> value.applyAsDouble(statuses.get()))
            .tag(NODE, node)
            .baseUnit(unit)
            .description(description)
            .register(registry));
  }

  private double lagSeconds(Collection<AgentStatus> all) {
    long now = clock.millis();
    long worst = 0;
    for (AgentStatus status : all) {
      if (status.tailSinceMs() != 0) {
        worst = Math.max(worst, now - status.tailSinceMs());
      }
    }
    return worst / 1000.0;
  }

  private double tailEntries(Collection<AgentStatus> all) {
    return all.stream().mapToLong(AgentStatus::tailEntries).sum();
  }

  private double tailBytes(Collection<AgentStatus> all) {
    return all.stream().mapToLong(AgentStatus::tailBytes).sum();
  }

  /** An agent, or what starts them, ended without being asked to. */
  void failed() {
    failures.increment();
  }

  @Override
  public void uploaded(long objectBytes) {
    uploadedBytes.increment(objectBytes);
  }

  @Override
  public void archived(boolean own) {
    (own ? written : adopted).increment();
  }

  @Override
  public void conflict() {
    conflicts.increment();
  }

  @Override
  public void retried() {
    retries.increment();
  }

  @Override
  public void misread() {
    misreads.increment();
  }

  @Override
  public void found(ArchiveFinding finding) {
    Counter counter = found.get(finding.kind());
    if (counter != null) {
      counter.increment();
    }
  }

  @Override
  public void close() {
    meters.forEach(registry::remove);
  }
}
