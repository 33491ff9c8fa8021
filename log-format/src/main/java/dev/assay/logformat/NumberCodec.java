package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Numbers as bytes whose unsigned order is the numeric order; used in keys and in items alike.
 *
 * <pre>
 *   zero       02
 *   positive   03  exponent  pair...
 *   negative   01  every following byte complemented (xor FF)
 *
 *   The number is d.ddd... x 10^e, its first digit not zero.
 *   exponent   one byte: e + 130, so 00 to FF for -130 to +125
 *   pair       two decimal digits p (00 to 99) from the most significant on: 2p+1, and 2p for the last,
 *              whose second digit is a filling zero when the count of digits is odd
 * </pre>
 *
 * <p>The lowest bit of a pair says whether more follow, so that a number that is the beginning of
 * another one comes first and no encoding is the beginning of another. The first pair is at least
 * 10 and the last is not 00: one encoding per number. At most 19 pairs. Any thread may call.
 */
final class NumberCodec {
  /** Sign, exponent, 19 pairs. */
  static final int SIZE_MAX = 21;

  private static final int NEGATIVE = 1;
  private static final int ZERO = 2;
  private static final int POSITIVE = 3;
  private static final int PAIRS_MAX = Value.Num.DIGITS_MAX / 2;
  private static final int LONG_DIGITS_MAX = 18;
  private static final int LONG_PAIRS_MAX = LONG_DIGITS_MAX / 2;

  private NumberCodec() {}

  /** Writes a number that {@link Value.Num} has normalised. */
  static void write(BytesWriter out, BigDecimal number) {
    int signum = number.signum();
    if (signum == 0) {
      out.u8(ZERO);
      return;
    }
    int digits = number.precision();
    byte[] pairs = new byte[(digits + 1) / 2];
    if (digits <= LONG_DIGITS_MAX) {
      splitLong(Math.abs(number.unscaledValue().longValue()), digits, pairs);
    } else {
      splitText(number.unscaledValue().abs().toString(), pairs);
    }
    int flip = signum < 0 ? 0xFF : 0;
    out.u8(signum < 0 ? NEGATIVE : POSITIVE);
    out.u8((digits - number.scale() - 1 - Value.Num.EXPONENT_MIN) ^ flip);
    int last = pairs.length - 1;
    for (int i = 0; i < last; i++) {
      out.u8((2 * pairs[i] + 1) ^ flip);
    }
    out.u8((2 * pairs[last]) ^ flip);
  }

  private static void splitLong(long unscaled, int digits, byte[] pairs) {
    long rest = digits % 2 == 0 ? unscaled : unscaled * 10;
    for (int i = pairs.length - 1; i >= 0; i--) {
      pairs[i] = (byte) (rest % 100);
      rest /= 100;
    }
  }

  private static void splitText(String digits, byte[] pairs) {
    for (int i = 0; i < pairs.length; i++) {
      int second = 2 * i + 1;
      pairs[i] =
          (byte)
              (10 * (digits.charAt(2 * i) - '0')
                  + (second < digits.length() ? digits.charAt(second) - '0' : 0));
    }
  }

  /** Reads one number; the result is as {@link Value.Num} normalises it. */
  static BigDecimal read(BytesReader in) throws FormatException {
    int sign = in.u8("number's sign");
    if (sign == ZERO) {
      return BigDecimal.ZERO;
    }
    if (sign != NEGATIVE && sign != POSITIVE) {
      throw new Corrupt("number's sign", "1, 2 or 3", sign);
    }
    int flip = sign == NEGATIVE ? 0xFF : 0;
    int exponent = (in.u8("number's exponent") ^ flip) + Value.Num.EXPONENT_MIN;
    byte[] pairs = new byte[PAIRS_MAX];
    int count = readPairs(in, flip, pairs);
    boolean filled = pairs[count - 1] % 10 == 0;
    int digits = 2 * count - (filled ? 1 : 0);
    int scale = digits - 1 - exponent;
    if (count <= LONG_PAIRS_MAX) {
      long unscaled = join(pairs, 0, count);
      if (filled) {
        unscaled /= 10;
      }
      return BigDecimal.valueOf(sign == NEGATIVE ? -unscaled : unscaled, scale);
    }
    return new BigDecimal(joinLong(pairs, count, filled, sign == NEGATIVE), scale);
  }

  private static int readPairs(BytesReader in, int flip, byte[] pairs) throws FormatException {
    int count = 0;
    while (true) {
      int next = in.u8("number's digits") ^ flip;
      int pair = next >>> 1;
      boolean more = (next & 1) != 0;
      if (pair > 99) {
        throw new Corrupt("number's digits", "two digits", pair);
      }
      if (count == 0 && pair < 10) {
        throw new Corrupt("number's first digit", "not 0", 0);
      }
      pairs[count++] = (byte) pair;
      if (!more) {
        if (pair == 0) {
          throw new Corrupt("number's last digits", "not 00", "00");
        }
        return count;
      }
      if (count == PAIRS_MAX) {
        throw new Corrupt("number", "at most " + Value.Num.DIGITS_MAX + " digits", "more");
      }
    }
  }

  private static long join(byte[] pairs, int from, int end) {
    long joined = 0;
    for (int i = from; i < end; i++) {
      joined = joined * 100 + pairs[i];
    }
    return joined;
  }

  private static BigInteger joinLong(byte[] pairs, int count, boolean filled, boolean negative) {
    BigInteger unscaled = BigInteger.ZERO;
    for (int from = 0; from < count; from += LONG_PAIRS_MAX) {
      int end = Math.min(count, from + LONG_PAIRS_MAX);
      unscaled =
          unscaled
              .multiply(BigInteger.TEN.pow(2 * (end - from)))
              .add(BigInteger.valueOf(join(pairs, from, end)));
    }
    if (filled) {
      unscaled = unscaled.divide(BigInteger.TEN);
    }
    return negative ? unscaled.negate() : unscaled;
  }
}
