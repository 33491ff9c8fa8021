package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ManualPageTest {
  private static final Path PAGE = Path.of("src", "main", "dist", "assay.1");

  private static String current() {
    return ManualPage.of(new CommandLine(new Assay()));
  }

  /** A page that differs is written to target, from where it can be copied. */
  @Test
  void pageSaysWhatTheCommandsSay() throws IOException {
    String current = current();
    if (!Files.exists(PAGE) || !Files.readString(PAGE).equals(current)) {
      Path made = Path.of("target", "assay.1");
      Files.createDirectories(Path.of("target"));
      Files.writeString(made, current);
      assertEquals(
          current,
          Files.exists(PAGE) ? Files.readString(PAGE) : "",
          "out of date; copy infra/" + made + " to infra/" + PAGE);
    }
  }

  @Test
  void everyCommandIsThere() {
    requireSections(current(), new CommandLine(new Assay()));
  }

  private static void requireSections(String page, CommandLine of) {
    of.getSubcommands()
        .forEach(
            (name, command) -> {
              String path = command.getCommandSpec().qualifiedName(" ").replace("-", "\\-");
              assertTrue(page.contains(".SS " + path + "\n"), name);
              requireSections(page, command);
            });
  }

  @Test
  void noPlaceholderIsLeft() {
    assertFalse(current().contains("${"), current());
    assertFalse(current().contains("@|"), current());
  }
}
