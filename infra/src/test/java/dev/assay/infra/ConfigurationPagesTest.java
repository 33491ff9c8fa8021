package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What people read about the configuration is what the program reads. */
class ConfigurationPagesTest {
  private static final Path PAGE = Path.of("..", "docs", "configuration.md");
  private static final Path NODE = Path.of("src", "main", "dist", "node.yaml");
  private static final Path ROUTER = Path.of("src", "main", "dist", "router.yaml");

  @Test
  void pageSaysWhatTheTablesSay() throws IOException {
    requireSame(PAGE, ConfigurationPages.page());
  }

  @Test
  void exampleOfNodeIsCurrentAndLoads() throws IOException {
    requireSame(NODE, ConfigurationPages.nodeExample());
    NodeConfig config = NodeConfig.load(NODE);
    assertEquals("node-a", config.nodeName());
    assertEquals(3, config.members().size());
  }

  @Test
  void exampleOfRouterIsCurrentAndLoads() throws IOException {
    requireSame(ROUTER, ConfigurationPages.routerExample());
    assertEquals(3, RouterConfig.load(ROUTER, Map.of()).members().size());
  }

  /** The examples behind "#" are values, too; but no file of credentials is there. */
  @Test
  void everyExampleIsAllowed() throws IOException {
    String node =
        Files.readString(NODE)
            .replaceAll("(?m)^# archive.credentialsFile: .*$", "")
            .replaceAll("(?m)^# ([a-z]+\\.[A-Za-z]+: )", "$1");
    Path file = Files.createTempFile("node", ".yaml");
    try {
      Files.writeString(file, node);
      NodeConfig config = NodeConfig.load(file);
      assertEquals("0.0.0.0:7000", config.listenConsensus().toString());
    } finally {
      Files.delete(file);
    }
  }

  /** A file that differs is written to target, from where it can be copied. */
  private static void requireSame(Path file, String current) throws IOException {
    String stored = Files.exists(file) ? Files.readString(file) : "";
    if (!stored.equals(current)) {
      Path made = Path.of("target", file.getFileName().toString());
      Files.createDirectories(Path.of("target"));
      Files.writeString(made, current);
      assertEquals(current, stored, "out of date; copy infra/" + made + " to infra/" + file);
    }
  }
}
