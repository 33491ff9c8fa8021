package dev.assay.archiver;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * An object's body as it comes from a store, up to a length. Whatever goes wrong on its way is a
 * {@link StoreFailed}: also that it ends before the length that the store announced, or goes on
 * beyond what the caller takes. For one thread.
 */
final class StoredBody extends InputStream {
  private final InputStream body;
  private final long announced;
  private final long bytesMax;
  private final String action;
  private final StoreAnswer answer;
  private long count;

  private StoredBody(
      InputStream body, long announced, long bytesMax, String action, StoreAnswer answer) {
    this.body = body;
    this.announced = announced;
    this.bytesMax = bytesMax;
    this.action = action;
    this.answer = answer;
  }

  /**
   * @param announced its length; -1 when the store did not say
   * @param action what is done, for messages
   */
  static StoredBody of(
      InputStream body, long announced, long bytesMax, String action, StoreAnswer answer)
      throws StoreFailed {
    StoredBody stored = new StoredBody(body, announced, bytesMax, action, answer);
    if (announced > bytesMax) {
      stored.close();
      throw answer.tooLong(action, bytesMax);
    }
    return stored;
  }

  @Override
  public int read() throws StoreFailed {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws StoreFailed {
    int got;
    try {
      got = body.read(into, offset, length);
    } catch (IOException e) {
      throw answer.noAnswer(action, e);
    }
    if (got < 0) {
      if (count < announced) {
        throw endedEarly();
      }
      return got;
    }
    count += got;
    if (count > bytesMax) {
      throw answer.tooLong(action, bytesMax);
    }
    return got;
  }

  /** In one array of the announced length. */
  @Override
  public byte[] readAllBytes() throws StoreFailed {
    try {
      if (announced < 0 || announced > Integer.MAX_VALUE - 16) {
        return super.readAllBytes();
      }
      byte[] bytes = new byte[(int) announced];
      readNBytes(bytes, 0, bytes.length);
      return bytes;
    } catch (StoreFailed e) {
      throw e;
    } catch (IOException e) {
      throw answer.noAnswer(action, e);
    }
  }

  private StoreFailed endedEarly() {
    return answer.noAnswer(
        action,
        new EOFException("the body ended after %d of %d bytes".formatted(count, announced)));
  }

  @Override
  public void close() throws StoreFailed {
    try {
      body.close();
    } catch (IOException e) {
      throw answer.noAnswer(action, e);
    }
  }
}
