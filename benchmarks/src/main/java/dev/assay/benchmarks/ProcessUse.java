package dev.assay.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the process under test takes from the machine (Linux). Any thread may call. */
final class ProcessUse {
  private static final Pattern HEAP_USED = Pattern.compile("used (\\d+)K");
  private static final long TICKS_PER_SECOND = 100;

  /** Of the first line of /proc/stat: user, nice, system, interrupts, stolen. */
  private static final List<Integer> BUSY_FIELDS = List.of(1, 2, 3, 6, 7, 8);

  private final long pid;

  ProcessUse(long pid) {
    this.pid = pid;
  }

  /** Processor time of all its threads since it started. */
  long cpuNs() throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
    long ticks = Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12));
    return TimeUnit.SECONDS.toNanos(1) / TICKS_PER_SECOND * ticks;
  }

  /** Processor time of the whole machine since it started, idle time apart. */
  static long machineCpuNs() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
      List<String> fields = List.of(lines.findFirst().orElseThrow().split(" +"));
      long ticks = 0;
      for (int field : BUSY_FIELDS) {
        ticks += Long.parseLong(fields.get(field));
      }
      return TimeUnit.SECONDS.toNanos(1) / TICKS_PER_SECOND * ticks;
    }
  }

  long residentKb() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("process " + pid + " has no VmRSS");
  }

  /** What is left of the heap after a full collection. */
  long heapAfterCollectionKb() throws IOException, InterruptedException {
    jcmd("GC.run");
    return heapKb();
  }

  /** What is used of the heap, garbage included. */
  long heapKb() throws IOException, InterruptedException {
    String heap = jcmd("GC.heap_info").replaceFirst("(?s)Metaspace.*", "");
    long used =
        HEAP_USED.matcher(heap).results().mapToLong(match -> Long.parseLong(match.group(1))).sum();
    if (used == 0) {
      throw new IOException("GC.heap_info of process " + pid + " is not understood: " + heap);
    }
    return used;
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid),
                command)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("jcmd " + pid + " " + command + ": " + output);
    }
    return output;
  }
}
