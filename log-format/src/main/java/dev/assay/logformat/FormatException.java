package dev.assay.logformat;

import java.io.IOException;
import java.util.HexFormat;

/**
 * Bytes that are not what they should be: each kind of trouble is a type, and says expected and
 * actual.
 */
public abstract sealed class FormatException extends IOException {
  private static final long serialVersionUID = 1L;

  private FormatException(String message) {
    super(message);
  }

  private FormatException(String where, FormatException inside) {
    super(where + ": " + inside.getMessage(), inside);
  }

  /** The same trouble, and where it was met. */
  public FormatException in(String where) {
    return switch (this) {
      case Corrupt corrupt -> new Corrupt(where, corrupt);
      case CutShort cutShort -> new CutShort(where, cutShort);
      case TooOld tooOld -> new TooOld(where, tooOld);
      case TooNew tooNew -> new TooNew(where, tooNew);
    };
  }

  /** The bytes are damaged, cut short, or never were of this format. */
  public static final class Corrupt extends FormatException {
    private static final long serialVersionUID = 1L;

    private Corrupt(String where, FormatException inside) {
      super(where, inside);
    }

    public Corrupt(String what, Object expected, Object actual) {
      super(what + ": expected " + expected + ", actual " + actual);
    }

    static Corrupt checksum(String what, int expected, int actual) {
      HexFormat hex = HexFormat.of();
      return new Corrupt(what, hex.toHexDigits(expected), hex.toHexDigits(actual));
    }
  }

  /**
   * A stream ends inside something: what came before may be whole, and the writer may have been
   * interrupted.
   */
  public static final class CutShort extends FormatException {
    private static final long serialVersionUID = 1L;

    private CutShort(String where, FormatException inside) {
      super(where, inside);
    }

    public CutShort(String what, int bytesExpected, int bytesActual) {
      super(what + ": cut short: expected " + bytesExpected + " bytes, actual " + bytesActual);
    }
  }

  /** Written by a version that this one no longer reads. */
  public static final class TooOld extends FormatException {
    private static final long serialVersionUID = 1L;

    private TooOld(String where, FormatException inside) {
      super(where, inside);
    }

    public TooOld(String what, int expectedAtLeast, int actual) {
      super(
          what + ": too old: expected version " + expectedAtLeast + " or newer, actual " + actual);
    }
  }

  /** Written by a version that this one does not know yet. */
  public static final class TooNew extends FormatException {
    private static final long serialVersionUID = 1L;

    private TooNew(String where, FormatException inside) {
      super(where, inside);
    }

    public TooNew(String what, int expectedAtMost, int actual) {
      super(what + ": too new: expected version " + expectedAtMost + " or older, actual " + actual);
    }

    /** A kind that a newer version may have given a meaning. */
    public TooNew(String what, String expectedKinds, int actual) {
      super(what + ": too new: expected one of " + expectedKinds + ", actual " + actual);
    }
  }
}
