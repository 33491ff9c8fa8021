package dev.assay.logformat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Value.Bin;
import dev.assay.logformat.Value.BinSet;
import dev.assay.logformat.Value.MapOf;
import dev.assay.logformat.Value.Num;
import dev.assay.logformat.Value.NumSet;
import dev.assay.logformat.Value.Text;
import dev.assay.logformat.Value.TextSet;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0E+999, 0",
    "-0.00, 0",
    "1.0, 1",
    "100, 1E+2",
    "1E+2, 1E+2",
    "-12.340, -12.34",
    "1E-130, 1E-130",
    "0.10E-129, 1E-130",
    "9.99E+125, 9.99E+125",
    "99999999999999999999999999999999999999000, 9.9999999999999999999999999999999999999E+40"
  })
  void numbersOfEqualValueAreEqual(BigDecimal number, BigDecimal same) {
    assertEquals(new Num(same), new Num(number));
    assertEquals(new Num(same).hashCode(), new Num(number).hashCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1E+126",
        "-1E+126",
        "9E-131",
        "0.99E-130",
        "123456789012345678901234567890123456789",
        "1E+2147483647",
        "12E+2147483647",
        "1E-2147483647"
      })
  void numbersOutOfRangeAreRefused(BigDecimal number) {
    assertThrows(ArithmeticException.class, () -> new Num(number));
    assertThrows(ArithmeticException.class, () -> new NumSet(setOf(number)));
  }

  @ParameterizedTest
  @CsvSource({
    "12E+2147483647, larger",
    "1E+126, larger",
    "9E-131, smaller",
    "12E-2147483647, smaller"
  })
  void numbersTooLargeAndTooSmallAreToldApart(BigDecimal number, String how) {
    ArithmeticException refusal = assertThrows(ArithmeticException.class, () -> new Num(number));
    assertTrue(String.valueOf(refusal.getMessage()).startsWith("magnitude " + how));
  }

  @Test
  void setsAreEqualWhateverTheOrder() {
    assertSame(new TextSet(setOf("a", "b", "c")), new TextSet(setOf("c", "a", "b")));
    assertSame(
        new NumSet(setOf(new BigDecimal("1.0"), new BigDecimal("20"))),
        new NumSet(setOf(new BigDecimal("2E+1"), new BigDecimal("1"))));
    assertSame(new BinSet(setOf(bin(1, 2), bin(3))), new BinSet(setOf(bin(3), bin(1, 2))));
    assertNotEquals(new TextSet(setOf("a")), new TextSet(setOf("a", "b")));
    assertNotEquals(new TextSet(setOf("a", "c")), new TextSet(setOf("a", "b")));
  }

  @Test
  void mapsAndItemsAreEqualWhateverTheOrder() {
    Map<String, Value> one = new LinkedHashMap<>();
    one.put("a", Num.of(1));
    one.put("b", new Text("x"));
    Map<String, Value> two = new LinkedHashMap<>();
    two.put("b", new Text("x"));
    two.put("a", Num.of(1));
    assertSame(new MapOf(one), new MapOf(two));
    assertSame(new Item(one), new Item(two));
  }

  @Test
  void aSetOfNumbersHoldsEachNumberOnce() {
    NumSet set = new NumSet(setOf(new BigDecimal("1"), new BigDecimal("1.0")));
    assertEquals(1, set.elements().size());
  }

  @Test
  void emptySetsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new TextSet(new LinkedHashSet<>()));
    assertThrows(IllegalArgumentException.class, () -> new NumSet(new LinkedHashSet<>()));
    assertThrows(IllegalArgumentException.class, () -> new BinSet(new LinkedHashSet<>()));
  }

  @Test
  void valuesDoNotChangeWithWhatTheyWereMadeFrom() {
    SequencedSet<String> source = setOf("a");
    TextSet set = new TextSet(source);
    source.add("b");
    assertEquals(new TextSet(setOf("a")), set);
    assertThrows(UnsupportedOperationException.class, () -> set.elements().add("c"));
  }

  private static void assertSame(Object expected, Object actual) {
    assertEquals(expected, actual);
    assertEquals(expected.hashCode(), actual.hashCode());
  }

  private static Bin bin(int... bytes) {
    byte[] narrow = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      narrow[i] = (byte) bytes[i];
    }
    return new Bin(narrow);
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  static <T> SequencedSet<T> setOf(T... elements) {
    return new LinkedHashSet<>(Arrays.asList(elements));
  }
}
