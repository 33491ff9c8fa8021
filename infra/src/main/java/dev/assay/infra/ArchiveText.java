package dev.assay.infra;

import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is known of the archive as text: the state first, then a table, then lines to grep for. */
final class ArchiveText {
  private static final String STATUS_ROW = "  %-28s %-8s %-9s %10s %8s %10s %8s  %-20s %-20s %s%n";
  private static final String RANGE_ROW = "  %-28s %10s %10s  %-9s %s%n";
  private static final int DIGEST_CHARS = 12;

  private ArchiveText() {}

  static void print(ArchiveReport report, PrintWriter out) {
    out.println(" state: " + report.state());
    out.println("status: " + report.status());
    if (report.action() != null) {
      out.println("action: " + report.action());
    }
    out.println("  root: " + report.root());
    out.println();
    out.printf(
        STATUS_ROW,
        "PARTITION",
        "NODE",
        "AGENT",
        "ARCHIVED",
        "TAIL",
        "BYTES",
        "SECONDS",
        "UPLOADED",
        "VERIFIED",
        "HEAD");
    for (ArchiveReport.Partition partition : report.partitions()) {
      String name = partition.table() + "/" + partition.partition();
      for (ArchiveReport.Replica replica : partition.replicas()) {
        out.printf(
            STATUS_ROW,
            name,
            replica.node(),
            replica.state(),
            position(replica.archivedLsn()),
            replica.tailEntries(),
            replica.tailBytes(),
            String.format(Locale.ROOT, "%.0f", replica.tailSeconds()),
            second(replica.lastUpload()),
            second(replica.lastVerified()),
            replica.archivedLsn() < 0 ? "-" : replica.headManifest().substring(0, DIGEST_CHARS));
        name = "";
      }
    }
    out.println();
    printErrors(report, out);
  }

  private static String position(long lsn) {
    return lsn < 0 ? "-" : Long.toString(lsn);
  }

  private static String second(@Nullable String instant) {
    return instant == null ? "-" : instant.replaceAll("\\.\\d+Z$", "Z");
  }

  private static void printErrors(ArchiveReport report, PrintWriter out) {
    boolean any = false;
    for (ArchiveReport.Finding finding : report.findings()) {
      out.printf(
          "errors: %s: %s/%d, positions %d to %d: %s %s: %s%n",
          finding.node(),
          finding.table(),
          finding.partition(),
          finding.firstLsn(),
          finding.lastLsn(),
          finding.kind(),
          finding.object(),
          finding.detail());
      any = true;
    }
    for (ArchiveReport.Partition partition : report.partitions()) {
      for (ArchiveReport.Replica replica : partition.replicas()) {
        if (!replica.detail().isEmpty()) {
          out.printf(
              "agents: %s/%d on %s: %s%n",
              partition.table(), partition.partition(), replica.node(), replica.detail());
        }
      }
    }
    if (!any) {
      out.println("errors: no known archive errors");
    }
  }

  static void print(ArchiveVerifyReport report, PrintWriter out) {
    out.println(" state: " + report.state());
    out.println("status: " + report.status());
    out.printf("  root: %s%n", report.root());
    out.printf(
        "  scan: %s, %d objects, %d bytes read%n",
        report.deep() ? "manifests and every entry" : "manifests and sizes",
        report.objects(),
        report.bytesRead());
    out.println();
    out.printf(RANGE_ROW, "PARTITION", "FROM", "TO", "STATE", "");
    for (ArchiveVerifyReport.Range range : report.ranges()) {
      out.printf(
          RANGE_ROW,
          range.table() + "/" + range.partition(),
          position(range.firstLsn()),
          position(range.lastLsn()),
          range.state(),
          range.state().isFinding() ? range.object() + ": " + range.detail() : range.detail());
    }
    out.println();
    long errors = report.ranges().stream().filter(range -> range.state().isFinding()).count();
    out.println(errors == 0 ? "errors: no known archive errors" : "errors: " + errors + " ranges");
  }
}
