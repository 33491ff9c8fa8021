package dev.assay.infra.tidy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The checkout that this test runs in. Immutable. */
final class Repository {
  private static final Set<String> NOT_OURS = Set.of("target", ".git", ".idea", "node_modules");
  private static final Set<String> TEXT =
      Set.of("java", "md", "xml", "yaml", "yml", "json", "g4", "sh", "properties", "txt", "py");
  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

  private final Path root;

  private Repository(Path root) {
    this.root = root;
  }

  /** The nearest folder at or above the working folder whose pom.xml lists modules. */
  static Repository here() throws IOException {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path pom = at.resolve("pom.xml");
      if (Files.exists(pom) && Files.readString(pom).contains("<modules>")) {
        return new Repository(at);
      }
    }
    throw new IOException("no pom.xml with modules at or above the working folder");
  }

  /** As the root pom lists them. */
  List<String> modules() throws IOException {
    return MODULE
        .matcher(Files.readString(root.resolve("pom.xml")))
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }

  /**
   * Where each module with main code has its classes.
   *
   * @throws IOException when one of them is not compiled: what can't be checked has not passed
   */
  List<Path> mainClasses() throws IOException {
    List<Path> folders = new ArrayList<>();
    for (String module : modules()) {
      Path classes = root.resolve(module).resolve("target/classes");
      if (Files.exists(root.resolve(module).resolve("src/main/java"))) {
        if (!Files.exists(classes)) {
          throw new IOException("compile first: " + classes + " is missing");
        }
        folders.add(classes);
      }
    }
    return folders;
  }

  /** Every text file that is ours, in order of its path. */
  List<TextFile> textFiles() throws IOException {
    List<TextFile> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return NOT_OURS.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (isText(file.getFileName().toString())) {
              String path = root.relativize(file).toString().replace('\\', '/');
              files.add(new TextFile(path, Files.readString(file, StandardCharsets.UTF_8)));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(Comparator.comparing(TextFile::path));
    return files;
  }

  boolean exists(String path) {
    return Files.exists(root.resolve(path));
  }

  /** By ending; of the files without one, our scripts and licences. */
  private static boolean isText(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 ? TEXT.contains(name.substring(dot + 1)) : dot < 0;
  }
}
