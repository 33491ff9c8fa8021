package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessMetricsTest {
  @Test
  void residentMemoryIsInBytes(@TempDir Path folder) throws IOException {
    Path status =
        Files.writeString(folder.resolve("status"), "VmHWM:\t 9 kB\nVmRSS:\t    2048 kB\n");
    assertEquals(2 << 20, ProcessMetrics.residentBytes(status));
  }

  @Test
  void unknownResidentMemoryIsNotZero(@TempDir Path folder) throws IOException {
    assertTrue(Double.isNaN(ProcessMetrics.residentBytes(folder.resolve("missing"))));
    Path status = Files.writeString(folder.resolve("status"), "Name:\tjava\n");
    assertTrue(Double.isNaN(ProcessMetrics.residentBytes(status)));
  }

  @Test
  void everyKindOfProcessMetricIsThere() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (ProcessMetrics _ = ProcessMetrics.bindTo(registry)) {
      for (String name :
          new String[] {
            "process.resident.memory",
            "process.uptime",
            "process.cpu.usage",
            "process.files.open",
            "jvm.memory.used",
            "jvm.gc.live.data.size",
            "jvm.threads.live"
          }) {
        assertEquals(1, Math.min(1, registry.find(name).meters().size()), name);
      }
    }
  }
}
