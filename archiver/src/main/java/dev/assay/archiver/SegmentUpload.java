package dev.assay.archiver;

import dev.assay.archiver.CommittedLog.Frames;
import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Frame;
import dev.assay.logformat.ManifestCodec;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.SegmentWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A segment's object on its way from the log into the store. It says nothing of the segments
 * before, so it may be there before they are committed; only a manifest commits it. For one thread
 * at a time.
 */
final class SegmentUpload {
  /** By this much an object may be longer than its frames. */
  private static final int SLACK_BYTES = 1 << 17;

  private final ArchiveAccess access;
  private final CommittedLog log;
  private final SegmentSummary segment;
  private final String segmentKey;
  private final String manifestKey;
  private boolean created;

  SegmentUpload(ArchiveAccess access, CommittedLog log, SegmentSummary segment) {
    this.access = access;
    this.log = log;
    this.segment = segment;
    Owner owner = log.owner();
    String wal =
        ArchivePaths.wal(owner.cluster(), owner.table(), owner.tableId(), owner.partition());
    this.segmentKey = ArchivePaths.segment(wal, segment.firstLsn());
    this.manifestKey = ArchivePaths.manifest(wal, segment.firstLsn());
  }

  SegmentSummary segment() {
    return segment;
  }

  String segmentKey() {
    return segmentKey;
  }

  String manifestKey() {
    return manifestKey;
  }

  /** The manifest's file, if the segment is committed. */
  byte @Nullable [] manifest() throws IOException {
    return access.reading().get(manifestKey, ManifestCodec.FILE_BYTES_MAX);
  }

  /** Writes the object where there is none; a second time it does nothing. */
  void create() throws IOException {
    if (created) {
      return;
    }
    byte[] object = build();
    if (access.writing().create(segmentKey, object) == ObjectStore.Created.CREATED) {
      access.events().uploaded(object.length);
    } else {
      access.events().conflict();
    }
    created = true;
  }

  /** What is written is what was scanned before: the same entries, by the segment's identity. */
  private byte[] build() throws IOException {
    int size = Math.toIntExact(Math.min(segment.framesBytes() + SLACK_BYTES, 1 << 25));
    ByteArrayOutputStream object = new ByteArrayOutputStream(size);
    SegmentWriter writer = new SegmentWriter(object);
    try (writer;
        Frames frames = log.read(segment.firstLsn())) {
      for (long lsn = segment.firstLsn(); lsn <= segment.lastLsn(); lsn++) {
        Frame frame = frames.next();
        if (frame == null) {
          throw new IOException("the log ends before position " + lsn + ", which was read before");
        }
        writer.write(frame);
      }
    }
    if (!writer.frames().equals(segment.frames())) {
      throw new FormatException.Corrupt(
          "SHA-256 of the entries from position %d to %d, read again"
              .formatted(segment.firstLsn(), segment.lastLsn()),
          segment.frames(),
          writer.frames());
    }
    return object.toByteArray();
  }
}
