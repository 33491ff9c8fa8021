package dev.assay.requestrouter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "-0,0",
    "+0.00e5,0",
    "0e999999999999999999999,0",
    "1,1",
    "+1,1",
    "-1,-1",
    "007,7",
    "1.,1",
    ".5,0.5",
    "-.5,-0.5",
    "1.50,1.5",
    "100,1E+2",
    "1e2,1E+2",
    "1E-2,0.01",
    "0.001e3,1",
    "123.456e-2,1.23456",
    "1e125,1E+125",
    "9.9999999999999999999999999999999999999E125,9.9999999999999999999999999999999999999E+125",
    "1e-130,1E-130",
    "12345678901234567890123456789012345678,12345678901234567890123456789012345678",
    "0.00000000000000000000000000000000000000000000000001e50,1"
  })
  void numberIsReadAsWritten(String text, String expected) throws Numbers.Refused {
    BigDecimal number = Numbers.parse(text);
    assertEquals(0, new BigDecimal(expected).compareTo(number), number.toString());
    assertEquals(number, number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+",
        ".",
        "-.",
        "e",
        "1e",
        "1e-",
        "e1",
        "1.2.3",
        "1 ",
        " 1",
        "1e1.5",
        "1e+-1",
        "NaN",
        "Infinity",
        "0x10",
        "1_000",
        "١٢",
        "1f"
      })
  void whatIsNoNumberIsRefused(String text) {
    Numbers.Refused refused = assertThrows(Numbers.Refused.class, () -> Numbers.parse(text));
    assertEquals(
        "The parameter cannot be converted to a numeric value"
            + (text.isEmpty() ? "" : ": " + text),
        refused.reason());
  }

  @ParameterizedTest
  @CsvSource({
    "1e126,Number overflow",
    "-1e126,Number overflow",
    "10e125,Number overflow",
    "1e999999999,Number overflow",
    "1e9223372036854775808,Number overflow",
    "1e-131,Number underflow",
    "0.1e-130,Number underflow",
    "1e-9223372036854775809,Number underflow",
    "123456789012345678901234567890123456789,Attempting to store more than 38",
    "1.00000000000000000000000000000000000001,Attempting to store more than 38"
  })
  void numberOutOfRangeIsRefused(String text, String start) {
    Numbers.Refused refused = assertThrows(Numbers.Refused.class, () -> Numbers.parse(text));
    assertEquals(start, refused.reason().substring(0, start.length()));
  }

  @Test
  void longTextOfZerosIsStillItsNumber() throws Numbers.Refused {
    String zeros = "0".repeat(1_000_000);
    assertEquals(new BigDecimal("5"), Numbers.parse(zeros + "5." + zeros));
    assertEquals(new BigDecimal("5"), Numbers.parse("0." + zeros + "5e1000001"));
  }
}
