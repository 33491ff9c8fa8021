package dev.assay.infra;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code assay reference build [TABLE[/PARTITION]]}. */
@Command(
    name = "build",
    description = {
      "Folds what is archived into references, on from the newest one of each partition. Which",
      "tables there are is read from the archive as well. Every object and every mutation is",
      "checked; where something can't be proven, the reference ends before it.",
      "Exits with 0 when every reference holds all that is archived, 1 for LINEAGE, LOST, CORRUPT",
      "or FORKED, 3 when something could not be read, or was asked for by name and is not archived",
      "yet, 10 when the archive knows no such table, 11 while another run is under way."
    },
    mixinStandardHelpOptions = true)
final class ReferenceBuildCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AskingOptions asking = new AskingOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "TABLE[/PARTITION]",
      description = {
        "what to build, metadata for the cluster's own table (default: everything that was not",
        "dropped)"
      })
  private @Nullable String target;

  @Option(
      names = "--to",
      paramLabel = "LSN",
      description = "build up to this position of one partition")
  private @Nullable Long to;

  @Option(
      names = "--from-genesis",
      description = {
        "fold the whole log again, and hold what comes out against the newest reference; goes on",
        "where it was when it was interrupted"
      })
  private boolean fromGenesis;

  @Override
  public Integer call() throws IOException {
    PartitionTarget wanted = PartitionTarget.parse(spec, target);
    if (to != null && (to < 0 || wanted.partition() == null)) {
      throw new ParameterException(
          spec.commandLine(), "--to takes a position of one TABLE/PARTITION, 0 or above");
    }
    ReferenceService.BuildRequest request =
        new ReferenceService.BuildRequest(wanted.table(), wanted.partition(), to, fromGenesis);
    try (AdminClient admin = asking.client();
        ProgressLine progress = new ProgressLine(spec.commandLine().getErr())) {
      ReferenceBuildReport report =
          admin.run(
              ReferenceService.BUILD,
              request,
              ReferenceBuildReport.class,
              run -> progress.show("folding the archive", run.bytesDone(), run.bytesTotal()));
      progress.close();
      asking.print(report, out -> ReferenceText.print(report, out));
      return report.exitCode().number;
    }
  }
}
