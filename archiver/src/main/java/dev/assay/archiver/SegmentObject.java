package dev.assay.archiver;

import dev.assay.archiver.ArchiveFinding.Kind;
import dev.assay.archiver.CommittedLog.Frames;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Frame;
import dev.assay.logformat.FrameCodec;
import dev.assay.logformat.SegmentReader;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.SegmentWriter;
import dev.assay.logformat.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A segment's object: written if nobody has, read back, and held against the log. It says nothing
 * of the segments before, so it may be there before they are committed; only a manifest commits it.
 * For one thread at a time.
 *
 * <p>Checks: the object that is read back decodes to exactly the log's entries.
 */
final class SegmentObject {
  /** By this much an object may be longer than its frames. */
  private static final int SLACK_BYTES = 1 << 17;

  private final ArchiveAccess access;
  private final CommittedLog log;
  private final SegmentSummary segment;
  private final long checksum;
  private final Pace pace;
  private final String key;
  private boolean created;

  /** The object as it was read back and found to hold what the log holds. */
  private @Nullable Stored equalToLog;

  /** An object in the store. */
  record Stored(long bytes, Sha256 sha256) {}

  SegmentObject(ArchiveAccess access, CommittedLog log, LogScan.Ended scanned, Pace pace) {
    this.access = access;
    this.log = log;
    this.segment = scanned.summary();
    this.checksum = scanned.checksum();
    this.pace = pace;
    this.key = ArchivePaths.segment(log.owner().wal(), segment.firstLsn());
  }

  SegmentSummary segment() {
    return segment;
  }

  String key() {
    return key;
  }

  /** Whether the object was there, ours or another's, when {@link #create} returned. */
  boolean created() {
    return created;
  }

  /** Writes the object where there is none; a second time it does nothing. */
  void create(SegmentBudget.Place place) throws IOException {
    if (created) {
      return;
    }
    SegmentBuffer object = place.buffer(sizeMax());
    build(object);
    if (access.writing().create(key, object.bytes()) == ObjectStore.Created.CREATED) {
      access.events().uploaded(object.size());
    } else {
      access.events().conflict();
    }
    // Not after a failure: a request without an answer may still be on its way.
    place.done(object);
    created = true;
  }

  private int sizeMax() {
    return Math.toIntExact(Math.min(segment.framesBytes() + SLACK_BYTES, 1 << 25));
  }

  /** What is written is what was scanned before: the same entries, by their checksum. */
  private void build(SegmentBuffer object) throws IOException {
    SegmentWriter writer = new SegmentWriter(object);
    try (writer;
        Frames frames = log.read(segment.firstLsn())) {
      for (long lsn = segment.firstLsn(); lsn <= segment.lastLsn(); lsn++) {
        Frame frame = frames.next();
        if (frame == null) {
          throw new IOException("the log ends before position " + lsn + ", which was read before");
        }
        writer.write(frame);
        pace.worked(FrameCodec.encodedSize(frame));
      }
    }
    if (writer.checksum() != checksum) {
      throw new FormatException.Corrupt(
          "checksum of the entries from position %d to %d, read again"
              .formatted(segment.firstLsn(), segment.lastLsn()),
          checksum,
          writer.checksum());
    }
  }

  /** The stored object, which holds what the log holds. */
  Stored compared() throws IOException {
    Stored known = equalToLog;
    if (known == null) {
      known = readBack();
      if (known == null) {
        access.events().misread();
        known = examined();
      }
      equalToLog = known;
    }
    return known;
  }

  /** Reads the object as it comes; null when it has to be looked at closer. */
  private @Nullable Stored readBack() throws IOException {
    try (InputStream object = access.reading().open(key, SegmentWriter.OBJECT_BYTES_MAX)) {
      if (object == null) {
        throw missing();
      }
      return identified(object);
    } catch (FormatException e) {
      return null;
    }
  }

  /**
   * Where the object has the identity of the log's entries, every entry is the same; null where it
   * has another one.
   */
  private @Nullable Stored identified(InputStream object) throws IOException {
    try (SegmentReader reader = new SegmentReader(object, segment.framesBytes())) {
      while (reader.skip(Pace.PORTION_BYTES)) {
        pace.worked(Pace.PORTION_BYTES);
      }
      boolean equal = reader.identity().equals(segment.frames());
      return equal ? new Stored(reader.objectBytes(), reader.object()) : null;
    }
  }

  /** Reads the object anew, and compares it with the log entry by entry. */
  private Stored examined() throws IOException {
    byte[] object = access.reading().get(key, SegmentWriter.OBJECT_BYTES_MAX);
    if (object == null) {
      throw missing();
    }
    String difference;
    Stored stored;
    try {
      difference = SegmentComparison.firstDifference(object, segment, log);
      stored = identified(new ByteArrayInputStream(object));
    } catch (FormatException e) {
      throw difference(
          Kind.CORRUPT,
          key,
          "the object, %d bytes, SHA-256 %s, can't be decoded: %s"
              .formatted(object.length, Sha256.of(object), e.getMessage()));
    }
    if (difference != null) {
      throw difference(Kind.FORKED, key, difference);
    }
    if (stored == null) {
      throw new IOException(
          "the log's entries from position %d to %d are not what they were when they were scanned"
              .formatted(segment.firstLsn(), segment.lastLsn()));
    }
    return stored;
  }

  private Difference missing() {
    return difference(Kind.LOST, key, "the segment's object is not there");
  }

  Difference difference(Kind kind, String objectKey, String detail) {
    return new Difference(
        new ArchiveFinding(
            kind, log.owner(), segment.firstLsn(), segment.lastLsn(), objectKey, detail));
  }
}
