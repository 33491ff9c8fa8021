package dev.assay.logformat;

import static dev.assay.logformat.Refusals.assertIsAbout;
import static dev.assay.logformat.ValueTest.setOf;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatException.TooNew;
import dev.assay.logformat.Value.Bool;
import dev.assay.logformat.Value.ListOf;
import dev.assay.logformat.Value.MapOf;
import dev.assay.logformat.Value.Text;
import dev.assay.logformat.Value.TextSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that are refused for one reason each are among the golden vectors. */
class ItemCodecTest {

  @Test
  void attributesAreOrderedByTheirNamesBytesNotByTheirChars() throws FormatException {
    // U+FFFD is one char, U+1F600 is two that are less; in UTF-8 it is the other way round.
    Map<String, Value> attributes = new LinkedHashMap<>();
    attributes.put("\uD83D\uDE00", new Bool(true));
    attributes.put("\uFFFD", new Bool(false));
    byte[] bytes = ItemCodec.encode(new Item(attributes));
    assertArrayEquals(HexFormat.of().parseHex("010203efbfbd4604f09f988054"), bytes);
    assertEquals(new Item(attributes), ItemCodec.decode(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\uD800", "\uDC00", "a\uDBFFb", "\uDE00\uD83D", "?\uD800", "é\uD800"})
  void unpairedSurrogatesAreRefused(String text) {
    assertNotEncodable(new Text(text));
    assertNotEncodable(new TextSet(setOf("a", text)));
    assertNotEncodable(new MapOf(Map.of(text, new Bool(true))));
    assertThrows(
        IllegalArgumentException.class,
        () -> ItemCodec.encode(new Item(Map.of(text, new Bool(true)))));
  }

  private static void assertNotEncodable(Value value) {
    assertThrows(IllegalArgumentException.class, () -> ValueCodec.encode(value));
  }

  @Test
  void replacementCharactersOfTheTextItselfAreKept() throws FormatException {
    Value value = new Text("\uFFFD?\uFFFD");
    assertEquals(value, ValueCodec.decode(ValueCodec.encode(value)));
  }

  @Test
  void nestingIsLimitedInEitherDirection() throws FormatException {
    Value deepest = nested(ValueCodec.NESTING_MAX);
    byte[] bytes = ValueCodec.encode(deepest);
    assertEquals(deepest, ValueCodec.decode(bytes));

    assertNotEncodable(nested(ValueCodec.NESTING_MAX + 1));
    byte[] tooDeep = new byte[bytes.length + 2];
    tooDeep[0] = 'L';
    tooDeep[1] = 1;
    System.arraycopy(bytes, 0, tooDeep, 2, bytes.length);
    Corrupt refusal = assertThrows(Corrupt.class, () -> ValueCodec.decode(tooDeep));
    assertIsAbout("nesting of lists and maps", refusal);
  }

  private static Value nested(int levels) {
    Value value = new Bool(true);
    for (int i = 0; i < levels; i++) {
      value = i % 2 == 0 ? new ListOf(List.of(value)) : new MapOf(Map.of("m", value));
    }
    return value;
  }

  @Test
  void aNewerVersionIsNotTakenForDamage() {
    TooNew refusal = assertThrows(TooNew.class, () -> ItemCodec.decode(new byte[] {2, 0}));
    assertEquals("item: too new: expected version 1 or older, actual 2", refusal.getMessage());
    assertThrows(Corrupt.class, () -> ItemCodec.decode(new byte[] {0, 0}));
    assertThrows(Corrupt.class, () -> ItemCodec.decode(new byte[0]));
  }
}
