package dev.assay.replicastore.consensus;

/**
 * A committed entry of a partition's log.
 *
 * @param kind DATA carries a batch; the other kinds are consensus's own and take a position all the
 *     same
 * @param payload what was appended; for a configuration its bytes as logged; empty for metadata
 */
public record LogEntry(long lsn, long term, Kind kind, byte[] payload) {
  public enum Kind {
    DATA,
    CONFIGURATION,
    METADATA
  }

  public LogPosition position() {
    return new LogPosition(lsn, term);
  }
}
