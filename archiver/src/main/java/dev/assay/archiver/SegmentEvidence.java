package dev.assay.archiver;

import dev.assay.archiver.ArchiveVerification.State;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * What can be said of one position of the archive without looking at the others.
 *
 * @param manifest what the manifest says; null when there is none, or none that can be believed
 * @param manifestFile of the manifest's file; null as {@code manifest} is
 * @param manifestFault why the manifest is not believed; null when it is
 * @param segmentFault what is wrong with the segment; null when nothing is, or its manifest is not
 *     believed
 * @param bytesRead of both
 */
record SegmentEvidence(
    ArchiveListing.Position position,
    @Nullable Manifest manifest,
    @Nullable Sha256 manifestFile,
    @Nullable Fault manifestFault,
    @Nullable Fault segmentFault,
    long bytesRead) {

  /** Something that is not as it should be with an object. */
  record Fault(State state, String object, String detail) {

    /** Of bytes that are refused: damage, unless a newer version may read them. */
    static Fault of(String object, FormatException refusal) {
      State state =
          switch (refusal) {
            case FormatException.Corrupt _, FormatException.CutShort _ -> State.CORRUPT;
            case FormatException.TooOld _, FormatException.TooNew _ -> State.UNCHECKED;
          };
      return new Fault(state, object, String.valueOf(refusal.getMessage()));
    }

    static Fault corrupt(String object, String what, Object expected, Object actual) {
      return of(object, new FormatException.Corrupt(what, expected, actual));
    }
  }
}
