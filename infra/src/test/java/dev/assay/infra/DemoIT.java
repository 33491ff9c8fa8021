package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The demo's story, with a follower killed instead of the leader. */
class DemoIT {
  @Test
  void theWholeStoryHappens() {
    StringWriter out = new StringWriter();
    CommandLine assay = Assay.commandLine();
    assay.setOut(new PrintWriter(out, true));
    int exit = assay.execute("demo", "--items", "40", "--kill", "node-b", "--seed", "7");
    assertEquals(0, exit, out.toString());
    assertTrue(out.toString().contains("killed node-b with SIGKILL"), out.toString());
    assertTrue(out.toString().contains("three replicas, one digest"), out.toString());
    assertTrue(
        out.toString().matches("(?s).* notes/0, positions 0 to \\d+: FOUND\\n.*"), out.toString());
  }
}
