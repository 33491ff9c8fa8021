package dev.assay.infra;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code assay reference check [TABLE[/PARTITION]]}. */
@Command(
    name = "check",
    description = {
      "Reads the newest reference of each partition that the last build knew, object by object and",
      "node by node: whether it is still what was written. Whether it is what the log leads to,",
      "only a build from genesis says.",
      "Exits with 0 when all is as it should be, 1 for LOST, CORRUPT, FORKED or LINEAGE, 3 when",
      "something could not be read or has no reference, 10 when there is no such table, 11 while",
      "another run is under way."
    },
    mixinStandardHelpOptions = true)
final class ReferenceCheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AskingOptions asking = new AskingOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "TABLE[/PARTITION]",
      description = "what to check, metadata for the cluster's own table (default: everything)")
  private @Nullable String target;

  @Option(names = "--deep", description = "look for every item in the archive as well")
  private boolean deep;

  @Override
  public Integer call() throws IOException {
    PartitionTarget wanted = PartitionTarget.parse(spec, target);
    ReferenceService.CheckRequest request =
        new ReferenceService.CheckRequest(wanted.table(), wanted.partition(), deep);
    try (AdminClient admin = asking.client();
        ProgressLine progress = new ProgressLine(spec.commandLine().getErr())) {
      ReferenceCheckReport report =
          admin.run(
              ReferenceService.CHECK,
              request,
              ReferenceCheckReport.class,
              run -> progress.show("checking references", run.bytesDone(), run.bytesTotal()));
      progress.close();
      asking.print(report, out -> ReferenceText.print(report, out));
      return report.exitCode().number;
    }
  }
}
