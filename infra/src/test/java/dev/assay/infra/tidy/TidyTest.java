package dev.assay.infra.tidy;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Holds this repository to every rule; one test a rule, which lists all that breaks it. */
class TidyTest {

  @TestFactory
  Stream<DynamicTest> repositoryKeepsEveryRuleOnTexts() throws IOException {
    Repository repository = Repository.here();
    List<TextFile> files = repository.textFiles();
    assertTrue(files.stream().anyMatch(TextFile::isMainJava), "no sources were found");
    Map<String, List<Finding>> findings = new TreeMap<>();
    findings.put("file length", each(files, TextRules::fileLength));
    findings.put("unfinished", each(files, TextRules::unfinished));
    findings.put("machine paths", each(files, TextRules::machinePaths));
    findings.put("null-marked packages", TextRules.nullMarkedPackages(files));
    findings.put("links", DocumentRules.links(files, repository::exists));
    findings.put("decisions", DocumentRules.decisions(files));
    return tests(findings);
  }

  @TestFactory
  Stream<DynamicTest> repositoryKeepsEveryRuleOnSources() throws IOException {
    List<ParsedSource> sources = new ArrayList<>();
    for (TextFile file : Repository.here().textFiles()) {
      if (file.isJava()) {
        sources.add(ParsedSource.of(file));
      }
    }
    List<ParsedSource> main = sources.stream().filter(it -> it.file().isMainJava()).toList();
    Set<String> permitted = TreeRules.permittedTypes(sources);
    assertTrue(permitted.contains("Put"), "no sealed types were found");
    Map<String, List<Finding>> findings = new TreeMap<>();
    findings.put("function length", each(sources, TreeRules::functionLength));
    findings.put("empty catch", each(sources, TreeRules::emptyCatch));
    findings.put("test names", each(sources, TreeRules::testNames));
    findings.put("javadoc of public types", each(sources, TreeRules::javadocOfPublicTypes));
    findings.put("vague names", each(sources, TreeRules::vagueNames));
    findings.put("mutable statics", each(main, TreeRules::mutableStatics));
    findings.put(
        "default over sealed",
        each(sources, source -> TreeRules.defaultOverSealed(source, permitted)));
    return tests(findings);
  }

  @TestFactory
  Stream<DynamicTest> repositoryKeepsEveryRuleOnClasses() throws IOException {
    JavaClasses classes = new ClassFileImporter().importPaths(Repository.here().mainClasses());
    assertTrue(classes.size() > 0, "no classes were found");
    Map<String, List<Finding>> findings = new TreeMap<>();
    findings.put("module graph", ArchitectureRules.moduleGraph(classes));
    findings.put("package cycles", ArchitectureRules.packageCycles(classes));
    findings.put("banned calls", ArchitectureRules.bannedCalls(classes));
    return tests(findings);
  }

  private static Stream<DynamicTest> tests(Map<String, List<Finding>> findings) {
    return findings.entrySet().stream()
        .map(
            rule ->
                dynamicTest(
                    rule.getKey(),
                    () ->
                        assertTrue(
                            rule.getValue().isEmpty(), () -> Finding.report(rule.getValue()))));
  }

  private static <T> List<Finding> each(List<T> subjects, Function<T, List<Finding>> rule) {
    return subjects.stream().map(rule).flatMap(List::stream).toList();
  }
}
