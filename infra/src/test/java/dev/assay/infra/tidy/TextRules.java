package dev.assay.infra.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Rules that need no more than the text of a file.
 *
 * <p>Does not check: files that git ignores are read as well, and files without a known ending are
 * not read.
 */
final class TextRules {
  static final int FILE_LINES_MAX = 600;

  /** In pieces, or this file would break its own rules. */
  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(" + String.join("|", "TO" + "DO", "FIX" + "ME", "XX" + "X") + ")\\b");

  private static final Pattern MACHINE_PATH =
      Pattern.compile(
          "(?<![\\w.*}])/(" + String.join("|", "wo" + "rk", "ro" + "ot", "ho" + "me") + ")/");

  private TextRules() {}

  static List<Finding> fileLength(TextFile file) {
    int lines = file.lines().size();
    if (!file.isJava() || lines <= FILE_LINES_MAX) {
      return List.of();
    }
    return List.of(
        new Finding(
            "file-length",
            file.path(),
            lines + " lines, at most " + FILE_LINES_MAX + " are right"));
  }

  static List<Finding> unfinished(TextFile file) {
    return matches(file, UNFINISHED, "unfinished", "a marker of unfinished work");
  }

  static List<Finding> machinePaths(TextFile file) {
    return matches(file, MACHINE_PATH, "machine-path", "a path of one machine");
  }

  private static List<Finding> matches(TextFile file, Pattern pattern, String rule, String what) {
    List<Finding> findings = new ArrayList<>();
    int number = 0;
    for (String line : file.lines()) {
      number++;
      Matcher matcher = pattern.matcher(line);
      if (matcher.find()) {
        findings.add(new Finding(rule, file.path() + ":" + number, what + ": " + matcher.group()));
      }
    }
    return findings;
  }

  /** Every package of a module, in main or test code, has a package-info with NullMarked. */
  static List<Finding> nullMarkedPackages(List<TextFile> files) {
    Set<String> marked =
        files.stream()
            .filter(file -> file.name().equals("package-info.java"))
            .filter(file -> file.text().contains("@NullMarked"))
            .map(TextRules::modulePackage)
            .collect(Collectors.toSet());
    var unmarked = new TreeMap<String, TextFile>();
    for (TextFile file : files) {
      if (file.isJava() && file.path().contains("/java/")) {
        String modulePackage = modulePackage(file);
        if (!marked.contains(modulePackage)) {
          unmarked.putIfAbsent(modulePackage, file);
        }
      }
    }
    return unmarked.values().stream()
        .map(
            file ->
                new Finding("null-marked", file.folder(), "no package-info.java with @NullMarked"))
        .toList();
  }

  /** The same for a package's main and test folder. */
  private static String modulePackage(TextFile file) {
    return file.folder().replace("/src/main/java/", ":").replace("/src/test/java/", ":");
  }
}
