package dev.assay.archiver;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs from the machine. A test that lacks it is skipped loudly, with the command that
 * would provide it; with {@code -Dassay.require=all} it fails instead.
 */
final class Needs {
  private Needs() {}

  static void command(String howToGet, String... probe) {
    if (!runs(List.of(probe))) {
      String message =
          "%s does not run here; provide it with: %s".formatted(String.join(" ", probe), howToGet);
      if ("all".equals(System.getProperty("assay.require"))) {
        Assertions.fail(message);
      }
      System.err.println("SKIPPED: " + message);
      Assumptions.abort(message);
    }
  }

  private static boolean runs(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
