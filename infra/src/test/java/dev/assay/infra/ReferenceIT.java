package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.archiver.ArchiveOptions;
import dev.assay.archiver.CertifiedSigners;
import dev.assay.logformat.Item;
import dev.assay.logformat.ItemCodec;
import dev.assay.logformat.KeyCodec;
import dev.assay.logformat.Value;
import dev.assay.logformat.tree.TreeCursor;
import dev.assay.logformat.tree.TreeItem;
import dev.assay.referencebuilder.Catalog;
import dev.assay.referencebuilder.FoldOptions;
import dev.assay.referencebuilder.Partition;
import dev.assay.referencebuilder.Reference;
import dev.assay.referencebuilder.ReferenceBuilder;
import dev.assay.requestrouter.Credentials;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** {@code assay reference} proves from the archive what the SDK has written. */
class ReferenceIT {
  private static final String TABLE = "notes";
  private static final String GONE = "gone";
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private static Path archive;
  private static EmbeddedCluster cluster;
  private static DynamoDbClient client;
  private static int written;
  private static long committedLsn;

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
                ArchiveOptions.DEFAULTS.withCutAge(Duration.ofMillis(500))));
    cluster.awaitReady();
    client = LocalClient.at(cluster.port());
    LocalClient.createTable(client, TABLE);
    LocalClient.createTable(client, GONE);
    client.deleteTable(drop -> drop.tableName(GONE));
    write();
    JsonNode first = awaitBuild(ReferenceIT::holdsEverything).json();
    SchemaCheck.requireValid("reference-build.schema.json", first);
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    cluster.close();
  }

  /** Forty items more than before; some older ones change, and some go. */
  private static void write() {
    int from = written;
    written += 50;
    for (int i = from; i < written; i++) {
      put(i, i);
    }
    for (int i = from; i < written; i += 5) {
      AttributeValue id = id(i);
      client.deleteItem(delete -> delete.tableName(TABLE).key(Map.of("id", id)));
    }
    put(1, written);
    committedLsn = lsnMax(assay("status", "--endpoint", endpoint(), "-o", "json"), "appliedLsn");
  }

  private static long lsnMax(Answer answer, String name) {
    return LongStream.of(lsns(answer, name)).max().orElseThrow();
  }

  /** The positions that the table's replicas are said to have. */
  private static long[] lsns(Answer answer, String name) {
    try {
      JsonNode replicas = of(row(answer, TABLE)).path("replicas");
      return replicas.findValues(name).stream().mapToLong(JsonNode::asLong).toArray();
    } catch (IOException e) {
      throw new UncheckedIOException(answer.out + answer.err, e);
    }
  }

  private static int itemsExpected() {
    return written / 5 * 4;
  }

  private static void put(int number, int content) {
    Map<String, AttributeValue> item =
        Map.of("id", id(number), "n", AttributeValue.fromN(Integer.toString(content)));
    client.putItem(put -> put.tableName(TABLE).item(item));
  }

  private static AttributeValue id(int number) {
    return AttributeValue.fromS("note-" + number);
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

  private static String endpoint() {
    return "http://localhost:" + cluster.adminPort();
  }

  private static Answer reference(String... arguments) {
    List<String> all = new ArrayList<>(List.of("reference"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--endpoint", endpoint()));
    return assay(all.toArray(new String[0]));
  }

  /** Builds again until what is archived by then is as it should be. */
  private static Answer awaitBuild(Predicate<Answer> enough) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Answer answer = reference("build", "-o", "json");
    while (!enough.test(answer)) {
      assertTrue(System.nanoTime() < deadline, answer.out + answer.err);
      LockSupport.parkNanos(200_000_000);
      answer = reference("build", "-o", "json");
    }
    return answer;
  }

  private static boolean holdsEverything(Answer answer) {
    try {
      return answer.exit == 0
          && row(answer, GONE) != null
          && of(row(answer, TABLE)).path("toLsn").asLong() >= committedLsn;
    } catch (IOException e) {
      throw new AssertionError(answer.out, e);
    }
  }

  private static @Nullable JsonNode row(Answer answer, String table) throws IOException {
    for (JsonNode row : answer.json().get("partitions")) {
      if (row.get("table").asText().equals(table)) {
        return row;
      }
    }
    return null;
  }

  private static JsonNode of(@Nullable JsonNode row) {
    return row == null ? new ObjectMapper().createObjectNode() : row;
  }

  /** Of the table, in the order of their names. */
  private static List<Path> files(String ending) throws IOException {
    try (Stream<Path> all = Files.walk(archive.resolve("embedded").resolve(TABLE))) {
      return all.filter(path -> path.toString().endsWith(ending)).sorted().toList();
    }
  }

  private static void flipBit(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 0x10;
    Files.write(file, bytes);
  }

  @Test
  void aReferenceHoldsWhatTheTableHolds(@TempDir Path folder) throws Exception {
    write();
    JsonNode row = of(row(awaitBuild(ReferenceIT::holdsEverything), TABLE));
    NodeArchive archived = cluster.archives().get("node-b");
    assertNotNull(archived);
    NodeArchive.Setup setup = archived.setup();
    try (ReferenceBuilder builder =
        new ReferenceBuilder(
            setup.reading(),
            setup.writing(),
            new CertifiedSigners(setup.reading(), setup.keys().root()),
            setup.keys().key(),
            InstantSource.system(),
            FoldOptions.in(folder))) {
      Partition metadata = Partition.metadata(setup.cluster());
      Catalog catalog =
          Catalog.read(builder, setup.cluster(), present(builder, metadata, Long.MAX_VALUE));
      Catalog.Table table =
          catalog.tables().stream()
              .filter(each -> each.description().name().equals(TABLE))
              .findFirst()
              .orElseThrow();
      Partition partition = table.partitions(setup.cluster()).getFirst();
      Reference built = present(builder, partition, row.get("toLsn").asLong());
      assertEquals(row.get("digest").asText(), built.root().tree().digest().toString());
      KeyCodec keys = new KeyCodec(table.description().keySchema(), table.description().seed());
      Map<Item, Item> live = liveItems();
      assertEquals(live.size(), built.root().tree().items());
      TreeCursor cursor =
          new TreeCursor(partition.suite(), built.root().tree(), builder.nodes(partition, built));
      for (TreeItem item = cursor.descend(); item != null; item = cursor.descend()) {
        Item there = live.remove(keys.decode(item.key()));
        assertNotNull(there, "the reference has an item that the table has not");
        assertArrayEquals(item.key(), keys.encode(there));
        byte[] bytes = ItemCodec.encode(there);
        assertEquals(bytes.length, item.bytes());
        assertEquals(partition.suite().item(item.key(), bytes), item.digest(), there.toString());
        cursor.skip();
      }
      assertEquals(Map.of(), live);
    }
  }

  private static Reference present(ReferenceBuilder builder, Partition partition, long lsnMax)
      throws IOException {
    Reference reference = builder.newest(partition, lsnMax);
    assertNotNull(reference);
    return reference;
  }

  /** What a scan through the API answers, by key. */
  private static Map<Item, Item> liveItems() {
    Map<Item, Item> items = new LinkedHashMap<>();
    for (Map<String, AttributeValue> answered :
        client.scanPaginator(scan -> scan.tableName(TABLE).consistentRead(true)).items()) {
      Value id = new Value.Text(Objects.requireNonNull(answered.get("id")).s());
      Value number = new Value.Num(new BigDecimal(Objects.requireNonNull(answered.get("n")).n()));
      items.put(new Item(Map.of("id", id)), new Item(Map.of("id", id, "n", number)));
    }
    return items;
  }

  @Test
  void buildingOnAndBuildingFromGenesisComeToTheSame() throws Exception {
    long before = of(row(reference("build", "-o", "json"), TABLE)).get("toLsn").asLong();
    write();
    Answer built = awaitBuild(ReferenceIT::holdsEverything);
    JsonNode further = of(row(built, TABLE));
    assertTrue(further.get("toLsn").asLong() > before, built.out);
    Answer again = reference("build", TABLE, "-o", "json");
    assertEquals(0, again.exit, again.err);
    assertEquals("CURRENT", again.json().get("state").asText(), again.out);
    Answer genesis = reference("build", TABLE + "/0", "--from-genesis", "-o", "json");
    assertEquals(0, genesis.exit, genesis.out + genesis.err);
    SchemaCheck.requireValid("reference-build.schema.json", genesis.json());
    JsonNode rebuilt = of(row(genesis, TABLE));
    assertEquals(-1, rebuilt.get("fromLsn").asLong());
    assertEquals(further.get("toLsn").asLong(), rebuilt.get("toLsn").asLong());
    assertEquals(further.get("digest").asText(), rebuilt.get("digest").asText());
    Answer part = reference("build", TABLE + "/0", "--to", Long.toString(before), "-o", "json");
    assertEquals(before, of(row(part, TABLE)).get("toLsn").asLong(), part.out);
    Answer status = reference("status", "-o", "json");
    assertEquals(0, status.exit, status.out + status.err);
    SchemaCheck.requireValid("reference-status.schema.json", status.json());
    JsonNode told = of(row(status, TABLE));
    assertEquals(further.get("digest").asText(), told.at("/reference/digest").asText());
    assertEquals(further.get("toLsn").asLong(), told.at("/lastRebuild/lsn").asLong());
    assertEquals("DROPPED", of(row(status, GONE)).path("state").asText());
    String text = reference("status", TABLE).out;
    assertTrue(text.startsWith(" state: BUILT\n"), text);
    assertFalse(text.contains("metadata/0"), text);
  }

  /** An agent that has compared a segment does not look at it again. */
  private static void awaitComparedByAll() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Answer answer = assay("archive", "status", "--endpoint", endpoint(), "-o", "json");
    while (LongStream.of(lsns(answer, "archivedLsn")).min().orElse(-1) < committedLsn) {
      assertTrue(System.nanoTime() < deadline, answer.out + answer.err);
      LockSupport.parkNanos(50_000_000);
      answer = assay("archive", "status", "--endpoint", endpoint(), "-o", "json");
    }
  }

  @Test
  void aReferenceEndsBeforeADamagedSegment() throws Exception {
    Answer before = reference("build", TABLE, "-o", "json");
    List<Path> known = files(".seg");
    write();
    awaitComparedByAll();
    Path segment = files(".seg").get(known.size());
    byte[] intact = Files.readAllBytes(segment);
    try {
      flipBit(segment);
      Answer damaged = reference("build", TABLE, "-o", "json");
      assertEquals(1, damaged.exit, damaged.out + damaged.err);
      SchemaCheck.requireValid("reference-build.schema.json", damaged.json());
      assertEquals("CORRUPT", damaged.json().get("state").asText());
      JsonNode finding = damaged.json().get("findings").get(0);
      assertEquals(archive.relativize(segment).toString(), finding.get("object").asText());
      JsonNode row = of(row(damaged, TABLE));
      assertEquals(finding.get("firstLsn").asLong() - 1, row.get("toLsn").asLong());
      assertTrue(
          row.get("toLsn").asLong() >= of(row(before, TABLE)).get("toLsn").asLong(), damaged.out);
      assertTrue(reference("build", TABLE).out.contains("errors: notes/0, positions "));
    } finally {
      Files.write(segment, intact);
    }
    awaitBuild(ReferenceIT::holdsEverything);
  }

  @Test
  void aDamagedPackIsNamedByACheck() throws Exception {
    awaitBuild(ReferenceIT::holdsEverything);
    Answer sound = reference("check", "--deep", "-o", "json");
    assertEquals(0, sound.exit, sound.out + sound.err);
    SchemaCheck.requireValid("reference-check.schema.json", sound.json());
    assertEquals("SOUND", sound.json().get("state").asText());
    assertEquals(itemsExpected(), of(row(sound, TABLE)).get("items").asInt());
    Path pack =
        files(".pack").stream().max(Comparator.comparing(ReferenceIT::modified)).orElseThrow();
    byte[] intact = Files.readAllBytes(pack);
    try {
      flipBit(pack);
      Answer damaged = reference("check", TABLE, "-o", "json");
      assertEquals(1, damaged.exit, damaged.out + damaged.err);
      SchemaCheck.requireValid("reference-check.schema.json", damaged.json());
      assertEquals("CORRUPT", damaged.json().get("state").asText());
      assertEquals(
          archive.relativize(pack).toString(),
          damaged.json().at("/findings/0/object").asText(),
          damaged.out);
      assertTrue(reference("check", TABLE).out.contains("errors: notes/0, positions "));
      Files.delete(pack);
      assertEquals("LOST", reference("check", TABLE, "-o", "json").json().get("state").asText());
    } finally {
      Files.write(pack, intact);
    }
    assertEquals(0, reference("check", TABLE + "/0").exit);
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatCannotBeAskedIsSaidWithItsExitCode() throws Exception {
    Answer unknown = reference("build", "nothing");
    assertEquals(10, unknown.exit, unknown.err);
    assertTrue(unknown.err.contains("knows no table nothing"), unknown.err);
    assertEquals(10, reference("status", "nothing").exit);
    assertEquals(10, reference("check", "nothing").exit);
    assertEquals(10, reference("build", TABLE + "/7").exit);
    assertEquals(3, reference("build", TABLE + "/0", "--to", "999999999").exit);
    assertEquals(2, reference("build", TABLE, "--to", "1").exit);
    assertEquals(2, reference("build", TABLE + "/0", "--to", "-1").exit);
    assertEquals(2, reference("build", TABLE + "/x").exit);
    assertEquals(2, reference().exit);
    int free = ClusterProcesses.freePorts(1).getFirst();
    for (String question : List.of("status", "build", "check")) {
      Answer silent =
          assay("reference", question, "--endpoint", "http://localhost:" + free, "-o", "json");
      assertEquals(3, silent.exit, silent.err);
      assertEquals("", silent.out);
    }
  }

  @Test
  void whatIsPostedIsChecked() throws Exception {
    for (String body :
        List.of(
            "",
            "null",
            "[]",
            "{\"to\": 1}",
            "{\"table\": \"notes\", \"to\": 1}",
            "{\"partition\": 0}",
            "{\"table\": \"notes\", \"partition\": 0, \"to\": -1}",
            "{\"nothing\": 1}")) {
      assertEquals(400, ask(post(ReferenceService.BUILD, body)).statusCode(), body);
    }
    assertEquals(400, ask(post(ReferenceService.CHECK, "{\"to\": 1}")).statusCode());
    assertEquals(400, ask(get(ReferenceService.BUILD)).statusCode());
    assertEquals(404, ask(get(ReferenceService.BUILD + "?run=99999")).statusCode());
    assertEquals(400, ask(get(ReferenceService.STATUS + "?partition=0")).statusCode());
    assertEquals(400, ask(get(ReferenceService.STATUS + "?table=a&partition=x")).statusCode());
    String metrics = ask(get("/metrics")).body();
    for (String name :
        List.of(
            "assay_reference_folded_bytes_total ",
            "assay_reference_folds_seconds_count ",
            "assay_reference_nodes_read_bytes_total ",
            "assay_reference_age_seconds ",
            "assay_reference_lineage_breaks_total ",
            "assay_reference_findings_total{kind=\"LOST\"} ")) {
      assertTrue(metrics.contains("\n" + name), name + " is not in\n" + metrics);
    }
  }

  private static HttpRequest.Builder get(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://localhost:" + cluster.adminPort()).resolve(path));
  }

  private static HttpRequest.Builder post(String path, String body) {
    return get(path)
        .header("Content-Type", AdminHandler.JSON)
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private static HttpResponse<String> ask(HttpRequest.Builder request) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
