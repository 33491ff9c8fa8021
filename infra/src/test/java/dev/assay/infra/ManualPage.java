package dev.assay.infra;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes the manual page assay(1), in roff, from the commands that the program has. */
final class ManualPage {
  /** Every command has them, so they are told once. */
  private static final Set<String> STANDARD = Set.of("-h", "--help", "-V", "--version");

  private final StringBuilder page = new StringBuilder();

  private ManualPage() {}

  static String of(CommandLine program) {
    ManualPage manual = new ManualPage();
    manual.write(program);
    return manual.page.toString();
  }

  private void write(CommandLine program) {
    page.append(".TH ASSAY 1 \"\" \"Assay\" \"User Commands\"\n");
    CommandSpec assay = program.getCommandSpec();
    section("NAME");
    text("assay - a replicated database that keeps checking what it holds");
    section("SYNOPSIS");
    line(".B assay");
    line("[\\fB\\-hV\\fR] \\fICOMMAND\\fR [\\fIARGUMENT\\fR...]");
    section("DESCRIPTION");
    text(description(assay));
    section("OPTIONS");
    options(assay, false);
    section("COMMANDS");
    commands(program);
    section("EXIT STATUS");
    for (ExitCode code : ExitCode.values()) {
      item("\\fB" + code.number + "\\fR", meaning(code));
    }
    environment();
    section("SEE ALSO");
    text("docs/configuration.md has every key of the files that --config takes.");
  }

  private void commands(CommandLine of) {
    of.getSubcommands()
        .forEach(
            (name, command) -> {
              // The alias of a command would be a second copy of it.
              if (command.getCommandName().equals(name)) {
                command(command);
              }
            });
  }

  private void command(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    page.append(".SS ").append(escape(spec.qualifiedName(" "))).append('\n');
    text(command.getHelp().synopsis(0).replaceAll("\\s+", " ").strip());
    line(".PP");
    text(description(spec));
    options(spec, true);
    commands(command);
  }

  private void options(CommandSpec spec, boolean inCommand) {
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      if (!parameter.hidden()) {
        item("\\fI" + escape(parameter.paramLabel()) + "\\fR", description(parameter));
      }
    }
    for (OptionSpec option : spec.options()) {
      if (!option.hidden() && !(inCommand && STANDARD.containsAll(List.of(option.names())))) {
        String names =
            List.of(option.names()).stream()
                .map(name -> "\\fB" + escape(name) + "\\fR")
                .collect(Collectors.joining(", "));
        boolean valued = option.arity().max() > 0;
        item(
            valued ? names + " \\fI" + escape(option.paramLabel()) + "\\fR" : names,
            description(option));
      }
    }
  }

  private static String description(CommandSpec spec) {
    return Ansi.OFF
        .string(String.join(" ", spec.usageMessage().description()))
        .replace("%n", " ")
        .replaceAll("\\s+", " ")
        .strip();
  }

  private static String description(ArgSpec argument) {
    String text = Ansi.OFF.string(String.join(" ", argument.description()));
    return text.replace("${DEFAULT-VALUE}", String.valueOf(argument.defaultValue()));
  }

  private static String meaning(ExitCode code) {
    return switch (code) {
      case OK -> "All well.";
      case FINDING -> "A finding: something that was checked is not as it must be.";
      case USAGE -> "The command line or a configuration is not as it must be.";
      case INCOMPLETE -> "Not everything could be done or checked.";
      case NOT_FOUND -> "What was asked for does not exist.";
      case LOCKED -> "Another process uses the data directory, or another run is under way.";
      case CREDENTIALS -> "The credentials were refused.";
      case INTERNAL -> "A mistake in the program.";
      case TIMEOUT -> "It took too long.";
      case INTERRUPTED -> "Interrupted.";
    };
  }

  private void environment() {
    section("ENVIRONMENT");
    item(
        "\\fBASSAY_ACCESS_KEY\\fR, \\fBASSAY_SECRET_KEY\\fR",
        "The pair of keys that assay up takes requests with, and assay router when it has no"
            + " credentials.file. Without them it is assay and assay.");
    item(
        "\\fBASSAY_LOG\\fR",
        "The least level that is logged: SEVERE, WARNING, INFO, FINE or ALL. INFO by default.");
    item("\\fBJAVA_HOME\\fR", "A JDK 25 or newer, where there are several.");
  }

  private void section(String name) {
    page.append(".SH ").append(name).append('\n');
  }

  private void item(String tag, String text) {
    line(".TP");
    line(tag);
    text(text);
  }

  private void text(String text) {
    String escaped = escape(text);
    // A line that begins with a dot or a quote would be a request.
    line(escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped);
  }

  private void line(String line) {
    page.append(line).append('\n');
  }

  private static String escape(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-");
  }
}
