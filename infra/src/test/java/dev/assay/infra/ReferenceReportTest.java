package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.infra.ArchivedTables.Listed;
import dev.assay.logformat.Digest128;
import dev.assay.logformat.HybridTime;
import dev.assay.logformat.Item;
import dev.assay.logformat.KeyCodec;
import dev.assay.logformat.KeySchema;
import dev.assay.logformat.ReferenceRoot;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.Value;
import dev.assay.logformat.tree.DigestSuite;
import dev.assay.logformat.tree.Subtree;
import dev.assay.referencebuilder.LineageBreak;
import dev.assay.referencebuilder.Partition;
import dev.assay.referencebuilder.Reference;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What came of a build is said worst first; what is not there yet is neither right nor wrong. */
class ReferenceReportTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final KeySchema KEYS =
      new KeySchema(
          new KeySchema.Attribute("id", KeySchema.Type.S),
          new KeySchema.Attribute("n", KeySchema.Type.N));
  private static final Partition PARTITION =
      new Partition("test", "notes", new UUID(1, 2), 3, DigestSuite.XXH3_128, 42);
  private static final Listed LISTED = new Listed(PARTITION, false, KEYS);
  private static final Listed METADATA = new Listed(Partition.metadata("test"), false, KEYS);

  private static Reference reference(ReferenceRoot.Pack... packs) {
    ReferenceRoot root =
        new ReferenceRoot(
            "test",
            "notes",
            PARTITION.tableId(),
            3,
            17,
            10,
            2,
            2,
            5,
            HybridTime.of(NOW - 90_000, 0),
            Sha256.NONE,
            Sha256.NONE,
            Sha256.NONE,
            0,
            DigestSuite.XXH3_128,
            Subtree.empty(DigestSuite.XXH3_128),
            List.of(packs),
            "node-b",
            Sha256.NONE,
            NOW - 1000);
    return new Reference("the/record", root);
  }

  private static ReferenceRoot.Pack pack(int number, long liveBytes) {
    return new ReferenceRoot.Pack(
        number, liveBytes + 50, liveBytes, Sha256.of(new byte[] {(byte) number}));
  }

  private static ReferenceBuildReport build(
      boolean named, ReferenceFindings findings, ReferenceBuildReport.Row... rows) {
    return ReferenceBuildReport.of(List.of(rows), findings, "ab".repeat(32), false, named);
  }

  private static ReferenceBuildReport.Row row(
      Listed listed, ReferenceState state, @Nullable Reference reference) {
    return ReferenceBuildReport.Row.of(
        listed, state, -1, reference, state == ReferenceState.BUILT ? "" : "in detail");
  }

  private static String text(Consumer<PrintWriter> printing) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    printing.accept(out);
    out.flush();
    return text.toString();
  }

  @Test
  void whatIsBuiltIsSaid() throws Exception {
    ReferenceBuildReport report =
        build(false, new ReferenceFindings(), row(LISTED, ReferenceState.BUILT, reference()));
    assertEquals(ExitCode.OK, report.exitCode());
    assertNull(report.action());
    SchemaCheck.requireValid("reference-build.schema.json", new ObjectMapper().valueToTree(report));
    String text = text(out -> ReferenceText.print(report, out));
    assertTrue(text.startsWith(" state: BUILT\n"), text);
    assertTrue(text.contains("  notes/3 "), text);
    assertTrue(text.contains(" genesis         17          0  "), text);
    assertTrue(text.endsWith("errors: no known reference errors\n"), text);
  }

  @Test
  void whatIsNotArchivedYetFailsOnlyWhereItWasAskedFor() {
    ReferenceBuildReport.Row young = row(LISTED, ReferenceState.DELAYED, null);
    assertEquals(ExitCode.OK, build(false, new ReferenceFindings(), young).exitCode());
    assertEquals(ExitCode.INCOMPLETE, build(true, new ReferenceFindings(), young).exitCode());
    ReferenceBuildReport.Row nothing = row(METADATA, ReferenceState.DELAYED, null);
    assertEquals(ExitCode.INCOMPLETE, build(false, new ReferenceFindings(), nothing).exitCode());
  }

  @Test
  void whatCouldNotBeReadIsNoPassAndAFindingIsWorse() {
    ReferenceBuildReport.Row built = row(LISTED, ReferenceState.BUILT, reference());
    ReferenceBuildReport.Row unread = row(LISTED, ReferenceState.UNCHECKED, null);
    ReferenceBuildReport.Row lost = row(METADATA, ReferenceState.LOST, null);
    assertEquals(
        ExitCode.INCOMPLETE, build(false, new ReferenceFindings(), built, unread).exitCode());
    ReferenceBuildReport report = build(false, new ReferenceFindings(), lost, unread, built);
    assertEquals(ReferenceState.LOST, report.state());
    assertEquals(ExitCode.FINDING, report.exitCode());
    String text = text(out -> ReferenceText.print(report, out));
    assertFalse(text.contains("no known reference errors"), text);
  }

  @Test
  void lineageBreaksAreToldByKeyAndCountedBeyondTheirBound() throws Exception {
    ReferenceFindings findings = new ReferenceFindings();
    Item key = new Item(Map.of("id", new Value.Text("a"), "n", Value.Num.of(100)));
    byte[] bytes = new KeyCodec(KEYS, 42).encode(key);
    findings.add(
        LISTED, new LineageBreak(bytes, 12, Digest128.NONE, new Digest128(1, 2), "node-c"));
    findings.add(
        LISTED,
        new LineageBreak(new byte[] {1}, 13, Digest128.NONE, new Digest128(1, 2), "node-c"));
    for (int i = 0; i < ReferenceFindings.LINEAGE_BREAKS_MAX; i++) {
      findings.add(
          LISTED, new LineageBreak(bytes, 14, Digest128.NONE, new Digest128(1, 2), "node-c"));
    }
    ReferenceBuildReport report =
        build(false, findings, row(LISTED, ReferenceState.LINEAGE, reference()));
    assertEquals(ExitCode.FINDING, report.exitCode());
    assertEquals(ReferenceFindings.LINEAGE_BREAKS_MAX, report.lineageBreaks().size());
    assertEquals(2, report.lineageBreaksBeyond());
    assertEquals(
        Map.of("id", Map.of("S", "a"), "n", Map.of("N", "100")),
        report.lineageBreaks().getFirst().attributes());
    assertNull(report.lineageBreaks().get(1).attributes());
    SchemaCheck.requireValid("reference-build.schema.json", new ObjectMapper().valueToTree(report));
    String text = text(out -> ReferenceText.print(report, out));
    assertTrue(text.contains("errors: notes/3, position 13: LINEAGE key 01: node-c wrote"), text);
    assertTrue(text.contains("errors: 2 more lineage breaks"), text);
  }

  @Test
  void statusSaysHowOldAReferenceIsAndWhatItTookOver() throws Exception {
    Reference before = reference(pack(0, 100), pack(1, 300));
    Reference now = reference(pack(1, 300), pack(2, 100));
    ReferenceStatusReport.Kept kept = ReferenceStatus.kept(now, before, NOW);
    assertEquals(90, kept.ageSeconds());
    assertEquals(400, kept.treeBytes());
    assertEquals(500, kept.packBytes());
    assertEquals(2, kept.packs());
    assertEquals(0.75, kept.sharedRatio());
    assertEquals(0.0, ReferenceStatus.kept(now, null, NOW).sharedRatio());
    assertNull(ReferenceStatus.kept(reference(), before, NOW).sharedRatio());
    ReferenceStatusReport.Row row =
        new ReferenceStatusReport.Row(
            "notes",
            PARTITION.tableId().toString(),
            3,
            false,
            ReferenceState.BUILT,
            "",
            5,
            kept,
            new Rebuilds.Rebuild(9, "2023-11-14T22:13:20.123Z", "ab".repeat(16)));
    ReferenceStatusReport report =
        ReferenceStatusReport.of(List.of(row), new ReferenceFindings(), "ab".repeat(32));
    assertEquals(ExitCode.OK, report.exitCode());
    SchemaCheck.requireValid(
        "reference-status.schema.json", new ObjectMapper().valueToTree(report));
    String text = text(out -> ReferenceText.print(report, out));
    assertTrue(text.contains(" 90s "), text);
    assertTrue(text.contains(" 75% "), text);
    assertTrue(text.contains("2023-11-14T22:13:20Z at 9\n"), text);
  }

  @Test
  void whatIsArchivedWithoutAReferenceIsNoPass() {
    ReferenceStatusReport.Row row =
        new ReferenceStatusReport.Row(
            "notes", "id", 0, false, ReferenceState.MISSING, "", 5, null, null);
    ReferenceStatusReport report =
        ReferenceStatusReport.of(List.of(row), new ReferenceFindings(), "root");
    assertEquals(ExitCode.INCOMPLETE, report.exitCode());
    String text = text(out -> ReferenceText.print(report, out));
    assertTrue(text.contains("action: Build it: assay reference build"), text);
    assertTrue(text.contains("never"), text);
  }
}
