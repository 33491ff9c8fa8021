package dev.assay.infra;

import java.lang.management.ManagementFactory;
import java.util.List;

/** Refuses Java runtimes that are known to corrupt data, and names the bug. */
final class RuntimeCheck {
  private RuntimeCheck() {}

  static void requireSafeRuntime() {
    String refusal =
        refusal(
            Runtime.version(),
            ManagementFactory.getRuntimeMXBean().getInputArguments(),
            collectors());
    if (refusal != null) {
      throw new CommandFailure(ExitCode.USAGE, refusal);
    }
  }

  private static List<String> collectors() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .map(bean -> bean.getName())
        .toList();
  }

  /** Null when the runtime is safe as far as we know. */
  static @org.jspecify.annotations.Nullable String refusal(
      Runtime.Version version, List<String> arguments, List<String> collectors) {
    boolean g1 = collectors.stream().anyMatch(name -> name.startsWith("G1"));
    if (g1 && version.feature() == 25 && version.interim() == 0 && version.update() < 3) {
      return "Java "
          + version
          + " with G1 can corrupt arrays that native code has pinned (JDK-8377811);"
          + " use 25.0.3 or newer, or another collector (-XX:+UseParallelGC)";
    }
    if (arguments.contains("-XX:+UseCompactObjectHeaders")) {
      return "-XX:+UseCompactObjectHeaders can corrupt the heap (JDK-8380060); start without it";
    }
    return null;
  }
}
