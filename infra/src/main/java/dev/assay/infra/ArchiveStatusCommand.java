package dev.assay.infra;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code assay archive status}. */
@Command(
    name = "status",
    description = {
      "Shows how far each replica's agent has archived its log: the archived position, the tail in",
      "entries, bytes and seconds, the last upload and verification, and the chain's head.",
      "Exits with 0 when no tail is older than it should get, 1 when something is wrong, 3 when"
          + " the",
      "archive is behind or could not be asked."
    },
    mixinStandardHelpOptions = true)
final class ArchiveStatusCommand implements Callable<Integer> {
  @Mixin private AskingOptions asking = new AskingOptions();

  @Override
  public Integer call() throws IOException {
    try (AdminClient admin = asking.client()) {
      ArchiveReport report = admin.get(ArchiveService.STATUS, ArchiveReport.class);
      asking.print(report, out -> ArchiveText.print(report, out));
      return report.exitCode().number;
    }
  }
}
