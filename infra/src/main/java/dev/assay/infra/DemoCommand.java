package dev.assay.infra;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code assay demo}: a story on a throw-away cluster; exit 0 only if all of it happened. */
@Command(
    name = "demo",
    description = {
      "Shows what Assay does, on a throw-away cluster of three node processes on free ports:",
      "writes through the DynamoDB API, kills a node with SIGKILL, keeps serving, restarts it, and",
      "shows that all three replicas hold the same digest at one log position, and that the whole",
      "log up to there is archived and verified."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--kill",
      paramLabel = "NODE",
      description = "the node to kill: node-a, node-b or node-c (default: the one that leads)")
  private @Nullable String victim;

  @Option(
      names = "--items",
      paramLabel = "N",
      defaultValue = "500",
      description = "how many items to write before and after (default: ${DEFAULT-VALUE})")
  private int items;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "seed of the items' contents (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(names = "--keep", description = "leave the cluster's folder behind, and say where it is")
  private boolean keep;

  @Override
  public Integer call() throws Exception {
    checkArguments();
    RuntimeCheck.requireSafeRuntime();
    Logging.onlyWarnings();
    Path folder = Files.createTempDirectory("assay-demo-");
    try {
      return new Demo(folder, victim, items, seed, spec.commandLine().getOut()).tell();
    } finally {
      if (keep) {
        spec.commandLine().getErr().println("kept: " + folder);
      } else {
        delete(folder);
      }
    }
  }

  private void checkArguments() {
    if (victim != null && !ClusterProcesses.NODES.contains(victim)) {
      throw new ParameterException(
          spec.commandLine(),
          "--kill is " + victim + "; it takes one of " + String.join(", ", ClusterProcesses.NODES));
    }
    if (items < 1 || items > 1_000_000) {
      throw new ParameterException(
          spec.commandLine(), "--items is " + items + "; it takes 1 to 1000000");
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
