package dev.assay.infra.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchitectureRulesTest {
  private static final Pattern HEADER =
      Pattern.compile("package ([\\w.]+);.*?(?:class|interface|record) (\\w+)", Pattern.DOTALL);

  @TempDir Path folder;

  /** Compiles samples, one top-level type each, as if they were the product. */
  private JavaClasses classes(String... sources) throws IOException {
    Path sample = Files.createTempDirectory(folder, "sample");
    Path classes = sample.resolve("classes");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<Path> files = new ArrayList<>();
    for (String source : sources) {
      Matcher header = HEADER.matcher(source);
      assertTrue(header.find());
      Path file =
          sample.resolve(header.group(1).replace('.', '/')).resolve(header.group(2) + ".java");
      Files.createDirectories(file.getParent());
      files.add(Files.writeString(file, source));
    }
    try (var manager = compiler.getStandardFileManager(null, null, null)) {
      StringWriter complaints = new StringWriter();
      boolean compiled =
          compiler
              .getTask(
                  complaints,
                  manager,
                  null,
                  List.of("-d", classes.toString()),
                  null,
                  manager.getJavaFileObjectsFromPaths(files))
              .call();
      assertTrue(compiled, complaints::toString);
    }
    return new ClassFileImporter().importPath(classes);
  }

  private static List<String> texts(List<Finding> findings) {
    return findings.stream().map(Finding::toString).toList();
  }

  private static String knowing(String module, String other) {
    return "package dev.assay." + module + "; public class A { " + other + " it; }";
  }

  private static String empty(String module, String name) {
    return "package dev.assay." + module + "; public class " + name + " {}";
  }

  @Test
  void logFormatThatKnowsTheStoreIsFound() throws IOException {
    assertEquals(
        List.of("dev.assay.logformat.A: may not know dev.assay.replicastore.B [module-graph]"),
        texts(
            ArchitectureRules.moduleGraph(
                classes(
                    knowing("logformat", "dev.assay.replicastore.B"),
                    empty("replicastore", "B")))));
  }

  @Test
  void dependenceOfTheTwoEnginesIsFoundEitherWay() throws IOException {
    JavaClasses oneWay =
        classes(
            knowing("referencebuilder.deep", "dev.assay.replicastore.B[]"),
            empty("replicastore", "B"));
    assertEquals(1, ArchitectureRules.moduleGraph(oneWay).size());
    JavaClasses otherWay =
        classes(
            knowing("replicastore.deep", "dev.assay.referencebuilder.B"),
            empty("referencebuilder", "B"));
    assertEquals(1, ArchitectureRules.moduleGraph(otherWay).size());
  }

  @Test
  void referenceBuilderMayKnowOnlyTheObjectStoreOfTheArchiver() throws IOException {
    JavaClasses narrow =
        classes(
            knowing("referencebuilder", "dev.assay.archiver.ObjectStore"),
            empty("archiver", "ObjectStore"));
    assertEquals(List.of(), ArchitectureRules.moduleGraph(narrow));
    JavaClasses wide =
        classes(
            knowing("referencebuilder", "dev.assay.archiver.Agent"), empty("archiver", "Agent"));
    assertEquals(1, ArchitectureRules.moduleGraph(wide).size());
  }

  @Test
  void moduleOfWhichNobodyDecidedIsFound() throws IOException {
    assertEquals(1, ArchitectureRules.moduleGraph(classes(empty("novelty", "A"))).size());
  }

  @Test
  void modulesThatKnowWhatTheyMayAreFine() throws IOException {
    assertEquals(
        List.of(),
        ArchitectureRules.moduleGraph(
            classes(
                knowing("requestrouter", "dev.assay.replicastore.A"),
                knowing("replicastore", "dev.assay.logformat.B"),
                empty("logformat", "B"))));
  }

  private List<Finding> bannedCalls(String module, String statement) throws IOException {
    return ArchitectureRules.bannedCalls(
        classes(
            "package dev.assay."
                + module
                + "; class A { Object a() throws Exception { "
                + statement
                + " } }"));
  }

  @Test
  void bannedCallsOutsideTheWiringAreFound() throws IOException {
    for (String statement :
        List.of(
            "return System.currentTimeMillis();",
            "return System.nanoTime();",
            "java.util.function.LongSupplier clock = System::nanoTime; return clock;",
            "return java.time.Instant.now();",
            "return java.time.Clock.systemUTC();",
            "Thread.sleep(1); return 1;",
            "return java.util.UUID.randomUUID();",
            "return new java.util.Random();",
            "return Math.random();",
            "return java.util.concurrent.ThreadLocalRandom.current();",
            "System.out.println(); return 1;",
            "System.err.println(); return 1;")) {
      assertEquals(1, bannedCalls("replicastore", statement).size(), statement);
      assertEquals(0, bannedCalls("infra", statement).size(), statement);
    }
  }

  @Test
  void monotonicClockMayComeInWhereItIsAgreedAndNoOtherClock() throws IOException {
    String type =
        "package dev.assay.requestrouter; interface Waiting { Object A = new Object() {"
            + " long a() { return System.%s(); } }; }";
    assertEquals(List.of(), ArchitectureRules.bannedCalls(classes(type.formatted("nanoTime"))));
    assertEquals(
        1, ArchitectureRules.bannedCalls(classes(type.formatted("currentTimeMillis"))).size());
  }

  @Test
  void printedStackTraceIsFoundEverywhere() throws IOException {
    for (String module : List.of("replicastore", "infra")) {
      assertEquals(
          1, bannedCalls(module, "new RuntimeException().printStackTrace(); return 1;").size());
    }
  }

  @Test
  void stackTraceWrittenToGivenTextIsFine() throws IOException {
    String statement = "new Error().printStackTrace((java.io.PrintWriter) null); return 1;";
    assertEquals(List.of(), bannedCalls("replicastore", statement));
  }

  @Test
  void seededRandomAndGivenClockAreFine() throws IOException {
    assertEquals(List.of(), bannedCalls("replicastore", "return new java.util.Random(1);"));
    assertEquals(
        List.of(),
        bannedCalls("replicastore", "return java.time.InstantSource.fixed(null).instant();"));
  }

  @Test
  void cycleOfFeaturePackagesIsFound() throws IOException {
    JavaClasses classes =
        classes(
            "package dev.assay.replicastore.one; public class A { dev.assay.replicastore.two.C it;"
                + " }",
            empty("replicastore.one", "B"),
            empty("replicastore.two", "C"),
            "package dev.assay.replicastore.two; public class D { dev.assay.replicastore.one.B it;"
                + " }");
    assertEquals(1, ArchitectureRules.packageCycles(classes).size());
  }

  @Test
  void cycleOfClassesThroughTheRootPackageIsFound() throws IOException {
    JavaClasses classes =
        classes(
            "package dev.assay.replicastore; public class A { dev.assay.replicastore.one.B it; }",
            "package dev.assay.replicastore.one; public class B { dev.assay.replicastore.A it; }");
    assertEquals(1, ArchitectureRules.packageCycles(classes).size());
  }

  @Test
  void rootPackageMayHoldSharedWordsAndPutFeaturesTogether() throws IOException {
    JavaClasses classes =
        classes(
            empty("replicastore", "Word"),
            "package dev.assay.replicastore.one; public class B { dev.assay.replicastore.Word it;"
                + " }",
            "package dev.assay.replicastore; public class Whole { dev.assay.replicastore.one.B it;"
                + " }");
    assertEquals(List.of(), ArchitectureRules.packageCycles(classes));
  }

  @Test
  void cycleInsideOnePackageIsFine() throws IOException {
    JavaClasses classes =
        classes(
            knowing("logformat", "dev.assay.logformat.B"),
            "package dev.assay.logformat; public class B { A it; }");
    assertEquals(List.of(), ArchitectureRules.packageCycles(classes));
  }
}
