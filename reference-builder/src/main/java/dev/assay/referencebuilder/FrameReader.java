package dev.assay.referencebuilder;

import dev.assay.logformat.tree.DigestSuite;
import java.io.IOException;
import java.util.List;

/** Reads the frames of archived segments. */
@FunctionalInterface
interface FrameReader {
  /** The frames of one segment, all of them, in their order. */
  List<FoldedFrame> read(ArchivedSegment segment, DigestSuite suite) throws IOException;
}
