package dev.assay.infra;

import dev.assay.logformat.FormatException;
import dev.assay.replicastore.store.StorageFailed;
import dev.assay.replicastore.store.StoreDamaged;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program: one command line for every role and every question. */
@Command(
    name = "assay",
    description =
        "A replicated database that keeps proving that it still holds what was written to it.",
    mixinStandardHelpOptions = true,
    versionProvider = AssayVersion.class,
    subcommands = {
      UpCommand.class,
      DemoCommand.class,
      NodeCommand.class,
      RouterCommand.class,
      StatusCommand.class,
      ArchiveCommand.class,
      ReferenceCommand.class,
      AutoComplete.GenerateCompletion.class,
      CommandLine.HelpCommand.class
    },
    footer = {
      "",
      "Exit codes: 0 all well, 1 a finding, 2 usage, 3 incomplete, 10 not found, 11 locked,",
      "12 credentials, 70 internal, 124 timeout, 130 interrupted."
    })
final class Assay implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    Logging.configure();
    CommandLine commandLine = new CommandLine(new Assay());
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setParameterExceptionHandler(Assay::explainUsage);
    commandLine.setExecutionExceptionHandler(
        (failure, command, parsed) -> explainFailure(failure, command.getErr()));
    return commandLine;
  }

  private static int explainUsage(ParameterException mistake, String[] args) {
    CommandLine command = mistake.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("assay: " + mistake.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(mistake, err)) {
      command.usage(err);
    }
    return ExitCode.USAGE.number;
  }

  private static int explainFailure(Exception failure, PrintWriter err) {
    if (failure instanceof CommandFailure explained) {
      err.println("assay: " + explained.getMessage());
      return explained.exitCode().number;
    }
    if (failure instanceof FormatException || failure instanceof StoreDamaged) {
      err.println("assay: " + failure.getMessage());
      return ExitCode.FINDING.number;
    }
    if (failure instanceof IOException || failure instanceof StorageFailed) {
      err.println("assay: " + failure.getMessage());
      return ExitCode.INCOMPLETE.number;
    }
    err.println("assay: internal error, please report it with the lines below");
    err.println(StackTraces.of(failure));
    return ExitCode.INTERNAL.number;
  }
}
