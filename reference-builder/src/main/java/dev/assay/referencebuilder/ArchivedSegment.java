package dev.assay.referencebuilder;

import dev.assay.logformat.Manifest;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.Sha256;

/**
 * A segment whose manifest is believed.
 *
 * @param key of the segment's object
 * @param manifestFile the digest of its manifest's file
 */
record ArchivedSegment(String key, Manifest manifest, Sha256 manifestFile) {
  SegmentSummary summary() {
    return manifest.segment();
  }
}
