package dev.assay.infra;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code assay reference}: what the archive alone says that the tables hold. */
@Command(
    name = "reference",
    description = "Builds, shows and checks references: the state that the archive alone proves.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ReferenceStatusCommand.class,
      ReferenceBuildCommand.class,
      ReferenceCheckCommand.class
    })
final class ReferenceCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "reference takes status, build or check");
  }
}
