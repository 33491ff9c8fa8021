package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;
import java.util.HexFormat;
import java.util.UUID;

/**
 * The beginning of a JSON object with one encoding: fields in a given order, no spaces, numbers
 * that are not negative, and texts in which nothing needs an escape. For one thread at a time.
 */
final class JsonLine {
  private final StringBuilder text = new StringBuilder("{");

  JsonLine number(String field, long value) {
    begin(field).append(value);
    return this;
  }

  JsonLine text(String field, Object value) {
    begin(field).append('"').append(value).append('"');
    return this;
  }

  /** A hybrid time. */
  JsonLine time(String field, long time) {
    return text(field, HexFormat.of().toHexDigits(time));
  }

  private StringBuilder begin(String field) {
    if (text.length() > 1) {
      text.append(',');
    }
    return text.append('"').append(field).append("\":");
  }

  /** What was written; the object is not closed. */
  @Override
  public String toString() {
    return text.toString();
  }

  /** Reads the fields in their order. */
  static final class Reader {
    private static final int DIGITS_MAX = 19;
    private static final int VERSION_MAX = 999_999;

    private final String what;
    private final String text;
    private int position;

    /**
     * @param what the name of the whole, for messages
     */
    Reader(String what, String text) {
      this.what = what;
      this.text = text;
    }

    long number(String field, long max) throws FormatException {
      begin(field);
      int end = position;
      while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
        end++;
      }
      String digits = text.substring(position, end);
      boolean canonical = !digits.isEmpty() && (digits.equals("0") || digits.charAt(0) != '0');
      // Nineteen digits always fit into a long that has no sign.
      if (!canonical
          || digits.length() > DIGITS_MAX
          || Long.compareUnsigned(Long.parseUnsignedLong(digits), max) > 0) {
        throw new Corrupt(what + "'s " + field, "a number from 0 to " + max, "\"" + digits + "\"");
      }
      position = end;
      return Long.parseLong(digits);
    }

    String text(String field) throws FormatException {
      begin(field);
      int end = text.indexOf('"', position + 1);
      if (end < 0 || text.charAt(position) != '"') {
        throw new Corrupt(what + "'s " + field, "a text", "none");
      }
      String value = text.substring(position + 1, end);
      position = end + 1;
      return value;
    }

    /** Of a cluster, a table or a node. */
    String name(String field) throws FormatException {
      String name = text(field);
      if (!ArchivePaths.isName(name)) {
        throw new Corrupt(what + "'s " + field, "a name", "\"" + name + "\"");
      }
      return name;
    }

    UUID uuid(String field) throws FormatException {
      String text = text(field);
      if (text.length() == 36) {
        try {
          UUID uuid = UUID.fromString(text);
          if (uuid.toString().equals(text)) {
            return uuid;
          }
        } catch (IllegalArgumentException e) {
          throw new Corrupt(what + "'s " + field, "a lower-case UUID", "\"" + text + "\"");
        }
      }
      throw new Corrupt(what + "'s " + field, "a lower-case UUID", "\"" + text + "\"");
    }

    /** A hybrid time. */
    long time(String field) throws FormatException {
      String text = text(field);
      if (text.length() != 16 || !Hex.isLowerCase(text)) {
        throw new Corrupt(what + "'s time", "16 hexadecimal digits", "\"" + text + "\"");
      }
      return HexFormat.fromHexDigitsToLong(text);
    }

    Sha256 sha256(String field) throws FormatException {
      return Sha256.parse(text(field));
    }

    /** Refuses every version but this one. */
    void version(String field, int expected) throws FormatException {
      FormatVersion.check(what, expected, expected, (int) number(field, VERSION_MAX));
    }

    private void begin(String field) throws FormatException {
      String name = (position == 0 ? "{" : ",") + '"' + field + "\":";
      if (!text.startsWith(name, position)) {
        throw new Corrupt(what + "'s field", "\"" + field + "\"", "another");
      }
      position += name.length();
    }

    /** Nothing may follow. */
    void end() throws FormatException {
      if (position != text.length()) {
        throw new Corrupt(what, "no more fields", "more");
      }
    }
  }
}
