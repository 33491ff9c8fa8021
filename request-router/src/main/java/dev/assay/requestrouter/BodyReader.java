package dev.assay.requestrouter;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads a request's body into memory, and never more of it than it may have.
 *
 * <p>Memory is taken as bytes arrive and not as the client announces them, so that an announcement
 * alone costs nothing. Used by the one thread that handles the request.
 */
final class BodyReader implements AutoCloseable {
  private static final int CHUNK_BYTES = 64 << 10;

  private final Admission admission;
  private long reserved;
  private byte[] bytes = new byte[0];
  private int length;

  BodyReader(Admission admission) {
    this.admission = admission;
  }

  /**
   * @param announced the length that the client announced; negative when it did not
   */
  void read(InputStream in, long announced, int max) throws IOException {
    if (announced > max) {
      throw tooLarge(max);
    }
    long expected = announced < 0 ? CHUNK_BYTES : Math.min(announced, CHUNK_BYTES);
    grow((int) expected);
    while (true) {
      if (length == bytes.length) {
        if (length == announced) {
          end(in);
          return;
        }
        if (length > max) {
          throw tooLarge(max);
        }
        // One byte more than allowed, to see that there is one.
        long doubled = Math.max(2L * length, CHUNK_BYTES);
        grow((int) Math.min(doubled, announced < 0 ? max + 1L : announced));
      }
      int count = in.read(bytes, length, bytes.length - length);
      if (count < 0) {
        if (announced >= 0) {
          throw new IOException("the body ended after %d of %d bytes".formatted(length, announced));
        }
        return;
      }
      length += count;
    }
  }

  /** The web server would look for a rest of the body if nobody had seen its end. */
  private static void end(InputStream in) throws IOException {
    if (in.read() >= 0) {
      throw new IOException("the body goes on after its announced length");
    }
  }

  private void grow(int size) {
    admission.reserveBody(size - reserved);
    reserved = size;
    bytes = Arrays.copyOf(bytes, size);
  }

  private static ApiException tooLarge(int max) {
    return new ApiException(
        ErrorType.REQUEST_ENTITY_TOO_LARGE,
        "The request body has more than the " + max + " bytes that this operation takes");
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  @Override
  public void close() {
    admission.releaseBody(reserved);
  }
}
