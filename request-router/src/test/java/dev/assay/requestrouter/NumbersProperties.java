package dev.assay.requestrouter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

/** The reader of numbers against the JDK's, on what both can read. */
class NumbersProperties {
  private static final String MAX_DIGITS = "99999999999999999999999999999999999999";

  @Property
  void everyWayToWriteANumberGivesTheNumber(
      @ForAll @BigRange(min = "-" + MAX_DIGITS, max = MAX_DIGITS) BigInteger digits,
      @ForAll @IntRange(min = -85, max = 125) int scale)
      throws Numbers.Refused {
    BigDecimal number = new BigDecimal(digits, scale);
    Value.Num expected;
    try {
      expected = new Value.Num(number);
    } catch (ArithmeticException e) {
      return;
    }
    assertEquals(expected, new Value.Num(Numbers.parse(number.toString())));
    assertEquals(expected, new Value.Num(Numbers.parse(number.toPlainString())));
    assertEquals(expected, new Value.Num(Numbers.parse(number.toEngineeringString())));
  }

  @Property
  void numberIsTakenExactlyWhenTheFormatTakesIt(
      @ForAll @BigRange(min = "-" + MAX_DIGITS + "9", max = MAX_DIGITS + "9") BigInteger digits,
      @ForAll @IntRange(min = -140, max = 180) int scale) {
    BigDecimal number = new BigDecimal(digits, scale);
    boolean storable;
    try {
      storable = new Value.Num(number).number().signum() <= 1;
    } catch (ArithmeticException e) {
      storable = false;
    }
    boolean read;
    try {
      read = Numbers.parse(number.toString()).compareTo(number) == 0;
    } catch (Numbers.Refused e) {
      read = false;
    }
    assertEquals(storable, read, number::toString);
  }

  @Property
  void anyTextIsANumberOrRefused(@ForAll @StringLength(max = 20) String text) {
    try {
      assertTrue(Numbers.parse(text).precision() <= Value.Num.DIGITS_MAX);
    } catch (Numbers.Refused e) {
      assertTrue(e.reason().contains("umber") || e.reason().contains("numeric"));
    }
  }
}
