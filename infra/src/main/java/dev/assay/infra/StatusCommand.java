package dev.assay.infra;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code assay status}: the cluster's state, in the manner of {@code zpool status}. */
@Command(
    name = "status",
    description = {
      "Shows every partition's replicas: role, positions, and what is wrong.",
      "Exits with 0 when all is well, 1 when a replica stopped, 3 when something could not be"
          + " asked."
    },
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @Mixin private AskingOptions asking = new AskingOptions();

  @Override
  public Integer call() throws IOException {
    try (AdminClient admin = asking.client()) {
      ClusterStatus status = admin.get("/api/v1/status", ClusterStatus.class);
      asking.print(status, out -> StatusText.print(status, out));
      return exitCode(status).number;
    }
  }

  private static ExitCode exitCode(ClusterStatus status) {
    boolean stopped =
        status.partitions().stream()
            .flatMap(partition -> partition.replicas().stream())
            .anyMatch(replica -> replica.role().equals("STOPPED"));
    if (stopped) {
      return ExitCode.FINDING;
    }
    return status.state() == ClusterStatus.State.ONLINE ? ExitCode.OK : ExitCode.INCOMPLETE;
  }
}
