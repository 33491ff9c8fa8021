package dev.assay.referencebuilder;

import dev.assay.logformat.Fence;
import java.util.Objects;

/**
 * How far the fold is in a log: what decides on the next batch.
 *
 * @param lsn of the last frame; -1 before the first
 * @param term of the last frame
 * @param fenceTerm of the last accepted batch
 * @param fenceSequence of the last accepted batch
 * @param time the hybrid time of the last accepted batch
 */
record Cursor(long lsn, long term, long fenceTerm, long fenceSequence, long time) {
  static final Cursor GENESIS = new Cursor(-1, 0, 0, 0, 0);

  /**
   * Whether the frame's batch takes effect: it was evaluated in the term in which it was logged, on
   * the outcome of the batch that was accepted last in that term.
   */
  boolean accepts(FoldedFrame frame) {
    Fence fence = frame.fence();
    return fence != null
        && fence.term() == frame.term()
        && fence.follows() == (fenceTerm == fence.term() ? fenceSequence : 0);
  }

  /** After a frame without a batch that takes effect. */
  Cursor past(FoldedFrame frame) {
    return new Cursor(frame.lsn(), frame.term(), fenceTerm, fenceSequence, time);
  }

  /** After a frame whose batch takes effect. */
  Cursor accepted(FoldedFrame frame) {
    Fence fence = Objects.requireNonNull(frame.fence());
    return new Cursor(frame.lsn(), frame.term(), fence.term(), fence.sequence(), frame.time());
  }
}
