package dev.assay.logformat;

/** Which text is hexadecimal in the one form that the formats use. */
final class Hex {
  private Hex() {}

  static boolean isLowerCase(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
  }
}
