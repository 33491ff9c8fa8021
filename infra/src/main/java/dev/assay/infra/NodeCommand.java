package dev.assay.infra;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code assay node}. */
@Command(
    name = "node",
    description = "Runs one node: its replicas, its part in consensus, its admin port.",
    mixinStandardHelpOptions = true)
final class NodeCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "the YAML file that docs/configuration.md describes")
  private Path config = Path.of("node.yaml");

  @Override
  public Integer call() throws Exception {
    RuntimeCheck.requireSafeRuntime();
    try (NodeRole role = NodeRole.start(NodeConfig.load(config))) {
      return Foreground.untilStopped(role::close);
    }
  }
}
