import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Runs google-java-format over the sources that changed since the last run.
 *
 * <p>Arguments: the formatter's option ({@code --replace}, or {@code --dry-run} to only list), the
 * folder of the checkout, and a stamp file whose age says when the last run was. The build starts
 * this on the toolchain's JDK, because the formatter reads only the Java that its own JDK reads.
 */
class FormatSources {
  static final List<String> NOT_SOURCES = List.of("target", ".git", "node_modules");

  public static void main(String[] args) throws IOException {
    String action = args[0];
    Path top = Path.of(args[1]);
    Path stamp = Path.of(args[2]);
    FileTime since =
        Files.exists(stamp) ? Files.getLastModifiedTime(stamp) : FileTime.fromMillis(0);
    List<String> command = new ArrayList<>(List.of(action, "--set-exit-if-changed"));
    int options = command.size();
    collect(top, since, command);
    if (command.size() == options) {
      return;
    }
    ToolProvider formatter = ToolProvider.findFirst("google-java-format").orElseThrow();
    int exit =
        formatter.run(
            new PrintWriter(System.out, true),
            new PrintWriter(System.err, true),
            command.toArray(new String[0]));
    boolean replaced = action.equals("--replace");
    if (exit != 0 && !replaced) {
      System.err.println("These files are not formatted. Run: mvn process-sources");
      System.exit(exit);
    }
    Files.createDirectories(stamp.getParent());
    Files.writeString(stamp, "");
  }

  static void collect(Path folder, FileTime since, List<String> into) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.sorted().toList()) {
        String name = entry.getFileName().toString();
        if (Files.isDirectory(entry)) {
          if (!NOT_SOURCES.contains(name)) {
            collect(entry, since, into);
          }
        } else if (name.endsWith(".java")
            && Files.getLastModifiedTime(entry).compareTo(since) > 0) {
          into.add(entry.toString());
        }
      }
    }
  }
}
