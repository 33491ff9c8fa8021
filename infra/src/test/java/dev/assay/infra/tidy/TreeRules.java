package dev.assay.infra.tidy;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ArrayTypeTree;
import com.sun.source.tree.BindingPatternTree;
import com.sun.source.tree.CaseLabelTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.DeconstructionPatternTree;
import com.sun.source.tree.DefaultCaseLabelTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.PatternCaseLabelTree;
import com.sun.source.tree.PatternTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;

/** Rules on the shape of Java sources. */
final class TreeRules {
  static final int FUNCTION_LINES_MAX = 70;

  private static final Set<String> VAGUE_WORDS =
      Set.of("Manager", "Helper", "Helpers", "Util", "Utils", "Impl", "Base", "Common", "Misc");

  private static final Set<String> TEST_ANNOTATIONS =
      Set.of(
          "Test",
          "ParameterizedTest",
          "RepeatedTest",
          "TestFactory",
          "Property",
          "Example",
          "FuzzTest");

  /** Types of which a shared instance is shared mutable state. */
  private static final Pattern MUTABLE =
      Pattern.compile(
          "(Array|Linked)(List|Deque)|((Linked|Concurrent|Tree|Weak)?Hash|Tree|Enum|ConcurrentSkipList)"
              + "(Map|Set)|Atomic\\w+|Long(Adder|Accumulator)|String(Builder|Buffer)|Random"
              + "|Concurrent\\w+|\\w*BlockingQueue|ThreadLocal");

  private TreeRules() {}

  /** A scan that collects findings. */
  private abstract static class Scan extends TreePathScanner<@Nullable Void, @Nullable Void> {
    final ParsedSource source;
    final List<Finding> findings = new ArrayList<>();

    Scan(ParsedSource source) {
      this.source = source;
    }

    void report(String rule, Tree tree, String what) {
      findings.add(new Finding(rule, source.place(tree), what));
    }

    List<Finding> run() {
      scan(source.unit(), null);
      return findings;
    }
  }

