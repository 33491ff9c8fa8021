package dev.assay.replicastore.expression;

import static dev.assay.replicastore.expression.Sample.b;
import static dev.assay.replicastore.expression.Sample.bool;
import static dev.assay.replicastore.expression.Sample.bs;
import static dev.assay.replicastore.expression.Sample.item;
import static dev.assay.replicastore.expression.Sample.list;
import static dev.assay.replicastore.expression.Sample.map;
import static dev.assay.replicastore.expression.Sample.n;
import static dev.assay.replicastore.expression.Sample.nil;
import static dev.assay.replicastore.expression.Sample.ns;
import static dev.assay.replicastore.expression.Sample.s;
import static dev.assay.replicastore.expression.Sample.ss;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.assay.logformat.Item;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ItemSizeTest {

  @ParameterizedTest
  @CsvSource({
    "0, 1",
    "-0, 1",
    "1, 2",
    "12, 2",
    "123, 3",
    "1234, 3",
    "12345678901234567890123456789012345678, 20",
    "0042, 2",
    "100, 2",
    "1010, 3",
    "0.0000001, 2",
    "1E125, 2",
    "1E-100, 2",
    "1.5, 3",
    "15, 2",
    "1.200, 3",
    "1.234, 4",
    "3.14159, 5",
    "123456, 4",
    "100.5, 4",
    "0.15, 2",
    "0.00123, 3",
    "-42, 3",
    "-0.5, 3",
  })
  void numberCountsItsSignificantDigitsInPairs(String number, int bytes) {
    assertEquals(bytes, ItemSize.of(n(number)));
  }

  @Test
  void scalarsCountTheirBytes() {
    assertEquals(5, ItemSize.of(s("hello")));
    assertEquals(0, ItemSize.of(s("")));
    assertEquals(2 + 3 + 4, ItemSize.of(s("é€𝄞")));
    assertEquals(3, ItemSize.of(b("abc")));
    assertEquals(1, ItemSize.of(bool(false)));
    assertEquals(1, ItemSize.of(nil()));
  }

  @Test
  void setsCountTheirElements() {
    assertEquals(5, ItemSize.of(ss("abc", "de")));
    assertEquals(2 + 3, ItemSize.of(ns("1", "123")));
    assertEquals(3, ItemSize.of(bs("ab", "c")));
  }

  @Test
  void listsAndMapsCountThreeAndOneForEachElement() {
    assertEquals(3, ItemSize.of(list()));
    assertEquals(3, ItemSize.of(map()));
    assertEquals(3 + 2 + 5 + 1, ItemSize.of(list(s("hello"), nil())));
    assertEquals(3 + 2 + (1 + 2) + (2 + 3), ItemSize.of(map("a", n(1), "é", list())));
  }

  @Test
  void itemCountsNamesAndValues() {
    assertEquals(0, ItemSize.of(Item.EMPTY));
    assertEquals(2 + 3 + 3 + 2, ItemSize.of(item("pk", s("abc"), "num", n(7))));
  }

  @Test
  void halvesOfSurrogatePairsCountAsEncoded() {
    for (String text : new String[] {"\ud834", "\udd1e", "a\ud834b", "\ud834\ud834\udd1e"}) {
      assertEquals(text.getBytes(StandardCharsets.UTF_8).length, ItemSize.utf8Bytes(text));
    }
  }
}
