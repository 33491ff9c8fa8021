package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the command line answers, right and wrong. */
class AssayTest {

  private record Answer(int exit, String out, String err) {}

  private static Answer run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine assay = Assay.commandLine();
    assay.setOut(new PrintWriter(out, true));
    assay.setErr(new PrintWriter(err, true));
    int exit = assay.execute(arguments);
    return new Answer(exit, out.toString(), err.toString());
  }

  @Test
  void helpNamesEveryCommandAndExitCode() {
    Answer help = run("--help");
    assertEquals(0, help.exit);
    for (String word :
        new String[] {"up", "demo", "node", "router", "status", "Exit codes", "130 interrupted"}) {
      assertTrue(help.out.contains(word), word);
    }
  }

  @Test
  void versionIsTold() {
    Answer version = run("--version");
    assertEquals(0, version.exit);
    assertTrue(version.out.startsWith("assay "), version.out);
  }

  @Test
  void noCommandIsAMistakeOfUsage() {
    Answer nothing = run();
    assertEquals(2, nothing.exit);
    assertTrue(nothing.err.contains("a command is missing"), nothing.err);
    assertEquals("", nothing.out);
  }

  @Test
  void anUnknownOptionIsAMistakeOfUsage() {
    assertEquals(2, run("up", "--prot", "8000").exit);
  }

  @Test
  void demoRefusesANodeThatThereIsNot() {
    Answer demo = run("demo", "--kill", "node-z");
    assertEquals(2, demo.exit);
    assertTrue(demo.err.contains("node-a, node-b, node-c"), demo.err);
  }

  @Test
  void statusOfNothingSaysHowToStartIt() {
    Answer status = run("status", "--endpoint", "http://127.0.0.1:1");
    assertEquals(3, status.exit);
    assertTrue(status.err.contains("./assay up"), status.err);
    assertEquals("", status.out);
  }

  @Test
  void statusRefusesAnEndpointThatIsNoAddress() {
    assertEquals(2, run("status", "--endpoint", "nowhere").exit);
  }

  @Test
  void aConfigurationThatIsMissingIsAMistakeOfUsage(@TempDir Path folder) {
    Answer node = run("node", "--config", folder.resolve("none.yaml").toString());
    assertEquals(2, node.exit);
    assertTrue(node.err.contains("none.yaml"), node.err);
  }

  @Test
  void aWrongKeyInAConfigurationIsNamed(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("node.yaml");
    Files.writeString(file, "node.nmae: node-a\n");
    Answer node = run("node", "--config", file.toString());
    assertEquals(2, node.exit);
    assertTrue(node.err.contains("node.nmae"), node.err);
    assertTrue(node.err.contains("node.name"), node.err);
  }

  @Test
  void completionIsGenerated() {
    Answer completion = run("generate-completion");
    assertEquals(0, completion.exit);
    assertTrue(completion.out.contains("complete"), completion.out);
  }
}
