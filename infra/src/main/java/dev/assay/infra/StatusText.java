package dev.assay.infra;

import java.io.PrintWriter;

/** A cluster's state as text: what is wrong first, then a table, then one line to grep for. */
final class StatusText {
  private static final String ROW = "  %-28s %-8s %-16s %6s %10s %10s %10s%n";

  private StatusText() {}

  static void print(ClusterStatus status, PrintWriter out) {
    out.println(" state: " + status.state());
    out.println("status: " + status.status());
    if (status.action() != null) {
      out.println("action: " + status.action());
    }
    out.println();
    out.printf(ROW, "PARTITION", "NODE", "ROLE", "TERM", "APPLIED", "COMMITTED", "FLUSHED");
    for (ClusterStatus.Partition partition : status.partitions()) {
      String name = partition.table() + "/" + partition.partition();
      for (ClusterStatus.Replica replica : partition.replicas()) {
        out.printf(
            ROW,
            name,
            replica.node(),
            replica.role(),
            replica.term(),
            position(replica.appliedLsn()),
            position(replica.committedLsn()),
            position(replica.flushedLsn()));
        name = "";
      }
    }
    out.println();
    printErrors(status, out);
  }

  private static String position(long lsn) {
    return lsn < 0 ? "-" : Long.toString(lsn);
  }

  private static void printErrors(ClusterStatus status, PrintWriter out) {
    boolean any = false;
    for (var node : status.unreachable().entrySet()) {
      out.println("errors: " + node.getKey() + " does not answer: " + node.getValue());
      any = true;
    }
    for (ClusterStatus.Partition partition : status.partitions()) {
      for (ClusterStatus.Replica replica : partition.replicas()) {
        if (replica.problem() != null) {
          out.printf(
              "errors: %s/%d on %s: %s%n",
              partition.table(), partition.partition(), replica.node(), replica.problem());
          any = true;
        }
      }
    }
    if (!any) {
      out.println("errors: no known data errors");
    }
  }
}
