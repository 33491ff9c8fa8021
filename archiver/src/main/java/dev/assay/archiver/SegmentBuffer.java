package dev.assay.archiver;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** A segment's object while it is made, given away without a copy of it. For one thread. */
final class SegmentBuffer extends ByteArrayOutputStream {
  SegmentBuffer(int sizeExpected) {
    super(sizeExpected);
  }

  /** What was written; nothing may be written any more while somebody reads it. */
  ByteBuffer bytes() {
    return ByteBuffer.wrap(buf, 0, count);
  }
}
