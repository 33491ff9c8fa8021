package dev.assay.replicastore.expression;

import java.util.Arrays;

/**
 * Looks for a part within a string or within binary, in a time that grows with their lengths and
 * not with their product: a client chooses both, and the thread that evaluates conditions serves
 * everybody.
 */
final class Substring {
  /** Up to this many steps the plain search is no trouble, and it is faster on most texts. */
  private static final long PLAIN_STEPS_MAX = 1 << 16;

  private Substring() {}

  static boolean contains(String whole, String part) {
    if ((long) whole.length() * part.length() <= PLAIN_STEPS_MAX) {
      return whole.contains(part);
    }
    return contains(
        new Units(whole.length(), whole::charAt), new Units(part.length(), part::charAt));
  }

  static boolean contains(byte[] whole, byte[] part) {
    if ((long) whole.length * part.length <= PLAIN_STEPS_MAX) {
      return containsPlainly(whole, part);
    }
    return contains(new Units(whole.length, i -> whole[i]), new Units(part.length, i -> part[i]));
  }

  private static boolean containsPlainly(byte[] whole, byte[] part) {
    for (int from = 0; from + part.length <= whole.length; from++) {
      if (startsWith(whole, from, part)) {
        return true;
      }
    }
    return false;
  }

  static boolean startsWith(byte[] whole, int from, byte[] part) {
    return whole.length - from >= part.length
        && Arrays.equals(whole, from, from + part.length, part, 0, part.length);
  }

  private interface UnitAt {
    int at(int index);
  }

  private record Units(int length, UnitAt unit) {
    int at(int index) {
      return unit.at(index);
    }
  }

  /** Knuth, Morris and Pratt's search: a unit of the whole is looked at once. */
  private static boolean contains(Units whole, Units part) {
    if (part.length() > whole.length()) {
      return false;
    }
    int[] borders = borders(part);
    int matched = 0;
    for (int i = 0; i < whole.length(); i++) {
      matched = extended(matched, whole.at(i), part, borders);
      if (matched == part.length()) {
        return true;
      }
    }
    return false;
  }

  /** For every prefix of the part, the length of its longest proper prefix that also ends it. */
  private static int[] borders(Units part) {
    int[] borders = new int[part.length()];
    int border = 0;
    for (int i = 1; i < part.length(); i++) {
      border = extended(border, part.at(i), part, borders);
      borders[i] = border;
    }
    return borders;
  }

  private static int extended(int matched, int unit, Units part, int[] borders) {
    int length = matched;
    while (length > 0 && part.at(length) != unit) {
      length = borders[length - 1];
    }
    return part.at(length) == unit ? length + 1 : length;
  }
}