  static List<Finding> functionLength(ParsedSource source) {
    return new Scan(source) {
      @Override
      public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
        int lines = source.lines(method);
        if (lines > FUNCTION_LINES_MAX) {
          report(
              "function-length",
              method,
              method.getName() + " has " + lines + " lines, at most " + FUNCTION_LINES_MAX);
        }
        return super.visitMethod(method, null);
      }
    }.run();
  }

  /** In main code a catch does something; in tests it at least says why it does nothing. */
  static List<Finding> emptyCatch(ParsedSource source) {
    return new Scan(source) {
      @Override
      public @Nullable Void visitCatch(CatchTree caught, @Nullable Void unused) {
        boolean empty = caught.getBlock().getStatements().isEmpty();
        boolean says = source.text(caught.getBlock()).matches("(?s).*(//|/\\*).*");
        if (empty && !(says && !source.file().isMainJava())) {
          report("empty-catch", caught, "swallows " + caught.getParameter().getType());
        }
        return super.visitCatch(caught, null);
      }
    }.run();
  }

  /** Names in camel case, of more than one word, that do not say "test". */
  static List<Finding> testNames(ParsedSource source) {
    return new Scan(source) {
      @Override
      public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
        String name = method.getName().toString();
        boolean sentence =
            name.matches("[a-z][a-z0-9]*([A-Z][a-z0-9]*)+") && !name.matches("test([A-Z].*)?");
        if (isTest(method.getModifiers()) && !sentence) {
          report("test-name", method, name + " is not a sentence in camel case");
        }
        return super.visitMethod(method, null);
      }
    }.run();
  }

  private static boolean isTest(ModifiersTree modifiers) {
    for (AnnotationTree annotation : modifiers.getAnnotations()) {
      if (TEST_ANNOTATIONS.contains(lastName(annotation.getAnnotationType()))) {
        return true;
      }
    }
    return false;
  }

  /** For top-level types; nested ones are described where they are nested. */
  static List<Finding> javadocOfPublicTypes(ParsedSource source) {
    List<Finding> findings = new ArrayList<>();
    for (Tree declared : source.unit().getTypeDecls()) {
      if (declared instanceof ClassTree type
          && type.getModifiers().getFlags().contains(Modifier.PUBLIC)) {
        String javadoc = source.javadoc(TreePath.getPath(source.unit(), type));
        if (javadoc == null || javadoc.isBlank()) {
          findings.add(
              new Finding(
                  "type-javadoc", source.place(type), type.getSimpleName() + " has no javadoc"));
        }
      }
    }
    return findings;
  }

  /** No type or package is named by a word that says nothing. */
  static List<Finding> vagueNames(ParsedSource source) {
    List<Finding> findings =
        new Scan(source) {
          @Override
          public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
            for (String word : type.getSimpleName().toString().split("(?=[A-Z])")) {
              if (VAGUE_WORDS.contains(word)) {
                report("vague-name", type, type.getSimpleName() + " is named by \"" + word + "\"");
              }
            }
            return super.visitClass(type, null);
          }
        }.run();
    Tree named = source.unit().getPackageName();
    if (named != null) {
      for (String word : named.toString().split("\\.")) {
        if (VAGUE_WORDS.stream().anyMatch(word::equalsIgnoreCase)) {
          findings.add(new Finding("vague-name", source.place(named), "package " + named));
        }
      }
    }
    return findings;
  }

  /** No static field of main code that can change, or holds what can. */
  static List<Finding> mutableStatics(ParsedSource source) {
    return new Scan(source) {
      @Override
      public @Nullable Void visitVariable(VariableTree field, @Nullable Void unused) {
        if (isStaticField(field)) {
          String trouble = trouble(field);
          if (trouble != null) {
            report("mutable-static", field, field.getName() + " " + trouble);
          }
        }
        return super.visitVariable(field, null);
      }

      private boolean isStaticField(VariableTree field) {
        Tree parent = getCurrentPath().getParentPath().getLeaf();
        Set<Modifier> flags = field.getModifiers().getFlags();
        boolean ofInterface = parent.getKind() == Tree.Kind.INTERFACE;
        return parent instanceof ClassTree && (ofInterface || flags.contains(Modifier.STATIC));
      }

      private @Nullable String trouble(VariableTree field) {
        Set<Modifier> flags = field.getModifiers().getFlags();
        boolean ofInterface =
            getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.INTERFACE;
        if (!ofInterface && !flags.contains(Modifier.FINAL)) {
          return "is static and not final";
        }
        if (field.getType() instanceof ArrayTypeTree && !flags.contains(Modifier.PRIVATE)) {
          return "is an array that others can write to";
        }
        if (field.getInitializer() instanceof NewClassTree made
            && MUTABLE.matcher(lastName(made.getIdentifier())).matches()) {
          return "is shared and mutable: " + lastName(made.getIdentifier());
        }
        return null;
      }
    }.run();
  }

  /**
   * The simple names of the types that some sealed type of these sources permits. Exceptions are
   * left out: they are mostly told apart among all that may be thrown, which takes a default.
   */
  static Set<String> permittedTypes(Iterable<ParsedSource> sources) {
    Set<String> permitted = new HashSet<>();
    for (ParsedSource source : sources) {
      new Scan(source) {
        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
          boolean thrown =
              type.getExtendsClause() != null
                  && lastName(type.getExtendsClause()).matches(".*(Exception|Error|Throwable)");
          if (type.getModifiers().getFlags().contains(Modifier.SEALED) && !thrown) {
            type.getPermitsClause().forEach(named -> permitted.add(lastName(named)));
            permitted.addAll(implementersInThisFile(type.getSimpleName().toString()));
          }
          return super.visitClass(type, null);
        }

        private Set<String> implementersInThisFile(String sealedName) {
          Set<String> names = new HashSet<>();
          new TreePathScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
              List<Tree> parents = new ArrayList<>(type.getImplementsClause());
              if (type.getExtendsClause() != null) {
                parents.add(type.getExtendsClause());
              }
              if (parents.stream().anyMatch(parent -> lastName(parent).equals(sealedName))) {
                names.add(type.getSimpleName().toString());
              }
              return super.visitClass(type, null);
            }
          }.scan(source.unit(), null);
          return names;
        }
      }.run();
    }
    return permitted;
  }

  /**
   * No default beside patterns for the types of a sealed family: a type that joins it later would
   * be swallowed. Goes by simple names, as the sources are not resolved.
   */
  static List<Finding> defaultOverSealed(ParsedSource source, Set<String> permitted) {
    return new Scan(source) {
      @Override
      public @Nullable Void visitSwitch(SwitchTree tree, @Nullable Void unused) {
        judge(tree, tree.getCases());
        return super.visitSwitch(tree, null);
      }

      @Override
      public @Nullable Void visitSwitchExpression(
          SwitchExpressionTree tree, @Nullable Void unused) {
        judge(tree, tree.getCases());
        return super.visitSwitchExpression(tree, null);
      }

      private void judge(Tree tree, List<? extends CaseTree> cases) {
        boolean hasDefault = false;
        boolean overSealed = false;
        for (CaseTree branch : cases) {
          for (CaseLabelTree label : branch.getLabels()) {
            hasDefault |= label instanceof DefaultCaseLabelTree;
            overSealed |=
                label instanceof PatternCaseLabelTree pattern
                    && permitted.contains(patternType(pattern.getPattern()));
          }
        }
        if (hasDefault && overSealed) {
          report("default-over-sealed", tree, "a default branch in a switch over a sealed type");
        }
      }
    }.run();
  }

  private static String patternType(PatternTree pattern) {
    return switch (pattern) {
      case BindingPatternTree binding -> lastName(binding.getVariable().getType());
      case DeconstructionPatternTree record -> lastName(record.getDeconstructor());
      default -> "";
    };
  }

  /** {@code Got} of {@code PartitionReply.Got}, {@code List} of {@code List<String>}. */
  private static String lastName(@Nullable Tree name) {
    String text = String.valueOf(name).replaceAll("<.*", "").replaceAll("@\\S+\\s+", "");
    return text.substring(text.lastIndexOf('.') + 1);
  }
}
