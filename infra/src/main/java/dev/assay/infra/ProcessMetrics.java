package dev.assay.infra;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What every role tells about its process: memory, collections, processors, threads, age. */
final class ProcessMetrics implements AutoCloseable {
  private static final String RESIDENT = "VmRSS:";
  private static final int BYTES_PER_KB = 1024;

  private final JvmGcMetrics collections = new JvmGcMetrics();

  private ProcessMetrics() {}

  static ProcessMetrics bindTo(MeterRegistry registry) {
    ProcessMetrics metrics = new ProcessMetrics();
    new JvmMemoryMetrics().bindTo(registry);
    metrics.collections.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    Path status = Path.of("/proc/self/status");
    Gauge.builder("process.resident.memory", status, ProcessMetrics::residentBytes)
        .baseUnit("bytes")
        .description("Memory of the process that is in RAM, native memory included")
        .strongReference(true)
        .register(registry);
    return metrics;
  }

  /** Not a number where the system does not say. */
  static double residentBytes(Path status) {
    List<String> lines;
    try {
      lines = Files.readAllLines(status);
    } catch (IOException _) {
      return Double.NaN;
    }
    for (String line : lines) {
      if (line.startsWith(RESIDENT) && line.endsWith(" kB")) {
        String number = line.substring(RESIDENT.length(), line.length() - " kB".length()).strip();
        return Double.parseDouble(number) * BYTES_PER_KB;
      }
    }
    return Double.NaN;
  }

  @Override
  public void close() {
    collections.close();
  }
}
