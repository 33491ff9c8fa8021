package dev.assay.infra.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TreeRulesTest {

  private static ParsedSource source(String text) throws IOException {
    return ParsedSource.of(new TextFile("a/src/main/java/dev/assay/a/A.java", text));
  }

  private static ParsedSource switchExpression(String cases) throws IOException {
    return source("class A { int a(M m) { return\n switch (m) { " + cases + " }; } }");
  }

  private static void found(int line, List<Finding> findings) {
    assertEquals(
        List.of("a/src/main/java/dev/assay/a/A.java:" + line),
        findings.stream().map(Finding::place).toList(),
        findings::toString);
  }

  private static void clean(List<Finding> findings) {
    assertEquals(List.of(), findings);
  }

  @Test
  void textThatIsNotJavaIsAnError() {
    assertThrows(IOException.class, () -> source("class A {"));
  }

  @Test
  void functionOverTheLimitIsFound() throws IOException {
    String template = "class A {\n  /** Long. */\n  void a() {\n%s  }\n}\n";
    clean(TreeRules.functionLength(source(template.formatted("    a();\n".repeat(68)))));
    found(3, TreeRules.functionLength(source(template.formatted("    a();\n".repeat(69)))));
  }

  @Test
  void longConstructorOfNestedTypeIsFound() throws IOException {
    String text = "class A { record B(int c) {\n B {\n" + "c++;\n".repeat(70) + "}}}";
    found(2, TreeRules.functionLength(source(text)));
  }

  @Test
  void emptyCatchIsFound() throws IOException {
    String silent = "class A { void a() { try { a(); } catch (Error e) { } } }";
    String saysWhy = "class A { void a() { try { a(); } catch (Error e) { /* fine */ } } }";
    String throwsOn = "class A { void a() { try { a(); } catch (Error e) { throw e; } } }";
    found(1, TreeRules.emptyCatch(source(silent)));
    found(1, TreeRules.emptyCatch(source(saysWhy)));
    clean(TreeRules.emptyCatch(source(throwsOn)));
  }

  @Test
  void emptyCatchOfTestIsFoundUnlessItSaysWhy() throws IOException {
    String path = "a/src/test/java/dev/assay/a/A.java";
    String silent = "class A { void a() { try { a(); } catch (Error e) { } } }";
    String saysWhy = "class A { void a() { try { a(); } catch (Error e) { /* fine */ } } }";
    assertEquals(1, TreeRules.emptyCatch(ParsedSource.of(new TextFile(path, silent))).size());
    clean(TreeRules.emptyCatch(ParsedSource.of(new TextFile(path, saysWhy))));
  }

  @Test
  void nameOfTestThatIsNoSentenceIsFound() throws IOException {
    for (String name : List.of("testReads", "reads", "reads_twice", "ReadsTwice", "test")) {
      found(1, TreeRules.testNames(source("class A { @Test void " + name + "() {} }")));
      found(
          1, TreeRules.testNames(source("class A { @ParameterizedTest void " + name + "() {} }")));
      found(1, TreeRules.testNames(source("class A { @Property void " + name + "() {} }")));
    }
    clean(TreeRules.testNames(source("class A { @Test void readsTwice() {} }")));
    clean(TreeRules.testNames(source("class A { @Test void testimonyIsKept() {} }")));
    clean(TreeRules.testNames(source("class A { void test() {} }")));
  }

  @Test
  void publicTypeWithoutJavadocIsFound() throws IOException {
    found(1, TreeRules.javadocOfPublicTypes(source("public class A {}")));
    found(2, TreeRules.javadocOfPublicTypes(source("/* no */\npublic record A() {}")));
    found(1, TreeRules.javadocOfPublicTypes(source("/** */ public interface A {}")));
    clean(TreeRules.javadocOfPublicTypes(source("/** What it is. */ public enum A {}")));
    clean(TreeRules.javadocOfPublicTypes(source("class A {}")));
  }

  @Test
  void typeThatIsNamedByAVagueWordIsFound() throws IOException {
    for (String name :
        List.of("LogManager", "HelperOfLogs", "LogUtil", "LogUtils", "LogImpl", "BaseLog")) {
      found(1, TreeRules.vagueNames(source("class " + name + " {}")));
      found(1, TreeRules.vagueNames(source("class A { interface " + name + " {} }")));
    }
    clean(TreeRules.vagueNames(source("class Database { class Implied {} class Utility {} }")));
  }

  @Test
  void packageThatIsNamedByAVagueWordIsFound() throws IOException {
    found(1, TreeRules.vagueNames(source("package dev.assay.a.utils; class A {}")));
    clean(TreeRules.vagueNames(source("package dev.assay.a; class A {}")));
  }

  @Test
  void mutableStaticIsFound() throws IOException {
    for (String field :
        List.of(
            "static int count;",
            "private static volatile String last = null;",
            "static final Map<String, String> SEEN = new HashMap<>();",
            "static final Map<String, String> SEEN = new"
                + " java.util.concurrent.ConcurrentHashMap<>();",
            "static final List<String> SEEN = new ArrayList<String>();",
            "static final AtomicLong COUNT = new AtomicLong();",
            "static final StringBuilder TEXT = new StringBuilder();",
            "public static final byte[] MAGIC = {1};")) {
      found(1, TreeRules.mutableStatics(source("class A { " + field + " }")));
    }
    found(1, TreeRules.mutableStatics(source("interface A { Set<String> S = new HashSet<>(); }")));
  }

  @Test
  void constantsAndInstanceFieldsAreNoMutableStatics() throws IOException {
    for (String field :
        List.of(
            "static final int MAX = 3;",
            "private static final byte[] MAGIC = {1};",
            "static final Map<String, String> NAMES = Map.of();",
            "private final Map<String, String> seen = new HashMap<>();",
            "int count;",
            "void a() { int count = 0; }")) {
      clean(TreeRules.mutableStatics(source("class A { " + field + " }")));
    }
    clean(TreeRules.mutableStatics(source("enum A { B, C }")));
    clean(TreeRules.mutableStatics(source("interface A { int MAX = 3; }")));
  }

  @Test
  void permittedTypesAreThoseNamedAndThoseBeside() throws IOException {
    assertEquals(
        Set.of("B", "C", "D"),
        TreeRules.permittedTypes(
            List.of(
                source("sealed interface A { record B<T>(T t) implements A {} interface X {} }"),
                source("sealed interface E permits x.C, D {}"),
                source("sealed abstract class F { final class D extends F {} }"),
                source("sealed class G extends IOException { final class H extends G {} }"))));
  }

  @Test
  void defaultBesideSealedTypeIsFound() throws IOException {
    Set<String> permitted = Set.of("Put", "Delete");
    found(
        1,
        TreeRules.defaultOverSealed(
            source("class A { void a(M m) { switch (m) { case Put p -> {} default -> {} } } }"),
            permitted));
    found(
        2,
        TreeRules.defaultOverSealed(
            switchExpression("case M.Put(int n) -> n; default -> 0;"), permitted));
    found(
        2,
        TreeRules.defaultOverSealed(
            switchExpression("case Delete _ when x -> 1; case null, default -> 0;"), permitted));
  }

  @Test
  void defaultBesideOtherLabelsIsFine() throws IOException {
    Set<String> permitted = Set.of("Put", "Delete");
    for (String cases :
        List.of(
            "case Put p -> 1; case Delete d -> 2;",
            "case IOException e -> 1; default -> 0;",
            "case 1, 2 -> 1; default -> 0;")) {
      clean(TreeRules.defaultOverSealed(switchExpression(cases), permitted));
    }
  }
}
