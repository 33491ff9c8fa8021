package dev.assay.infra.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextRulesTest {
  private static final String MARKED = "@NullMarked\npackage dev.assay.a;\n";

  private static TextFile java(String text) {
    return new TextFile("a/src/main/java/dev/assay/a/A.java", text);
  }

  private static List<String> places(List<Finding> findings) {
    return findings.stream().map(Finding::place).toList();
  }

  @Test
  void fileOverTheLimitIsFound() {
    assertEquals(1, TextRules.fileLength(java("//\n".repeat(601))).size());
    assertEquals(List.of(), TextRules.fileLength(java("//\n".repeat(600))));
  }

  @Test
  void markersOfUnfinishedWorkAreFound() {
    for (String marker : List.of("TO" + "DO", "FIX" + "ME", "XX" + "X")) {
      List<Finding> findings =
          TextRules.unfinished(java("class A {\n  // " + marker + ": later\n}"));
      assertEquals(List.of("a/src/main/java/dev/assay/a/A.java:2"), places(findings));
    }
    assertEquals(List.of(), TextRules.unfinished(java("// TODOS, todo and XXXL are words")));
  }

  @Test
  void machinePathsAreFound() {
    for (String folder : List.of("wo" + "rk", "ro" + "ot", "ho" + "me")) {
      assertEquals(1, TextRules.machinePaths(java("String at = \"/" + folder + "/x\";")).size());
      assertEquals(1, TextRules.machinePaths(java("file:///" + folder + "/x")).size());
    }
    String relative = "target" + "/wo" + "rk/x and http://example.org" + "/ho" + "me/x";
    assertEquals(List.of(), TextRules.machinePaths(java(relative)));
  }

  @Test
  void packageWithoutPackageInfoIsFound() {
    TextFile source = java("package dev.assay.a;");
    assertEquals(
        List.of("a/src/main/java/dev/assay/a"),
        places(TextRules.nullMarkedPackages(List.of(source))));
  }

  @Test
  void packageInfoWithoutNullMarkedIsFound() {
    TextFile info = new TextFile("a/src/main/java/dev/assay/a/package-info.java", "package a;");
    assertEquals(1, TextRules.nullMarkedPackages(List.of(info)).size());
  }

  @Test
  void packageInfoOfMainCodeServesTheTestsOfTheSameModuleOnly() {
    TextFile info = new TextFile("a/src/main/java/dev/assay/a/package-info.java", MARKED);
    TextFile test = new TextFile("a/src/test/java/dev/assay/a/ATest.java", "package dev.assay.a;");
    TextFile other = new TextFile("b/src/test/java/dev/assay/a/BTest.java", "package dev.assay.a;");
    assertEquals(List.of(), TextRules.nullMarkedPackages(List.of(info, test)));
    assertEquals(
        List.of("b/src/test/java/dev/assay/a"),
        places(TextRules.nullMarkedPackages(List.of(info, test, other))));
  }
}
