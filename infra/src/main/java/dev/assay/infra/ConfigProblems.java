package dev.assay.infra;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gathers what is wrong with one file, so that a user learns of everything at once. */
final class ConfigProblems {
  private final Path file;
  private final List<Problem> problems = new ArrayList<>();

  /**
   * @param line 0 when it is about the whole file
   */
  private record Problem(int line, String text) {}

  ConfigProblems(Path file) {
    this.file = file;
  }

  Path file() {
    return file;
  }

  void add(int line, String text) {
    problems.add(new Problem(line, text));
  }

  boolean isEmpty() {
    return problems.isEmpty();
  }

  /**
   * @throws CommandFailure when there is a problem
   */
  void throwIfAny() {
    if (problems.isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder("the configuration can't be used");
    problems.stream()
        .sorted(Comparator.comparingInt(Problem::line))
        .forEach(
            problem -> {
              text.append("\n  ").append(file);
              if (problem.line > 0) {
                text.append(':').append(problem.line);
              }
              text.append(": ").append(problem.text);
            });
    throw new CommandFailure(ExitCode.USAGE, text.toString());
  }
}
