package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouterConfigTest {
  private static final String MINIMAL =
      """
      cluster.name: demo
      tls.directory: /tls
      members:
        - name: node-a
          nodeCalls: 127.0.0.1:7001
      """;
  private static final String SECRET = "wJalrXUtnFEMI+K7MDENG/bPxRfiCY=";

  @TempDir private Path folder;

  private RouterConfig load(String yaml, Map<String, String> environment) throws IOException {
    return RouterConfig.load(Files.writeString(folder.resolve("router.yaml"), yaml), environment);
  }

  private String problem(String yaml, Map<String, String> environment) {
    CommandFailure failure = assertThrows(CommandFailure.class, () -> load(yaml, environment));
    assertEquals(ExitCode.USAGE, failure.exitCode());
    return String.valueOf(failure.getMessage());
  }

  private Path credentials(String text, String permissions) throws IOException {
    Path file = Files.writeString(folder.resolve("credentials.yaml"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    return file;
  }

  @Test
  void defaultsAreAsDocumented() throws IOException {
    assertEquals(
        new RouterConfig(
            "demo",
            List.of(new RouterConfig.Member("node-a", new HostPort("127.0.0.1", 7001))),
            new HostPort("127.0.0.1", 8000),
            new HostPort("127.0.0.1", 8011),
            List.of(),
            Path.of("/tls"),
            Path.of("/tls/authority"),
            new AccessKeys(Map.of("assay", "assay")),
            1,
            2500,
            1000),
        load(MINIMAL, Map.of()));
  }

  @Test
  void everyKeyIsRead() throws IOException {
    Path file = credentials("alice: " + SECRET + "\nbob: '12 # 34'\n0815: 007\n", "rw-------");
    RouterConfig config =
        load(
            """
            cluster.name: production
            members:
              - {name: a, consensus: "a.example:1", nodeCalls: "a.example:2"}
              - {name: b, nodeCalls: "b.example:2"}
              - {name: c, nodeCalls: "c.example:2"}
            listen.dynamodb: "[::1]:0"
            listen.admin: localhost:0
            listen.adminNames: [router.example]
            tls.directory: certificates
            tls.authority: authority
            credentials.file: %s
            tables.partitionsDefault: 4
            tables.max: 10
            requests.max: 50
            """
                .formatted(file),
            Map.of("ASSAY_ACCESS_KEY", "not", "ASSAY_SECRET_KEY", "these"));
    assertEquals(
        new RouterConfig(
            "production",
            List.of(
                new RouterConfig.Member("a", new HostPort("a.example", 2)),
                new RouterConfig.Member("b", new HostPort("b.example", 2)),
                new RouterConfig.Member("c", new HostPort("c.example", 2))),
            new HostPort("::1", 0),
            new HostPort("localhost", 0),
            List.of("router.example"),
            Path.of("certificates"),
            Path.of("authority"),
            new AccessKeys(Map.of("alice", SECRET, "bob", "12 # 34", "0815", "007")),
            4,
            10,
            50),
        config);
  }

  @ParameterizedTest
  @CsvSource({
    "listen.dynamodb, off",
    "listen.dynamodb, localhost",
    "listen.admin, none",
    "tables.partitionsDefault, 0",
    "tables.partitionsDefault, 257",
    "tables.max, 0",
    "requests.max, many",
    "requests.max, 100001"
  })
  void valueThatIsNotAllowedIsRefused(String key, String value) {
    String problem = problem(MINIMAL + key + ": " + value + "\n", Map.of());
    assertTrue(problem.contains(":6: " + key + " is \"" + value + "\"; it takes "), problem);
  }

  @Test
  void environmentHasOnePair() throws IOException {
    RouterConfig config =
        load(MINIMAL, Map.of("ASSAY_ACCESS_KEY", "alice", "ASSAY_SECRET_KEY", SECRET));
    assertEquals(Map.of("alice", SECRET), config.accessKeys().secrets());
    for (Map<String, String> half :
        List.of(
            Map.of("ASSAY_ACCESS_KEY", "alice"),
            Map.of("ASSAY_SECRET_KEY", SECRET),
            Map.of("ASSAY_ACCESS_KEY", "alice", "ASSAY_SECRET_KEY", ""),
            Map.of("ASSAY_ACCESS_KEY", "a b", "ASSAY_SECRET_KEY", SECRET))) {
      String problem = problem(MINIMAL, half);
      assertTrue(problem.contains("ASSAY_ACCESS_KEY"), problem);
      assertFalse(problem.contains(SECRET), problem);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-rw-rw-", "rwx-----x"})
  void credentialsThatOthersMayUseAreRefused(String permissions) throws IOException {
    Path file = credentials("alice: " + SECRET + "\n", permissions);
    String problem = problem(MINIMAL + "credentials.file: " + file + "\n", Map.of());
    assertTrue(problem.contains("chmod 600 " + file), problem);
    assertFalse(problem.contains(SECRET), problem);
  }

  @Test
  void missingCredentialsAreNotTheWellKnownOnes() throws IOException {
    String line = "credentials.file: " + folder.resolve("none") + "\n";
    assertTrue(problem(MINIMAL + line, Map.of()).contains("none: there is no such file"));
    Path file = credentials("# nobody\n", "rw-------");
    String empty = problem(MINIMAL + "credentials.file: " + file + "\n", Map.of());
    assertTrue(empty.contains("there is no line"), empty);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alice: @SECRET",
        "alice: [SECRET]",
        "alice: {SECRET: x}",
        "alice: 'SECRET",
        "a b: SECRET",
        "SECRET",
        "alice: SECRET\nalice: SECRET",
        "alice: !SECRET x",
        "alice: *SECRET",
        "alice:\n  - SECRET\n bob",
        "alice: \"SECRET\\q\""
      })
  void problemsOfCredentialsTellNoSecret(String text) throws IOException {
    Path file = credentials(text.replace("SECRET", SECRET) + "\n", "rw-------");
    CommandFailure failure =
        assertThrows(
            CommandFailure.class,
            () -> load(MINIMAL + "credentials.file: " + file + "\n", Map.of()));
    assertFalse(StackTraces.of(failure).contains(SECRET), failure.getMessage());
  }

  @Test
  void textOfTheConfigurationHasNoSecret() throws IOException {
    RouterConfig config =
        load(MINIMAL, Map.of("ASSAY_ACCESS_KEY", "alice", "ASSAY_SECRET_KEY", SECRET));
    assertFalse(config.toString().contains(SECRET));
    assertTrue(config.toString().contains("alice"));
  }

  @Test
  void openPortsAndWellKnownCredentialsAreSaidInTheLog() throws IOException {
    List<String> warnings = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            warnings.add(record.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger ours = Logger.getLogger("dev.assay.infra");
    Level levelBefore = ours.getLevel();
    ours.setLevel(Level.WARNING);
    ours.addHandler(handler);
    try {
      Map<String, String> environment =
          Map.of("ASSAY_ACCESS_KEY", "alice", "ASSAY_SECRET_KEY", SECRET);
      load(MINIMAL, environment);
      assertEquals(List.of(), warnings);
      load(MINIMAL + "listen.dynamodb: 0.0.0.0:8000\nlisten.admin: '[::]:8011'\n", environment);
      assertEquals(2, warnings.size(), warnings.toString());
      assertTrue(warnings.get(0).startsWith("listen.dynamodb is 0.0.0.0:8000"), warnings.get(0));
      assertTrue(warnings.get(1).startsWith("listen.admin is [::]:8011"), warnings.get(1));
      load(MINIMAL, Map.of());
      assertEquals(3, warnings.size(), warnings.toString());
      assertTrue(warnings.get(2).contains("credentials.file"), warnings.get(2));
    } finally {
      ours.removeHandler(handler);
      ours.setLevel(levelBefore);
    }
  }
}
