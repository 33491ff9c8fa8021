package dev.assay.logformat;

import java.util.Arrays;

/**
 * One index of the log, as archived.
 *
 * @param payload for {@link FrameKind#DATA} an encoded {@link Batch}; nobody writes to it
 */
public record Frame(long lsn, long term, FrameKind kind, byte[] payload) {

  @Override
  public boolean equals(Object other) {
    return other instanceof Frame frame
        && lsn == frame.lsn
        && term == frame.term
        && kind == frame.kind
        && Arrays.equals(payload, frame.payload);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(lsn) + Arrays.hashCode(payload);
  }
}
