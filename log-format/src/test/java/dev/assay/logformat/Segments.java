package dev.assay.logformat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes and reads small segments of one partition. */
final class Segments {
  static final UUID TABLE = UUID.fromString("6f1ed002-ab5e-4c2d-9a53-3c6a3f0e7b11");
  static final int PARTITION = 2;

  private Segments() {}

  static Frame data(long lsn, long term, Mutation... mutations) {
    return data(TABLE, PARTITION, lsn, term, mutations);
  }

  static Frame data(UUID table, int partition, long lsn, long term, Mutation... mutations) {
    Fence fence = new Fence(term, lsn + 1, lsn, "node-a");
    long time = HybridTime.of(1_700_000_000_000L + lsn, 0);
    Batch batch = new Batch(table, partition, fence, time, List.of(mutations));
    return new Frame(lsn, term, FrameKind.DATA, BatchCodec.encode(batch));
  }

  static Frame put(long lsn, long term, byte[] item) {
    return data(lsn, term, new Mutation.Put(new byte[] {1, (byte) lsn}, item, Digest128.NONE));
  }

  static Frame metadata(long lsn, long term) {
    return new Frame(lsn, term, FrameKind.METADATA, new byte[0]);
  }

  static byte[] object(List<Frame> frames) throws IOException {
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    try (SegmentWriter writer = new SegmentWriter(object)) {
      for (Frame frame : frames) {
        writer.write(frame);
      }
    }
    return object.toByteArray();
  }

  static List<Frame> read(byte[] object, long framesBytesMax) throws IOException {
    List<Frame> frames = new ArrayList<>();
    try (SegmentReader reader =
        new SegmentReader(new ByteArrayInputStream(object), framesBytesMax)) {
      for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
        frames.add(frame);
      }
    }
    return frames;
  }

  static SegmentAccount account(List<Frame> frames) throws FormatException {
    SegmentAccount account = new SegmentAccount();
    for (Frame frame : frames) {
      account.add(frame, batch(frame));
    }
    return account;
  }

  static @Nullable Batch batch(Frame frame) throws FormatException {
    return frame.kind() == FrameKind.DATA ? BatchCodec.decode(frame.payload()) : null;
  }
}
