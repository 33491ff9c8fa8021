package dev.assay.referencebuilder;

import dev.assay.archiver.ObjectStore;
import dev.assay.logformat.FormatException.Corrupt;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads objects that are known to have at most so many bytes. A store refuses to give a longer one,
 * as it refuses a wrong password; here the object is told from the store: one that is longer is not
 * what was written, which is a finding. Any thread may call.
 */
final class BoundedReads {
  private BoundedReads() {}

  /**
   * The object; null if there is none.
   *
   * @throws Corrupt when it is longer
   */
  static byte @Nullable [] get(ObjectStore store, String key, long bytesMax) throws IOException {
    try {
      return store.get(key, bytesMax);
    } catch (IOException e) {
      throw judged(store, key, bytesMax, e);
    }
  }

  /** As {@link #get}, as a stream. */
  static @Nullable InputStream open(ObjectStore store, String key, long bytesMax)
      throws IOException {
    try {
      return store.open(key, bytesMax);
    } catch (IOException e) {
      throw judged(store, key, bytesMax, e);
    }
  }

  private static IOException judged(
      ObjectStore store, String key, long bytesMax, IOException failure) {
    try {
      for (ObjectStore.Entry entry : store.list(key, "", 1).entries()) {
        if (entry.key().equals(key) && entry.sizeBytes() > bytesMax) {
          Corrupt longer = new Corrupt("object's length", "at most " + bytesMax, entry.sizeBytes());
          longer.initCause(failure);
          return longer;
        }
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }
}
