package dev.assay.infra;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code assay router}. */
@Command(
    name = "router",
    description = "Runs a router: the DynamoDB API in front of nodes in other processes.",
    mixinStandardHelpOptions = true)
final class RouterCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "the YAML file that docs/configuration.md describes")
  private Path config = Path.of("router.yaml");

  @Override
  public Integer call() throws Exception {
    RuntimeCheck.requireSafeRuntime();
    try (RouterRole role = RouterRole.start(RouterConfig.load(config))) {
      return Foreground.untilStopped(role::close);
    }
  }
}
