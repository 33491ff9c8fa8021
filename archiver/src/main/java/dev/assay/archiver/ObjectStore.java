package dev.assay.archiver;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one bucket, by key. Nothing here overwrites, and who may only use this deletes
 * nothing.
 *
 * <p>Every call blocks until it is done, has failed, or its deadline has passed, and may be made
 * from any thread. A thread that is interrupted in a call leaves it with a temporary failure and
 * its interrupt flag set.
 *
 * <p>Keys are UTF-8 and are ordered by their bytes.
 */
public interface ObjectStore extends AutoCloseable {
  /** What a create came to. */
  enum Created {
    /** This call wrote the object. */
    CREATED,
    /**
     * Something is there already, and it is left as it was. It may be what this very call wrote: a
     * request that is sent again after its answer was lost meets its own object. Read it back to
     * know.
     */
    EXISTS
  }

  /** Keys in order, and whether more follow. */
  record Listing(List<Entry> entries, boolean more) {
    public Listing {
      entries = List.copyOf(entries);
    }
  }

  /** One object that is there. */
  record Entry(String key, long sizeBytes) {}

  /** The right to delete, which is given to few. */
  interface Deleting {
    /** Deletes the object; that there is none already is no error. */
    void delete(String key) throws StoreFailed;
  }

  /**
   * Writes the object if nothing is there, atomically: of many callers one is told CREATED. Once it
   * answers, or the object can be read, the object survives a power cut.
   *
   * @param object what is left of the buffer, which stays as it is; nobody writes to it before this
   *     returns, nor ever after a failure: the request may still be under way
   */
  Created create(String key, ByteBuffer object) throws StoreFailed;

  /** As above, of a whole array. */
  default Created create(String key, byte[] object) throws StoreFailed {
    return create(key, ByteBuffer.wrap(object));
  }

  /**
   * Returns the object, or null if there is none.
   *
   * @throws StoreFailed not temporary, if it is longer than {@code bytesMax}
   */
  byte @Nullable [] get(String key, long bytesMax) throws StoreFailed;

  /**
   * As {@link #get}, as a stream, for what is long and need not be in memory as a whole. What the
   * stream throws is a {@link StoreFailed} too.
   */
  default @Nullable InputStream open(String key, long bytesMax) throws StoreFailed {
    byte[] object = get(key, bytesMax);
    return object == null ? null : new ByteArrayInputStream(object);
  }

  /**
   * Returns the first {@code max} objects whose keys begin with {@code prefix} and come after
   * {@code after}. Start with an empty {@code after}, and go on with the last key while {@code
   * more} is true.
   */
  Listing list(String prefix, String after, int max) throws StoreFailed;

  @Override
  void close();
}
