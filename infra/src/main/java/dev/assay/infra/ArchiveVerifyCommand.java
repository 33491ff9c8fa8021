package dev.assay.infra;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
  private static final long POLL_NANOS = 250_000_000;

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
    ArchiveService.VerifyRequest request = request();
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
      AdminClient admin,
      ArchiveService.VerifyRequest request,
      Consumer<ArchiveService.VerifyRun> progress)
      throws IOException {
    ArchiveService.VerifyRun run =
        admin.post(ArchiveService.VERIFY, request, ArchiveService.VerifyRun.class);
    while (run.report() == null) {
      progress.accept(run);
      LockSupport.parkNanos(POLL_NANOS);
      if (Thread.interrupted()) {
        throw new CommandFailure(ExitCode.INTERRUPTED, "interrupted");
      }
      run = admin.get(ArchiveService.VERIFY + "?run=" + run.run(), ArchiveService.VerifyRun.class);
    }
    return run.report();
  }

  private ArchiveService.VerifyRequest request() {
    String whole = target;
    if (whole == null) {
      return new ArchiveService.VerifyRequest(null, null, deep);
    }
    int slash = whole.lastIndexOf('/');
    if (slash < 0) {
      return new ArchiveService.VerifyRequest(whole, null, deep);
    }
    String number = whole.substring(slash + 1);
    if (slash == 0 || !number.matches("0|[1-9][0-9]{0,8}")) {
      throw new ParameterException(
          spec.commandLine(), whole + " is not TABLE/PARTITION with a partition's number");
    }
    return new ArchiveService.VerifyRequest(
        whole.substring(0, slash), Integer.valueOf(number), deep);
  }
}
