package dev.assay.replicastore.consensus;

/** A position in a log, and the term of the entry there. Before the first entry: {@link #NONE}. */
public record LogPosition(long lsn, long term) {
  public static final LogPosition NONE = new LogPosition(-1, 0);
}
