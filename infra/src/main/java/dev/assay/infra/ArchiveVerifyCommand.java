package dev.assay.infra;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code assay archive verify [TABLE[/PARTITION]]}. */
@Command(
    name = "verify",
    description = {
      "Walks the archive from its first position to its head: presence, sizes, signatures and the",
      "chain of manifests; with --deep also every entry of every segment.",
      "Exits with 0 when everything is there, 1 for CORRUPT, LOST or FORKED, 3 when something"
          + " could",
      "not be checked or is not archived in time, 10 when there is no such table."
    },
    mixinStandardHelpOptions = true)
final class ArchiveVerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AskingOptions asking = new AskingOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "TABLE[/PARTITION]",
      description = "what to verify, metadata for the cluster's own table (default: everything)")
  private @Nullable String target;

  @Option(names = "--deep", description = "download and decode every segment as well")
  private boolean deep;

  @Override
  public Integer call() throws IOException {
    PartitionTarget wanted = PartitionTarget.parse(spec, target);
    var request = new ArchiveService.VerifyRequest(wanted.table(), wanted.partition(), deep);
    try (AdminClient admin = asking.client();
        ProgressLine progress = new ProgressLine(spec.commandLine().getErr())) {
      ArchiveVerifyReport report =
          verify(
              admin,
              request,
              run -> progress.show("verifying the archive", run.bytesDone(), run.bytesTotal()));
      progress.close();
      asking.print(report, out -> ArchiveText.print(report, out));
      return report.exitCode().number;
    }
  }

  /** Starts a verification and waits for what it finds. */
  static ArchiveVerifyReport verify(
      AdminClient admin, ArchiveService.VerifyRequest request, Consumer<RunAnswer> progress)
      throws IOException {
    return admin.run(ArchiveService.VERIFY, request, ArchiveVerifyReport.class, progress);
  }
}
