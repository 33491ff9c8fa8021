package dev.assay.infra.tidy;

import java.nio.file.Path;
import java.util.List;

/**
 * A file of the repository, or a sample that stands for one. Immutable.
 *
 * @param path from the root, with slashes
 */
record TextFile(String path, String text) {

  List<String> lines() {
    return text.lines().toList();
  }

  boolean isJava() {
    return path.endsWith(".java");
  }

  boolean isMarkdown() {
    return path.endsWith(".md");
  }

  /** The part of the product that is shipped, as opposed to tests. */
  boolean isMainJava() {
    return isJava() && path.contains("src/main/java/");
  }

  String name() {
    return Path.of(path).getFileName().toString();
  }

  /** The folder, empty at the root. */
  String folder() {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }
}
