package dev.assay.archiver;

import dev.assay.archiver.CommittedLog.Frames;
import dev.assay.logformat.Frame;
import dev.assay.logformat.FrameCodec;
import dev.assay.logformat.SegmentReader;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Holds an archived segment against the log that it should be of, entry by entry. */
final class SegmentComparison {
  private SegmentComparison() {}

  /**
   * Null when both hold the same; otherwise the first place where they do not, with what each side
   * has there.
   *
   * @param object as it was read back
   * @throws dev.assay.logformat.FormatException when the object can't be decoded
   */
  static @Nullable String firstDifference(byte[] object, SegmentSummary expected, CommittedLog log)
      throws IOException {
    try (Frames own = log.read(expected.firstLsn());
        SegmentReader archived =
            new SegmentReader(new ByteArrayInputStream(object), expected.framesBytes())) {
      for (long lsn = expected.firstLsn(); lsn <= expected.lastLsn(); lsn++) {
        Frame ours = own.next();
        if (ours == null) {
          throw new IOException("the log ends before position " + lsn + ", which was read before");
        }
        Frame theirs = archived.next();
        if (!ours.equals(theirs)) {
          return "the log has " + show(ours) + "; the archive has " + show(theirs);
        }
      }
      Frame surplus = archived.next();
      return surplus == null ? null : "the log ends the segment; the archive has " + show(surplus);
    }
  }

  private static String show(@Nullable Frame frame) {
    return frame == null
        ? "no further entry"
        : "%s at position %d, term %d, %d bytes, frame's SHA-256 %s"
            .formatted(
                frame.kind(),
                frame.lsn(),
                frame.term(),
                frame.payload().length,
                Sha256.of(FrameCodec.encode(frame)));
  }
}
