package dev.assay.infra.tidy;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** A Java source as the compiler's own parser reads it; names are not resolved. One thread. */
final class ParsedSource {
  private final TextFile file;
  private final CompilationUnitTree unit;
  private final Trees trees;
  private final SourcePositions positions;

  private ParsedSource(TextFile file, CompilationUnitTree unit, Trees trees) {
    this.file = file;
    this.unit = unit;
    this.trees = trees;
    this.positions = trees.getSourcePositions();
  }

  /**
   * Reads one file.
   *
   * @throws IOException when it is not Java
   */
  static ParsedSource of(TextFile file) throws IOException {
    var diagnostics = new DiagnosticCollector<JavaFileObject>();
    JavacTask task =
        (JavacTask)
            ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, diagnostics, List.of(), null, List.of(new InMemory(file)));
    Trees trees = Trees.instance(task);
    CompilationUnitTree unit = task.parse().iterator().next();
    for (Diagnostic<? extends JavaFileObject> diagnostic : diagnostics.getDiagnostics()) {
      if (diagnostic.getKind() == Diagnostic.Kind.ERROR) {
        throw new IOException(file.path() + " can't be parsed: " + diagnostic);
      }
    }
    return new ParsedSource(file, unit, trees);
  }

  TextFile file() {
    return file;
  }

  CompilationUnitTree unit() {
    return unit;
  }

  String place(Tree tree) {
    return file.path() + ":" + line(positions.getStartPosition(unit, tree));
  }

  /** How many lines a declaration takes, annotations included and javadoc not. */
  int lines(Tree tree) {
    long first = line(positions.getStartPosition(unit, tree));
    long last = line(positions.getEndPosition(unit, tree));
    return (int) (last - first + 1);
  }

  /** As it is written, comments included. */
  String text(Tree tree) {
    return file.text()
        .substring(
            (int) positions.getStartPosition(unit, tree),
            (int) positions.getEndPosition(unit, tree));
  }

  @Nullable String javadoc(TreePath path) {
    return trees.getDocComment(path);
  }

  private long line(long position) {
    return unit.getLineMap().getLineNumber(position);
  }

  private static final class InMemory extends SimpleJavaFileObject {
    private final String text;

    InMemory(TextFile file) {
      super(URI.create("memory:///" + file.path().replace(' ', '_')), Kind.SOURCE);
      this.text = file.text();
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
