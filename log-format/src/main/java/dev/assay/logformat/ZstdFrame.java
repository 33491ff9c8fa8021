package dev.assay.logformat;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatException.CutShort;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is inside the one zstd frame of a segment object. The library's own stream reads on into a
 * next frame, ignores unused bits, and takes what memory the frame asks for; this one refuses all
 * three. For one thread at a time.
 */
final class ZstdFrame extends InputStream {
  private static final byte[] MAGIC = {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD};
  private static final int HEAD_BYTES = MAGIC.length + 2;

  /** Of the descriptor: all but how the content's size is written. */
  private static final int DESCRIPTOR_MASK = 0x3F;

  private static final int CHECKSUM_ONLY = 0x04;

  /** 8 MiB, which any decoder grants: exponent 23 - 10, no eighths. */
  private static final int WINDOW_MAX = 13 << 3;

  private static final int CONTENT_BYTES = 1 << 15;
  private static final int READ_BYTES = 1 << 14;

  private final InputStream object;
  private final long bytesMax;
  private final ByteBuffer compressed = ByteBuffer.allocateDirect(READ_BYTES).flip();
  private final ByteBuffer decoded = ByteBuffer.allocateDirect(CONTENT_BYTES);
  private final byte[] readAhead = new byte[READ_BYTES];
  private final MessageDigest digest = Sha256.newDigest();
  private final MessageDigest objectDigest = Sha256.newDigest();
  private final int digestFrom;

  /** What was decoded last, from {@link #position} on not given away yet. */
  private final byte[] content = new byte[CONTENT_BYTES];

  private int position;
  private int limit;
  private final ZstdDecompressCtx decoder;
  private long objectBytes;
  private long contentBytes;
  private boolean ended;
  private @Nullable Sha256 contentSha256;
  private @Nullable Sha256 objectSha256;

  /**
   * @param bytesMax more content than that is refused
   * @param digestFrom how much of the content, at most a few bytes, is left out of the digest
   */
  ZstdFrame(InputStream object, long bytesMax, int digestFrom) throws IOException {
    this.object = object;
    this.bytesMax = bytesMax;
    this.digestFrom = digestFrom;
    byte[] head = object.readNBytes(HEAD_BYTES);
    checkHead(head);
    count(head, head.length);
    compressed.clear().put(head).flip();
    decoder = new ZstdDecompressCtx();
  }

  private static void checkHead(byte[] head) throws FormatException {
    if (head.length < HEAD_BYTES) {
      throw new CutShort("head of the segment object", HEAD_BYTES, head.length);
    }
    HexFormat hex = HexFormat.of();
    for (int i = 0; i < MAGIC.length; i++) {
      if (head[i] != MAGIC[i]) {
        throw new Corrupt(
            "magic of the segment object",
            hex.formatHex(MAGIC),
            hex.formatHex(head, 0, MAGIC.length));
      }
    }
    int descriptor = head[MAGIC.length] & DESCRIPTOR_MASK;
    if (descriptor != CHECKSUM_ONLY) {
      throw new Corrupt(
          "flags of the segment object",
          hex.toHexDigits((byte) CHECKSUM_ONLY),
          hex.toHexDigits((byte) descriptor));
    }
    int window = head[MAGIC.length + 1] & 0xFF;
    if (window > WINDOW_MAX) {
      throw new Corrupt("window of the segment object", "at most " + WINDOW_MAX, window);
    }
  }

  @Override
  public int read() throws IOException {
    return fill() ? content[position++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, limit - position);
    System.arraycopy(content, position, into, offset, count);
    position += count;
    return count;
  }

  /** Reads on by so many bytes, or a few more; returns whether that was not the end. */
  boolean skipAhead(long bytes) throws IOException {
    long end = contentBytes + bytes;
    while (fill()) {
      position = limit;
      if (contentBytes >= end) {
        return true;
      }
    }
    return false;
  }

  /** Whether there is content to give. */
  private boolean fill() throws IOException {
    while (position == limit) {
      if (ended) {
        return false;
      }
      decode();
    }
    return true;
  }

  private void decode() throws IOException {
    if (!compressed.hasRemaining() && !readMore()) {
      throw new Corrupt(
          "segment object", "a whole one", objectBytes + " bytes, which end too soon");
    }
    int before = compressed.remaining();
    decoded.clear();
    try {
      ended = decoder.decompressDirectByteBufferStream(decoded, compressed);
    } catch (ZstdException e) {
      throw new Corrupt(
          "segment object",
          "a sound zstd frame",
          "damage before byte " + objectBytes + ": " + e.getMessage());
    }
    take();
    if (ended && (compressed.hasRemaining() || readMore())) {
      throw new Corrupt("segment object", "no more bytes after the zstd frame", "more");
    }
    if (!ended && limit == 0 && before == compressed.remaining()) {
      throw new Corrupt("segment object", "a sound zstd frame", "one that leads nowhere");
    }
  }

  private void take() throws FormatException {
    decoded.flip();
    limit = decoded.remaining();
    position = 0;
    decoded.get(content, 0, limit);
    int leftOut = (int) Math.clamp(digestFrom - contentBytes, 0, limit);
    digest.update(content, leftOut, limit - leftOut);
    contentBytes += limit;
    if (contentBytes > bytesMax) {
      throw new Corrupt("segment's content", "at most " + bytesMax + " bytes", "more");
    }
  }

  /** Of all the content but what is left out, when it was read to its end. */
  Sha256 contentDigest() {
    finish();
    return Objects.requireNonNull(contentSha256);
  }

  /** Of the object, when it was read to its end. */
  Sha256 objectDigest() {
    finish();
    return Objects.requireNonNull(objectSha256);
  }

  private void finish() {
    if (!ended || position < limit) {
      throw new IllegalStateException("the object was not read to its end");
    }
    if (contentSha256 == null) {
      contentSha256 = Sha256.finish(digest);
      objectSha256 = Sha256.finish(objectDigest);
    }
  }

  long objectBytes() {
    return objectBytes;
  }

  private void count(byte[] bytes, int length) {
    objectBytes += length;
    objectDigest.update(bytes, 0, length);
  }

  private boolean readMore() throws IOException {
    int count = object.read(readAhead);
    if (count <= 0) {
      return false;
    }
    count(readAhead, count);
    compressed.clear().put(readAhead, 0, count).flip();
    return true;
  }

  @Override
  public void close() {
    decoder.close();
  }
}
