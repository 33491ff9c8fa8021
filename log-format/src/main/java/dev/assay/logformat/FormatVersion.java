package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatException.TooNew;
import dev.assay.logformat.FormatException.TooOld;

/** The one way in which a version number is judged. Any thread may call. */
public final class FormatVersion {
  private FormatVersion() {}

  /**
   * @param what what carries the version, for the message
   * @param min the oldest version that this program reads
   * @param max the newest
   */
  public static void check(String what, int min, int max, int actual) throws FormatException {
    if (actual < 1) {
      throw new Corrupt("version of the " + what, "at least 1", actual);
    }
    if (actual < min) {
      throw new TooOld(what, min, actual);
    }
    if (actual > max) {
      throw new TooNew(what, max, actual);
    }
  }
}
