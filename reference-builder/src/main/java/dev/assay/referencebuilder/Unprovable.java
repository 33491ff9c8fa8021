package dev.assay.referencebuilder;

import dev.assay.logformat.FormatException;
import java.io.IOException;

/**
 * An object of the archive or of a reference is missing, damaged or not believed: a finding. The
 * state at the positions that it names can't be proven from the archive as it is.
 *
 * <p>A store that did not answer is another {@link IOException}, and no finding; nor is what a
 * newer version has written, which is a {@link FormatException}.
 */
public final class Unprovable extends IOException {
  private static final long serialVersionUID = 1L;

  /** What is wrong with the object. */
  public enum Kind {
    /** It is not there. */
    LOST,
    /** It is not what was written, or breaks a rule of its format. */
    CORRUPT,
    /** It is sound, and not of this history: of a foreign hand, or of another branch. */
    FORKED
  }

  private final Kind kind;
  private final String object;
  private final long firstLsn;
  private final long lastLsn;
  private final String detail;

  /**
   * @param object its key
   * @param lastLsn {@link Long#MAX_VALUE} when all positions from the first on are unprovable
   */
  Unprovable(Kind kind, String object, long firstLsn, long lastLsn, String detail) {
    super(
        "%s: %s, so that positions %s are unprovable: %s"
            .formatted(kind, object, positions(firstLsn, lastLsn), detail));
    this.kind = kind;
    this.object = object;
    this.firstLsn = firstLsn;
    this.lastLsn = lastLsn;
    this.detail = detail;
  }

  /** What damaged bytes come to. Bytes of a version that can't be read here are no finding. */
  static IOException of(String object, long firstLsn, long lastLsn, FormatException what) {
    return switch (what) {
      case FormatException.Corrupt _, FormatException.CutShort _ ->
          new Unprovable(Kind.CORRUPT, object, firstLsn, lastLsn, what);
      case FormatException.TooOld _, FormatException.TooNew _ -> what.in(object);
    };
  }

  /** With the message of what was met. */
  Unprovable(Kind kind, String object, long firstLsn, long lastLsn, Exception what) {
    this(kind, object, firstLsn, lastLsn, String.valueOf(what.getMessage()));
    initCause(what);
  }

  private static String positions(long firstLsn, long lastLsn) {
    return lastLsn == Long.MAX_VALUE ? "from " + firstLsn + " on" : firstLsn + " to " + lastLsn;
  }

  public Kind kind() {
    return kind;
  }

  public String object() {
    return object;
  }

  public long firstLsn() {
    return firstLsn;
  }

  public long lastLsn() {
    return lastLsn;
  }

  public String detail() {
    return detail;
  }
}
