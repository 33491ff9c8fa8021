package dev.assay.requestrouter;

/** What the JDK does only by making a copy: checks UTF-8, and sizes in it. */
final class Utf8 {
  private Utf8() {}

  /**
   * Whether the bytes are UTF-8 as the standard has it: no overlong forms, no surrogates, nothing
   * beyond U+10FFFF. The JSON parser is not as strict.
   */
  static boolean isValid(byte[] bytes, int length) {
    int at = 0;
    while (at < length) {
      int first = bytes[at++];
      if (first >= 0) {
        continue;
      }
      int more = following(first & 0xFF);
      if (more == 0 || at + more > length || !isSecond(first & 0xFF, bytes[at] & 0xFF)) {
        return false;
      }
      for (int i = 1; i < more; i++) {
        if ((bytes[at + i] & 0xC0) != 0x80) {
          return false;
        }
      }
      at += more;
    }
    return true;
  }

  /** How many bytes follow the first one of a character that is not ASCII; 0 if none can. */
  private static int following(int first) {
    if (first < 0xC2 || first > 0xF4) {
      return 0;
    }
    return first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
  }

  /** The second byte is where overlong forms, surrogates and too high numbers show. */
  private static boolean isSecond(int first, int second) {
    int low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    int high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    return second >= low && second <= high;
  }

  /** Of text that has no half surrogate pairs. */
  static int length(String text) {
    int length = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        // Each half of a pair counts two of the pair's four bytes.
        length += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return length;
  }
}
