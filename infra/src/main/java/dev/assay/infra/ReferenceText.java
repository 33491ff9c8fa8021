package dev.assay.infra;

import dev.assay.logformat.ArchivePaths;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is known of references as text: the state first, then a table, then lines to grep for. */
final class ReferenceText {
  /** The table id of the metadata partition, as reports write it. */
  static final String METADATA_ID = ArchivePaths.METADATA_TABLE_ID.toString();

  private static final String STATUS_ROW =
      "  %-28s %-9s %10s  %-20s %8s  %-12s %9s %10s %10s %10s %5s %6s %6s %10s  %-20s %-8s %s%n";
  private static final String BUILD_ROW = "  %-28s %10s %10s %10s  %-32s %-9s %s%n";
  private static final String CHECK_ROW = "  %-28s %10s %6s %8s %10s  %-9s %s%n";
  private static final int DIGEST_CHARS = 12;

  private ReferenceText() {}

  static void print(ReferenceStatusReport report, PrintWriter out) {
    head(report.state(), report.status(), report.action(), report.root(), out);
    out.println();
    out.printf(
        STATUS_ROW,
        "PARTITION",
        "STATE",
        "LSN",
        "TIME",
        "AGE",
        "DIGEST",
        "ITEMS",
        "BYTES",
        "TREE",
        "PACKS",
        "COUNT",
        "SHARED",
        "BREAKS",
        "UNFOLDED",
        "WRITTEN",
        "BY",
        "REBUILT");
    for (ReferenceStatusReport.Row row : report.partitions()) {
      print(row, out);
    }
    out.println();
    for (ReferenceStatusReport.Row row : report.partitions()) {
      detail(row.table(), row.partition(), row.state(), row.detail(), out);
    }
    errors(report.findings(), List.of(), 0, report.state(), out);
  }

  private static void print(ReferenceStatusReport.Row row, PrintWriter out) {
    ReferenceStatusReport.Kept kept = row.reference();
    Rebuilds.Rebuild rebuild = row.lastRebuild();
    String rebuilt =
        rebuild == null ? "never" : "%s at %d".formatted(second(rebuild.at()), rebuild.lsn());
    String name = name(row.table(), row.partition(), row.dropped());
    if (kept == null) {
      out.printf(
          STATUS_ROW,
          name,
          row.state(),
          "-",
          "-",
          "-",
          "-",
          "-",
          "-",
          "-",
          "-",
          "-",
          "-",
          "-",
          row.unfoldedBytes(),
          "-",
          "-",
          rebuilt);
      return;
    }
    Double shared = kept.sharedRatio();
    out.printf(
        STATUS_ROW,
        name,
        row.state(),
        kept.lsn(),
        second(kept.time()),
        kept.time() == null ? "-" : age(kept.ageSeconds()),
        kept.digest().substring(0, DIGEST_CHARS),
        kept.items(),
        kept.bytes(),
        kept.treeBytes(),
        kept.packBytes(),
        kept.packs(),
        shared == null ? "-" : String.format(Locale.ROOT, "%.0f%%", shared * 100),
        kept.lineageBreaks(),
        row.unfoldedBytes(),
        second(kept.writtenAt()),
        kept.writer(),
        rebuilt);
  }

  static void print(ReferenceBuildReport report, PrintWriter out) {
    head(report.state(), report.status(), report.action(), report.root(), out);
    out.println(
        "  fold: " + (report.fromGenesis() ? "from genesis" : "on from the last reference"));
    out.println();
    out.printf(BUILD_ROW, "PARTITION", "FROM", "TO", "ITEMS", "DIGEST", "STATE", "");
    for (ReferenceBuildReport.Row row : report.partitions()) {
      out.printf(
          BUILD_ROW,
          name(row.table(), row.partition(), row.dropped()),
          row.fromLsn() < 0 ? "genesis" : Long.toString(row.fromLsn()),
          row.toLsn() < 0 ? "-" : Long.toString(row.toLsn()),
          row.digest() == null ? "-" : Long.toString(row.items()),
          row.digest() == null ? "-" : row.digest(),
          row.state(),
          row.detail());
    }
    out.println();
    errors(
        report.findings(),
        report.lineageBreaks(),
        report.lineageBreaksBeyond(),
        report.state(),
        out);
  }

  static void print(ReferenceCheckReport report, PrintWriter out) {
    head(report.state(), report.status(), report.action(), report.root(), out);
    out.println(
        "  scan: " + (report.deep() ? "every object, node and item" : "every object and node"));
    out.println();
    out.printf(CHECK_ROW, "PARTITION", "LSN", "PACKS", "NODES", "ITEMS", "STATE", "");
    for (ReferenceCheckReport.Row row : report.partitions()) {
      out.printf(
          CHECK_ROW,
          name(row.table(), row.partition(), row.dropped()),
          row.lsn() < 0 ? "-" : Long.toString(row.lsn()),
          row.packs(),
          row.nodes(),
          row.items(),
          row.state(),
          row.detail());
    }
    out.println();
    errors(report.findings(), List.of(), 0, report.state(), out);
    if (report.findingsBeyond() > 0) {
      out.println("errors: " + report.findingsBeyond() + " more");
    }
  }

  private static void head(
      ReferenceState state, String status, @Nullable String action, String root, PrintWriter out) {
    out.println(" state: " + state);
    out.println("status: " + status);
    if (action != null) {
      out.println("action: " + action);
    }
    out.println("  root: " + root);
  }

  private static void detail(
      String table, int partition, ReferenceState state, String detail, PrintWriter out) {
    if (!detail.isEmpty()) {
      out.printf("%s/%d: %s: %s%n", table, partition, state, detail);
    }
  }

  private static void errors(
      List<ReferenceFindings.Finding> findings,
      List<ReferenceFindings.Lineage> breaks,
      long beyond,
      ReferenceState state,
      PrintWriter out) {
    for (ReferenceFindings.Finding finding : findings) {
      Long last = finding.lastLsn();
      out.printf(
          "errors: %s/%d, positions %s: %s %s: %s%n",
          finding.table(),
          finding.partition(),
          last == null ? "from " + finding.firstLsn() + " on" : finding.firstLsn() + " to " + last,
          finding.kind(),
          finding.object(),
          finding.detail());
    }
    for (ReferenceFindings.Lineage broken : breaks) {
      out.printf(
          "errors: %s/%d, position %d: LINEAGE key %s%s: %s wrote over %s, the archive has %s%n",
          broken.table(),
          broken.partition(),
          broken.lsn(),
          broken.key(),
          broken.attributes() == null ? "" : " " + broken.attributes(),
          broken.node(),
          broken.actual(),
          broken.expected());
    }
    if (beyond > 0) {
      out.println("errors: " + beyond + " more lineage breaks");
    }
    if (!state.isFinding()) {
      out.println("errors: no known reference errors");
    }
  }

  private static String name(String table, int partition, boolean dropped) {
    return table + "/" + partition + (dropped ? " (dropped)" : "");
  }

  private static String second(@Nullable String instant) {
    return instant == null ? "-" : instant.replaceAll("\\.\\d+Z$", "Z");
  }

  private static String age(double seconds) {
    long whole = (long) seconds;
    if (whole < 120) {
      return whole + "s";
    }
    return whole < 2 * 3600
        ? whole / 60 + "m"
        : whole < 2 * 86_400 ? whole / 3600 + "h" : whole / 86_400 + "d";
  }
}
