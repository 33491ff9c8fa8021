package dev.assay.requestrouter;

import dev.assay.logformat.Value;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Reads DynamoDB's numbers from text, in time and memory that grow with the text alone.
 *
 * <p>{@code BigDecimal} would take {@code 1e999999999} and later write it out in a billion digits,
 * so the range is checked on the digits and the exponent before any number is made.
 */
final class Numbers {
  private static final int MAGNITUDE_MAX = 125;
  private static final int MAGNITUDE_MIN = -130;
  private static final int LONG_DIGITS_MAX = 18;

  /** Larger exponents are all the same: out of range, whatever the digits. */
  private static final long EXPONENT_CAP = 1L << 40;

  private Numbers() {}

  /** Not a number that DynamoDB takes; the message is DynamoDB's. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    Refused(String reason) {
      super(reason, null, false, false);
      this.reason = reason;
    }

    String reason() {
      return reason;
    }
  }

  static BigDecimal parse(String text) throws Refused {
    int length = text.length();
    int at = 0;
    boolean negative = false;
    if (at < length && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
      negative = text.charAt(at++) == '-';
    }
    int mantissaFrom = at;
    int point = -1;
    int firstSignificant = -1;
    int lastSignificant = -1;
    for (; at < length; at++) {
      char c = text.charAt(at);
      if (c == '.' && point < 0) {
        point = at;
      } else if (c >= '1' && c <= '9') {
        firstSignificant = firstSignificant < 0 ? at : firstSignificant;
        lastSignificant = at;
      } else if (c != '0') {
        break;
      }
    }
    int mantissaTo = at;
    boolean noDigits = mantissaTo - mantissaFrom - (point < 0 ? 0 : 1) == 0;
    if (noDigits) {
      throw notNumeric(text);
    }
    long exponent = exponent(text, at);
    if (firstSignificant < 0) {
      return BigDecimal.ZERO;
    }
    int units = point < 0 ? mantissaTo : point;
    long magnitude = exponent + placesFromUnits(firstSignificant, units);
    if (magnitude > MAGNITUDE_MAX) {
      throw new Refused(
          "Number overflow. Attempting to store a number with magnitude larger than supported"
              + " range");
    }
    if (magnitude < MAGNITUDE_MIN) {
      throw new Refused(
          "Number underflow. Attempting to store a number with magnitude smaller than supported"
              + " range");
    }
    boolean pointBetween = point > firstSignificant && point < lastSignificant;
    int digits = lastSignificant - firstSignificant + 1 - (pointBetween ? 1 : 0);
    if (digits > Value.Num.DIGITS_MAX) {
      throw new Refused("Attempting to store more than 38 significant digits in a Number");
    }
    int scale = Math.toIntExact(digits - 1 - magnitude);
    return unscaled(text, firstSignificant, lastSignificant, digits, negative, scale);
  }

  /**
   * The power of ten that the digit at {@code at} stands for, when the units end at {@code units}.
   */
  private static int placesFromUnits(int at, int units) {
    return at < units ? units - at - 1 : units - at;
  }

  private static BigDecimal unscaled(
      String text, int from, int to, int digits, boolean negative, int scale) {
    if (digits <= LONG_DIGITS_MAX) {
      long number = 0;
      for (int i = from; i <= to; i++) {
        char c = text.charAt(i);
        if (c != '.') {
          number = number * 10 + (c - '0');
        }
      }
      return BigDecimal.valueOf(negative ? -number : number, scale);
    }
    String significant = text.substring(from, to + 1).replace(".", "");
    BigInteger number = new BigInteger(significant);
    return new BigDecimal(negative ? number.negate() : number, scale);
  }

  /** Reads the exponent, if there is one, to the end of the text. */
  private static long exponent(String text, int from) throws Refused {
    int length = text.length();
    if (from == length) {
      return 0;
    }
    int at = from;
    char mark = text.charAt(at++);
    if (mark != 'e' && mark != 'E') {
      throw notNumeric(text);
    }
    boolean negative = false;
    if (at < length && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
      negative = text.charAt(at++) == '-';
    }
    if (at == length) {
      throw notNumeric(text);
    }
    long exponent = 0;
    for (; at < length; at++) {
      char c = text.charAt(at);
      if (c < '0' || c > '9') {
        throw notNumeric(text);
      }
      exponent = Math.min(exponent * 10 + (c - '0'), EXPONENT_CAP);
    }
    return negative ? -exponent : exponent;
  }

  private static Refused notNumeric(String text) {
    String message = "The parameter cannot be converted to a numeric value";
    return new Refused(text.isEmpty() ? message : message + ": " + Excerpt.of(text));
  }
}
