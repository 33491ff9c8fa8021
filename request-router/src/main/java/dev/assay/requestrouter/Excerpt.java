package dev.assay.requestrouter;

/** Shortens what a client sent before it is quoted to it in a message. */
final class Excerpt {
  private static final int CHARS_MAX = 1024;

  private Excerpt() {}

  static String of(String text) {
    if (text.length() <= CHARS_MAX) {
      return text;
    }
    boolean splitsPair = Character.isHighSurrogate(text.charAt(CHARS_MAX - 1));
    return text.substring(0, splitsPair ? CHARS_MAX - 1 : CHARS_MAX) + "...";
  }
}
