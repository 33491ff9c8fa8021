package dev.assay.logformat;

/**
 * What a segment of the archive holds, as {@link SegmentAccount} counts it: a pure function of its
 * frames.
 *
 * @param firstTime the {@link HybridTime} of the first batch; 0 when there is no batch
 * @param lastTime of the last batch; 0 when there is none
 * @param entries frames of every kind
 * @param mutations in all batches, accepted or refused
 * @param framesBytes of the encoded frames, without the head of their stream
 * @param frames the digest of those bytes: the segment's identity
 */
public record SegmentSummary(
    long firstLsn,
    long lastLsn,
    long firstTerm,
    long lastTerm,
    long firstTime,
    long lastTime,
    long entries,
    long mutations,
    long framesBytes,
    Sha256 frames) {}
