package dev.assay.archiver;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An object store did not do what it was asked.
 *
 * <p>Temporary: a time-out, an answer of 5xx, a broken connection, a cut body. Asking again later
 * may help, and the outcome of a create is unknown: the object may be there. Not temporary: wrong
 * credentials, no such bucket, a request that the store refuses, an object that is too large.
 * Asking again is of no use until somebody has changed something; the message says what.
 *
 * <p>A message never holds a secret.
 */
public final class StoreFailed extends IOException {
  private final boolean temporary;

  private StoreFailed(boolean temporary, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.temporary = temporary;
  }

  /** The store may do it later; a create that ends so may have been done. */
  public static StoreFailed temporary(String message, @Nullable Throwable cause) {
    return new StoreFailed(true, message, cause);
  }

  /** The store will not do it until somebody changes something. */
  public static StoreFailed refused(String message, @Nullable Throwable cause) {
    return new StoreFailed(false, message, cause);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  public boolean temporary() {
    return temporary;
  }
}
