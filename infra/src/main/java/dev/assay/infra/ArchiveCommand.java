package dev.assay.infra;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code assay archive}: questions about the archive. */
@Command(
    name = "archive",
    description = "Shows and verifies the archived logs.",
    mixinStandardHelpOptions = true,
    subcommands = {ArchiveStatusCommand.class, ArchiveVerifyCommand.class})
final class ArchiveCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "archive takes status or verify");
  }
}
