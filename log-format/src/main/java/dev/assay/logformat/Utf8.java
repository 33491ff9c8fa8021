package dev.assay.logformat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.assay.logformat.FormatException.Corrupt;
import java.util.Arrays;

/**
 * Text as UTF-8, exactly: what is not text is refused in either direction, where Java's own
 * conversions put a replacement character.
 */
final class Utf8 {
  private static final char REPLACEMENT = '\uFFFD';

  private Utf8() {}

  static byte[] encode(String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    // An unpaired surrogate has become a question mark; the way back shows it, and is cheap.
    if (!text.equals(new String(utf8, UTF_8))) {
      throw new IllegalArgumentException("text with an unpaired surrogate has no UTF-8");
    }
    return utf8;
  }

  static String decode(byte[] bytes, int from, int length, String what) throws FormatException {
    String text = new String(bytes, from, length, UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0) {
      // Either it stands there in full, or it stands for bytes that are not UTF-8.
      byte[] again = text.getBytes(UTF_8);
      if (!Arrays.equals(again, 0, again.length, bytes, from, from + length)) {
        throw new Corrupt(what, "UTF-8", "bytes that are not");
      }
    }
    return text;
  }

  /** Compares by UTF-8 bytes, which is by code point, without making the bytes. */
  static int compare(String first, String second) {
    int length = Math.min(first.length(), second.length());
    for (int i = 0; i < length; i++) {
      char one = first.charAt(i);
      char two = second.charAt(i);
      if (one != two) {
        return rank(one) - rank(two);
      }
    }
    return first.length() - second.length();
  }

  /** Surrogates stand for code points above all other chars, and so sort after them. */
  private static int rank(char unit) {
    return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
  }
}
