package dev.assay.benchmarks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ProcessUseTest {
  private final ProcessUse self = new ProcessUse(ProcessHandle.current().pid());

  @Test
  void runningProcessHasUsedProcessorAndMemory() throws Exception {
    assertTrue(self.cpuNs() > 0);
    assertTrue(ProcessUse.machineCpuNs() > self.cpuNs());
    assertTrue(self.residentKb() > 1024);
    assertTrue(self.heapAfterCollectionKb() > 0);
  }
}
