package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeConfigTest {
  private static final String MINIMAL =
      """
      cluster.name: demo
      node.name: node-a
      data.directory: /data/a
      members:
        - name: node-a
          consensus: 127.0.0.1:7000
          nodeCalls: 127.0.0.1:7001
      """;

  @TempDir private Path folder;

  private NodeConfig load(String yaml) throws IOException {
    return NodeConfig.load(Files.writeString(folder.resolve("node.yaml"), yaml));
  }

  private String problem(String yaml) {
    CommandFailure failure = assertThrows(CommandFailure.class, () -> load(yaml));
    assertEquals(ExitCode.USAGE, failure.exitCode());
    return String.valueOf(failure.getMessage());
  }

  private void requireProblem(String yaml, String expected) {
    String problem = problem(yaml);
    assertTrue(problem.contains(expected), problem);
  }

  @Test
  void defaultsAreAsDocumented() throws IOException {
    NodeConfig expected =
        new NodeConfig(
            "demo",
            "node-a",
            Path.of("/data/a"),
            List.of(
                new NodeConfig.Member(
                    "node-a", new HostPort("127.0.0.1", 7000), new HostPort("127.0.0.1", 7001))),
            new HostPort("127.0.0.1", 7000),
            new HostPort("127.0.0.1", 7001),
            new HostPort("127.0.0.1", 8010),
            List.of(),
            Path.of("/data/a/tls"),
            Path.of("/data/a/tls/authority"),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ZERO,
            true,
            100_000,
            64 << 20,
            32 << 20,
            Duration.ofSeconds(10),
            null);
    assertEquals(expected, load(MINIMAL));
  }

  @Test
  void everyKeyIsRead() throws IOException {
    NodeConfig config =
        load(
            """
            cluster.name: production
            node.name: b
            data.directory: data
            members:
              - {name: a, consensus: "a.example:1", nodeCalls: "a.example:2"}
              - {name: b, consensus: "[fd00::1]:1", nodeCalls: "[fd00::1]:2"}
              - {name: c, consensus: "10.0.0.3:1", nodeCalls: "10.0.0.3:2"}
            listen.consensus: 127.0.0.1:17000
            listen.nodeCalls: 127.0.0.1:17001
            listen.admin: off
            listen.adminNames: [a.example, "b.example:80"]
            tls.directory: certificates
            tls.authority: /authority
            consensus.electionTimeoutMin: 300ms
            consensus.electionTimeoutMax: 1m
            consensus.appenderWait: 5ms
            reads.leaderLease: false
            log.snapshotEveryEntries: 5000
            store.blockCache: 1GiB
            store.writeBuffers: 2048KiB
            shutdown.drain: 0ms
            """);
    assertEquals(
        new NodeConfig(
            "production",
            "b",
            Path.of("data"),
            List.of(
                new NodeConfig.Member(
                    "a", new HostPort("a.example", 1), new HostPort("a.example", 2)),
                new NodeConfig.Member("b", new HostPort("fd00::1", 1), new HostPort("fd00::1", 2)),
                new NodeConfig.Member(
                    "c", new HostPort("10.0.0.3", 1), new HostPort("10.0.0.3", 2))),
            new HostPort("127.0.0.1", 17000),
            new HostPort("127.0.0.1", 17001),
            null,
            List.of("a.example", "b.example:80"),
            Path.of("certificates"),
            Path.of("/authority"),
            Duration.ofMillis(300),
            Duration.ofMinutes(1),
            Duration.ofMillis(5),
            false,
            5000,
            1 << 30,
            2 << 20,
            Duration.ZERO,
            null),
        config);
  }

  @Test
  void nestedMapsSpellTheSameKeys() throws IOException {
    NodeConfig config =
        load(
            MINIMAL
                + """
                listen:
                  admin: off
                log: {snapshotEveryEntries: 77}
                """);
    assertNull(config.listenAdmin());
    assertEquals(77, config.snapshotEveryEntries());
  }

  @Test
  void preparedClusterLoads() throws IOException {
    try (ClusterProcesses cluster = ClusterProcesses.prepare(folder)) {
      for (String node : ClusterProcesses.NODES) {
        assertEquals(node, NodeConfig.load(folder.resolve(node + ".yaml")).nodeName());
      }
      RouterConfig router = RouterConfig.load(cluster.routerConfigFile());
      assertNull(router.listenAdmin());
      assertEquals(0, router.listenDynamoDb().port());
    }
  }

  @Test
  void everyProblemIsReportedAtOnceWithItsLine() {
    String problem =
        problem(
            """
            cluster.name: demo
            nodename: node-a
            data.directory: ""
            members:
              - name: node-a
                consensus: 127.0.0.1
                nodeCalls: 127.0.0.1:7001
                port: 3
            shutdown.drain: 10
            listen.admin: on
            """);
    String file = folder.resolve("node.yaml").toString();
    for (String expected :
        List.of(
            ": node.name is missing; it takes a name",
            ":2: \"nodename\" is no key; did you mean node.name?",
            ":3: data.directory is \"\"; it takes a path",
            ":6: members[0].consensus is \"127.0.0.1\"; it takes host:port",
            ":8: \"members[0].port\" is no key; did you mean name?",
            ":9: shutdown.drain is \"10\"; it takes a duration with its unit (ms, s, m or h) from"
                + " 0ms to 10m",
            ":10: listen.admin is \"on\"; it takes host:port")) {
      assertTrue(problem.contains(file + expected), expected + " is not in\n" + problem);
    }
    assertEquals(8, problem.lines().count(), problem);
  }

  @ParameterizedTest
  @CsvSource({
    "cluster.name, a b",
    "cluster.name, -a",
    "node.name, ''",
    "data.directory, ''",
    "listen.consensus, 127.0.0.1:0",
    "listen.consensus, 127.0.0.1:65536",
    "listen.nodeCalls, localhost",
    "listen.nodeCalls, http://localhost:80",
    "listen.nodeCalls, '::1:80'",
    "listen.admin, 8010",
    "listen.admin, 'false'",
    "listen.adminNames, a.example",
    "tls.directory, ''",
    "tls.authority, ' '",
    "consensus.electionTimeoutMin, 99ms",
    "consensus.electionTimeoutMin, 1 s",
    "consensus.electionTimeoutMax, 1h",
    "consensus.electionTimeoutMax, -1s",
    "consensus.appenderWait, 1.5s",
    "reads.leaderLease, yes",
    "reads.leaderLease, TRUE",
    "log.snapshotEveryEntries, 9",
    "log.snapshotEveryEntries, 1e6",
    "log.snapshotEveryEntries, 1_000",
    "log.snapshotEveryEntries, 0x100",
    "log.snapshotEveryEntries, 0100",
    "log.snapshotEveryEntries, 99999999999999999999",
    "store.blockCache, 64",
    "store.blockCache, 64MB",
    "store.blockCache, 999999999GiB",
    "store.writeBuffers, 1KiB",
    "shutdown.drain, 11m",
    "shutdown.drain, forever"
  })
  void valueThatIsNotAllowedIsRefused(String key, String value) throws IOException {
    StringBuilder yaml = new StringBuilder();
    MINIMAL.lines().filter(line -> !line.startsWith(key)).forEach(x -> yaml.append(x).append('\n'));
    boolean quoted = value.isBlank() || value.contains("::");
    yaml.append(key).append(": ").append(quoted ? "'" + value + "'" : value).append('\n');
    requireProblem(yaml.toString(), key + " is \"" + value + "\"; it takes ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ~", " null", " [a]", " {a: b}"})
  void anotherShapeThanATextIsRefused(String value) {
    assertThrows(CommandFailure.class, () -> load(MINIMAL + "shutdown.drain:" + value + "\n"));
  }

  @Test
  void electionTimeoutsAreInOrder() {
    requireProblem(
        MINIMAL + "consensus.electionTimeoutMin: 2s\n",
        "consensus.electionTimeoutMax is 2000 ms; it takes more than"
            + " consensus.electionTimeoutMin, which is 2000 ms");
  }

  @Test
  void nodeIsOneOfTheMembers() {
    requireProblem(
        MINIMAL.replace("node.name: node-a", "node.name: node-x"),
        ":2: node.name is \"node-x\"; it takes one of members: node-a");
  }

  @Test
  void twoMembersCannotOutvoteOneFailure() {
    requireProblem(
        MINIMAL
            + """
              - name: node-b
                consensus: 127.0.0.1:7002
                nodeCalls: 127.0.0.1:7003
            """,
        "members has 2 members; it takes a list of 1, or of 3 or more, members");
  }

  @Test
  void membersShareNoNameAndNoAddress() {
    String problem =
        problem(
            MINIMAL
                + """
                  - name: node-a
                    consensus: 127.0.0.1:7001
                    nodeCalls: 127.0.0.1:7002
                  - name: node-c
                    consensus: 127.0.0.1:7003
                    nodeCalls: 127.0.0.1:7003
                """);
    assertTrue(problem.contains("members[1].name is \"node-a\", as is members[0].name"), problem);
    assertTrue(
        problem.contains("members[1].consensus is \"127.0.0.1:7001\", as is members[0].nodeCalls"),
        problem);
    assertTrue(
        problem.contains("members[2].nodeCalls is \"127.0.0.1:7003\", as is members[2].consensus"),
        problem);
  }

  @Test
  void keyThatComesTwiceIsRefused() {
    requireProblem(MINIMAL + "node.name: node-b\n", ":8: \"node.name\" is here for the second");
    requireProblem(
        MINIMAL + "node:\n  name: node-b\n", ":9: node.name is here for the second time");
  }

  @Test
  void nearestKnownKeyIsNamed() {
    requireProblem(MINIMAL + "listen.nodecalls: a:1\n", "did you mean listen.nodeCalls?");
    requireProblem(MINIMAL + "shutdown:\n  drian: 1s\n", "\"shutdown.drian\" is no key");
    requireProblem(MINIMAL + "blockCache: 1MiB\n", "did you mean store.blockCache?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: &x [1]\nb: *x\n",
        "listen.admin: !!java.net.URL off\n",
        "listen.admin: &x off\n",
        "---\na: b\n---\nc: d\n",
        "- a\n- b\n",
        "just a text\n",
        "a: [\n",
        "a: b: c\n",
        "\tnode.name: x\n",
        "{{{{{{{{{{{{{{{{{{{{\n",
        "a: \"\\q\"\n"
      })
  void yamlThatIsNoConfigurationIsRefused(String yaml) {
    String problem = problem(yaml);
    assertFalse(problem.contains("Exception"), problem);
  }

  @Test
  void aliasBombIsRefusedCheaply() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 30; i++) {
      String before = "*a" + (i - 1);
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, (before + ", ").repeat(8) + before));
    }
    requireProblem(bomb.toString(), "anchors (&), aliases (*) and tags (!) are not taken here");
  }

  @Test
  void fileThatCannotBeReadIsSaid() throws IOException {
    CommandFailure missing =
        assertThrows(CommandFailure.class, () -> NodeConfig.load(folder.resolve("none.yaml")));
    assertTrue(String.valueOf(missing.getMessage()).contains("none.yaml: there is no such file"));
    assertThrows(CommandFailure.class, () -> NodeConfig.load(folder));
    requireProblem("# " + "x".repeat(300_000), "the file has more than 262144 bytes");
    Path latin = folder.resolve("latin.yaml");
    Files.write(latin, "node.name: \u00e4".getBytes(StandardCharsets.ISO_8859_1));
    CommandFailure encoding = assertThrows(CommandFailure.class, () -> NodeConfig.load(latin));
    assertTrue(String.valueOf(encoding.getMessage()).contains("the file is not UTF-8"));
  }

  @Test
  void emptyFileLacksEveryRequiredKey() {
    String problem = problem("");
    for (ConfigKey<?> key : NodeConfig.KEYS) {
      assertEquals(key.isRequired(), problem.contains(key.name() + " is missing"), key.name());
    }
  }
}
