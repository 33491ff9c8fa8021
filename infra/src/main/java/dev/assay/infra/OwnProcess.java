package dev.assay.infra;

import java.nio.file.Path;
import java.util.List;

/** How to start this very program again in another process, which will not live long. */
final class OwnProcess {
  private static final String NODE_HEAP = "-Xmx192m";

  /** The first compiler alone, which takes half the processor time until a node is ready. */
  private static final String COMPILER = "-XX:TieredStopAtLevel=1";

  private OwnProcess() {}

  static List<String> javaCommand() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        NODE_HEAP,
        COMPILER,
        "-XX:+UseG1GC",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-cp",
        System.getProperty("java.class.path"),
        "dev.assay.infra.Assay");
  }
}
