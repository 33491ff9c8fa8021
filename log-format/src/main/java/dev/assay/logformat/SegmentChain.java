package dev.assay.logformat;

/**
 * The digest that chains the segments of a partition: a pure function of its log, whoever archived
 * it.
 *
 * <pre>
 *   SHA-256 of    the chain up to the segment before (32; zeros before the first)
 *                 first LSN (8), last LSN (8)
 *                 identity of the segment (32)
 * </pre>
 *
 * Any thread may call.
 */
public final class SegmentChain {
  private SegmentChain() {}

  /**
   * @param chain of the segment before; {@link Sha256#NONE} before the first
   */
  public static Sha256 next(Sha256 chain, SegmentSummary segment) {
    BytesWriter link = new BytesWriter(2 * Sha256.BYTES + 2 * Long.BYTES);
    link.bytes(chain.toBytes());
    link.i64(segment.firstLsn()).i64(segment.lastLsn());
    return Sha256.of(link.bytes(segment.frames().toBytes()).toBytes());
  }
}
