package dev.assay.replicastore.expression;

import static dev.assay.replicastore.expression.Sample.bindings;
import static dev.assay.replicastore.expression.Sample.item;
import static dev.assay.replicastore.expression.Sample.list;
import static dev.assay.replicastore.expression.Sample.map;
import static dev.assay.replicastore.expression.Sample.n;
import static dev.assay.replicastore.expression.Sample.s;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.assay.logformat.Item;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectionTest {
  private static final Item ITEM =
      item(
          "p", s("k"),
          "a", map("b", list(n(2), n(4), map("x", s("hi"), "y", s("yo"))), "c", n(5)),
          "a.b", s("dotted"),
          "b", s("hello"));

  private static Item projected(String text, Object... bindings) {
    return Projection.parse(text).apply(ITEM, bindings(bindings));
  }

  private static String refusal(String text, Object... bindings) {
    return Sample.refusal(ExpressionKind.PROJECTION, () -> projected(text, bindings));
  }

  @Test
  void namedAttributesAreKept() {
    assertEquals(item("p", s("k"), "b", s("hello")), projected("b,p"));
    assertEquals(item("b", s("hello")), projected(" b  ,  gone "));
    assertEquals(item("b", s("hello")), projected("#n", "#n", "b"));
    assertEquals(item("a.b", s("dotted")), projected("#n", "#n", "a.b"));
  }

  @Test
  void nestedPartsKeepTheirPlace() {
    assertEquals(item("a", map("c", n(5))), projected("a.c"));
    assertEquals(item("a", map("b", list(n(2)))), projected("a.b[0]"));
    assertEquals(item("a", map("b", list(map("y", s("yo"))))), projected("a.b[2].y"));
    assertEquals(item("a", map("b", list(n(4)))), projected("#a.#b[1]", "#a", "a", "#b", "b"));
  }

  @Test
  void listElementsCloseUpInTheOrderOfTheList() {
    assertEquals(
        item("a", map("b", list(n(2), map("x", s("hi"))), "c", n(5))),
        projected("a.b[2].x, a.c, a.b[0], a.b[77]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "a.b[3]",
        "a.x",
        "a.x.y",
        "a.b[3].x",
        "a.b.x",
        "a[0]",
        "a.b[0].x",
        "b.c",
        "b[0]"
      })
  void whatIsNotThereIsLeftOut(String text) {
    assertEquals(Item.EMPTY, projected(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a, b", "a.b, a.c", "a.b.d, a.b.e", "c[1], c[2]", "a.b, a.c[2]"})
  void pathsBesideEachOtherAreTaken(String text) {
    assertDoesNotThrow(() -> projected(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "b[1], b.a, #a.b, a | [a, b]     | [a]",
        "a, #a[1]           | [a]        | [a, [1]]",
        "a,a                | [a]        | [a]",
        "a.b, a.b[2]        | [a, b]     | [a, b, [2]]",
        "a, c, a.b[2].c     | [a]        | [a, b, [2], c]",
        "a.b[0],a.b[0]      | [a, b, [0]] | [a, b, [0]]",
      })
  void overlappingPathsAreRefused(String text, String one, String two) {
    assertEquals(
        "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or"
            + " rewrite one of these paths; path one: "
            + one
            + ", path two: "
            + two,
        refusal(text, "#a", "a"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.b, #a[1], #b    | [a, b]        | [a, [1]]",
        "a.b[1], #a[1], #b | [a, b, [1]]   | [a, [1]]",
        "a[3].b, #a.#b.b   | [a, [3], b]   | [a, [3], b]",
      })
  void conflictingPathsAreRefused(String text, String one, String two) {
    assertEquals(
        "Invalid ProjectionExpression: Two document paths conflict with each other; must remove or"
            + " rewrite one of these paths; path one: "
            + one
            + ", path two: "
            + two,
        refusal(text, "#a", "a", "#b", "[3]"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "!!! INVALID !!! | !     | !!",
        "a b             | b     | a b",
        "a,              | <EOF> | ,",
        ",a              | ,     | ,a",
        "a,,b            | ,     | ,,b",
        "a..b            | .     | ..b",
        "a[b]            | b     | [b]",
        "a-b             | -     | a-b",
        "(a)             | (     | (a",
        "(a.b).c         | (     | (a",
        "whatever(stuff) | (     | whatever(stuff",
        ":a              | :a    | :a",
        "a, and          | and   | , and",
      })
  void syntaxErrorQuotesTheTokenAndItsNeighbours(String text, String token, String near) {
    assertEquals(
        "Invalid ProjectionExpression: Syntax error; token: \""
            + token
            + "\", near: \""
            + near
            + "\"",
        refusal(text));
  }

  @Test
  void emptyProjectionAndReservedWordsAndUndefinedNamesAreRefused() {
    assertEquals("Invalid ProjectionExpression: The expression can not be empty;", refusal(""));
    assertEquals(
        "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword:"
            + " abORt",
        refusal("a.abORt"));
    assertEquals(
        "Invalid ProjectionExpression: An expression attribute name used in the document path is"
            + " not defined; attribute name: #a",
        refusal("a,b,a,#a"));
    assertEquals(
        "Invalid ProjectionExpression: The document path has too many nesting levels; nesting"
            + " levels: 33",
        refusal("a" + ".b".repeat(32)));
  }

  @Test
  void manyPathsAreTaken() {
    StringBuilder text = new StringBuilder("p");
    while (text.length() < ExpressionReader.TEXT_BYTES_MAX - 6) {
      text.append(",x").append(text.length());
    }
    assertEquals(item("p", s("k")), projected(text.toString()));
  }

  @Test
  void boundProjectionKnowsItsPaths() {
    assertEquals(
        "[[b], [a, b, [1]]]",
        Projection.parse("b, a.b[1]").bind(new Usage(bindings())).paths().toString());
  }
}
