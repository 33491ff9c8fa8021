package dev.assay.infra;

import dev.assay.archiver.ArchiveOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code assay up}: the embedded cluster in the foreground. */
@Command(
    name = "up",
    description = {
      "Runs three replicas of everything, the DynamoDB API and the admin port in one process,",
      "until interrupted. Access key assay, secret assay unless ASSAY_ACCESS_KEY and",
      "ASSAY_SECRET_KEY are set. Listens on loopback only."
    },
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "assay-data",
      description = "where the data lives (default: ${DEFAULT-VALUE})")
  private Path data = Path.of("assay-data");

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8000",
      description = "port of the DynamoDB API, 0 for a free one (default: ${DEFAULT-VALUE})")
  private int port;

  @Option(
      names = "--admin-port",
      paramLabel = "PORT",
      defaultValue = "8010",
      description =
          "port of health, metrics and the CLI's API, 0 for a free one (default: ${DEFAULT-VALUE})")
  private int adminPort;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "1",
      description = "partitions of a new table (default: ${DEFAULT-VALUE})")
  private int partitions;

  @Option(
      names = "--no-archive",
      description = {
        "keep no archive: the logs are dropped once they are applied, so nothing of this data can",
        "ever be verified, not even when a later start archives again"
      })
  private boolean noArchive;

  @Override
  public Integer call() throws Exception {
    RuntimeCheck.requireSafeRuntime();
    PrintWriter out = spec.commandLine().getOut();
    try (EmbeddedCluster cluster =
        EmbeddedCluster.start(
            new EmbeddedCluster.Options(
                data,
                port,
                adminPort,
                partitions,
                DefaultCredentials.fromEnvironment().lookup(),
                noArchive ? null : ArchiveOptions.DEFAULTS))) {
      cluster.awaitReady();
      out.println("DynamoDB API  http://localhost:" + cluster.port());
      out.println("admin         http://localhost:" + cluster.adminPort());
      out.println("data          " + data.toAbsolutePath());
      out.println("Ready. Interrupt to stop.");
      out.flush();
      return Foreground.untilStopped(cluster::close);
    }
  }
}
