package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.archiver.ArchiveOptions;
import dev.assay.requestrouter.Credentials;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** {@code assay up} archives what the SDK writes, and {@code assay archive} tells what is there. */
class ArchiveIT {
  private static final String TABLE = "notes";
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int SEGMENTS = 3;

  private static Path archive;
  private static EmbeddedCluster cluster;

  /** What a command came to. */
  private record Answer(int exit, String out, String err) {
    JsonNode json() throws IOException {
      return new ObjectMapper().readTree(out);
    }
  }

  @BeforeAll
  static void fill(@TempDir Path data) throws Exception {
    archive = data.resolve("archive/assay");
    cluster =
        EmbeddedCluster.start(
            new EmbeddedCluster.Options(
                data,
                0,
                0,
                1,
                Credentials.of(Map.of("assay", "assay")),
                ArchiveOptions.DEFAULTS.withCutAge(Duration.ofSeconds(2))));
    cluster.awaitReady();
    try (DynamoDbClient client = LocalClient.at(cluster.port())) {
      LocalClient.createTable(client, TABLE);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      for (int i = 0; files(".manifest.json").size() < SEGMENTS; i++) {
        assertTrue(System.nanoTime() < deadline, "no segment was archived in time");
        AttributeValue id = AttributeValue.fromS("note-" + i);
        client.putItem(put -> put.tableName(TABLE).item(Map.of("id", id)));
        LockSupport.parkNanos(50_000_000);
      }
    }
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  /** Of the table, in the order of positions. */
  private static List<Path> files(String ending) throws IOException {
    Path folder = archive.resolve("embedded").resolve(TABLE);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> path.toString().endsWith(ending)).sorted().toList();
    }
  }

  private static Answer assay(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine assay = Assay.commandLine();
    assay.setOut(new PrintWriter(out, true));
    assay.setErr(new PrintWriter(err, true));
    int exit = assay.execute(arguments);
    return new Answer(exit, out.toString(), err.toString());
  }

  private static Answer archive(String... arguments) {
    List<String> all = new ArrayList<>(List.of("archive"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--endpoint", "http://localhost:" + cluster.adminPort()));
    return assay(all.toArray(new String[0]));
  }

  private static Answer awaitExit(int expected, String... arguments) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Answer answer = archive(arguments);
    while (answer.exit != expected && System.nanoTime() < deadline) {
      LockSupport.parkNanos(200_000_000);
      answer = archive(arguments);
    }
    assertEquals(expected, answer.exit, answer.out + answer.err);
    return answer;
  }

  /** The one range that is neither found nor young. */
  private static JsonNode wrong(Answer answer) throws IOException {
    SchemaCheck.requireValid("archive-verify.schema.json", answer.json());
    List<JsonNode> wrong = new ArrayList<>();
    for (JsonNode range : answer.json().get("ranges")) {
      if (!List.of("FOUND", "DELAYED").contains(range.get("state").asText())) {
        wrong.add(range);
      }
    }
    assertEquals(1, wrong.size(), answer.out);
    return wrong.getFirst();
  }

  private static String key(Path object) {
    return archive.relativize(object).toString();
  }

  private static long firstLsn(Path object) {
    return Long.parseLong(object.getFileName().toString().substring(0, 20));
  }

  @Test
  void whatWasWrittenIsFound() throws Exception {
    JsonNode found = awaitExit(0, "verify", "--deep", "-o", "json").json();
    SchemaCheck.requireValid("archive-verify.schema.json", found);
    assertTrue(found.get("deep").asBoolean());
    assertTrue(found.get("objects").asLong() >= 2 * SEGMENTS, found.toPrettyString());
    assertTrue(found.get("ranges").findValuesAsText("table").contains("metadata"));
    assertTrue(found.get("ranges").findValuesAsText("table").contains(TABLE));
    Answer text = awaitExit(0, "verify", TABLE + "/0");
    assertTrue(text.out.contains(" notes/0 "), text.out);
    assertFalse(text.out.contains("metadata/0"), text.out);
    assertTrue(text.out.endsWith("errors: no known archive errors\n"), text.out);
  }

  @Test
  void statusTellsOfEveryReplica() throws Exception {
    JsonNode status = awaitExit(0, "status", "-o", "json").json();
    SchemaCheck.requireValid("archive-status.schema.json", status);
    assertEquals("CURRENT", status.get("state").asText());
    assertEquals(0, status.get("findings").size());
    List<String> nodes = new ArrayList<>();
    for (JsonNode partition : status.get("partitions")) {
      partition
          .get("replicas")
          .forEach(
              replica ->
                  nodes.add(partition.get("table").asText() + " " + replica.get("node").asText()));
    }
    assertEquals(
        List.of(
            "metadata node-a",
            "metadata node-b",
            "metadata node-c",
            "notes node-a",
            "notes node-b",
            "notes node-c"),
        nodes);
    assertTrue(awaitExit(0, "status").out.startsWith(" state: CURRENT\n"));
  }

  @Test
  void aFlippedBitIsFoundWhereItIs() throws Exception {
    awaitExit(0, "verify", "--deep");
    Path segment = files(".seg").get(1);
    byte[] intact = Files.readAllBytes(segment);
    byte[] flipped = intact.clone();
    flipped[intact.length / 2] ^= 0x10;
    try {
      Files.write(segment, flipped);
      JsonNode range = wrong(awaitExit(1, "verify", "--deep", "-o", "json"));
      assertEquals("CORRUPT", range.get("state").asText());
      assertEquals(TABLE, range.get("table").asText());
      assertEquals(0, range.get("partition").asInt());
      assertEquals(firstLsn(segment), range.get("firstLsn").asLong());
      assertEquals(firstLsn(files(".seg").get(2)) - 1, range.get("lastLsn").asLong());
      assertEquals(key(segment), range.get("object").asText());
      assertNotEquals("", range.get("detail").asText());
    } finally {
      Files.write(segment, intact);
    }
    awaitExit(0, "verify", "--deep");
  }

  @Test
  void aDeletedManifestIsLostUntilItIsBack() throws Exception {
    awaitExit(0, "verify");
    Path manifest = files(".manifest.json").get(1);
    Path aside = archive.resolveSibling("aside");
    Files.move(manifest, aside);
    try {
      JsonNode range = wrong(awaitExit(1, "verify", "-o", "json"));
      assertEquals("LOST", range.get("state").asText());
      assertEquals(TABLE, range.get("table").asText());
      assertEquals(firstLsn(manifest), range.get("firstLsn").asLong());
      assertEquals(key(manifest), range.get("object").asText());
      assertTrue(archive("verify").out.endsWith("errors: 1 ranges\n"));
    } finally {
      Files.move(aside, manifest);
    }
    awaitExit(0, "verify");
  }

  @Test
  void whatCannotBeAskedIsSaidWithItsExitCode() throws Exception {
    Answer unknown = archive("verify", "nothing");
    assertEquals(10, unknown.exit, unknown.err);
    assertTrue(unknown.err.contains("no replica here is of table nothing"), unknown.err);
    assertEquals(10, archive("verify", TABLE + "/7").exit);
    assertEquals(2, archive("verify", TABLE + "/x").exit);
    assertEquals(2, archive("verify", "/0").exit);
    assertEquals(2, archive().exit);
    int free = ClusterProcesses.freePorts(1).getFirst();
    for (String question : List.of("status", "verify")) {
      Answer silent =
          assay("archive", question, "--endpoint", "http://localhost:" + free, "-o", "json");
      assertEquals(3, silent.exit, silent.err);
      assertTrue(silent.err.contains("nothing answers at"), silent.err);
      assertEquals("", silent.out);
    }
  }

  @Test
  void metricsTellHowTheArchiveIs() throws Exception {
    awaitExit(0, "verify");
    String metrics = get("/metrics");
    for (String name :
        List.of(
            "assay_archive_uploaded_bytes_total{",
            "assay_archive_lag_seconds{",
            "assay_archive_tail_entries{",
            "assay_archive_tail_bytes{",
            "assay_archive_conflicts_total{",
            "assay_archive_retries_total{",
            "assay_archive_segments_total{",
            "assay_archive_verifications_total{")) {
      assertTrue(metrics.contains("\n" + name), name + " is not in\n" + metrics);
    }
    assertEquals("ok\n", get("/readyz"));
    assertTrue(get("/readyz?verbose").contains("[+]signer-node-a ok\n"));
  }

  private static String get(String path) throws Exception {
    URI uri = URI.create("http://localhost:" + cluster.adminPort()).resolve(path);
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(uri).timeout(PATIENCE).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }
}
