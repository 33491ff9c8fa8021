package dev.assay.requestrouter;

import dev.assay.requestrouter.ErrorType.Outcome;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Counts and times requests by operation and outcome. All meters are made at the start: their
 * number does not depend on what clients send. Any thread may call.
 */
final class ApiMetrics {
  /** The label of requests for no operation that there is. */
  static final String NO_OPERATION = "none";

  private static final Duration[] BUCKETS = {
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5)
  };

  private final Map<String, Map<Outcome, Timer>> timers = new HashMap<>();

  ApiMetrics(MeterRegistry registry, Collection<String> operations, Admission admission) {
    operations.forEach(operation -> timers.put(operation, timers(registry, operation)));
    timers.put(NO_OPERATION, timers(registry, NO_OPERATION));
    Gauge.builder("assay.api.requests.in.flight", admission, Admission::inFlight)
        .description("Requests that are being handled")
        .register(registry);
  }

  private static Map<Outcome, Timer> timers(MeterRegistry registry, String operation) {
    Map<Outcome, Timer> timers = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      timers.put(
          outcome,
          // Prometheus takes one kind of metric under one name: all have buckets, or none.
          Timer.builder("assay.api.requests")
              .description("Requests to the DynamoDB API, from their headers to their answer")
              .tag("operation", operation)
              .tag("outcome", outcome.label)
              .serviceLevelObjectives(BUCKETS)
              .register(registry));
    }
    return timers;
  }

  /**
   * @param operation one of those given at the start, or {@link #NO_OPERATION}
   */
  void record(String operation, Outcome outcome, long nanos) {
    Map<Outcome, Timer> byOutcome = Objects.requireNonNull(timers.get(operation), operation);
    Objects.requireNonNull(byOutcome.get(outcome)).record(nanos, TimeUnit.NANOSECONDS);
  }
}
