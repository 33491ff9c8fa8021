package dev.assay.replicastore.expression;

import static dev.assay.replicastore.expression.Sample.b;
import static dev.assay.replicastore.expression.Sample.bindings;
import static dev.assay.replicastore.expression.Sample.bs;
import static dev.assay.replicastore.expression.Sample.item;
import static dev.assay.replicastore.expression.Sample.list;
import static dev.assay.replicastore.expression.Sample.map;
import static dev.assay.replicastore.expression.Sample.n;
import static dev.assay.replicastore.expression.Sample.ns;
import static dev.assay.replicastore.expression.Sample.s;
import static dev.assay.replicastore.expression.Sample.ss;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateExpressionTest {

  private static Item applied(String text, Item before, Object... bindings) {
    return UpdateExpression.parse(text).apply(before, bindings(bindings));
  }

  @Test
  void setReplacesAndCreatesAttributes() {
    assertEquals(
        item("p", s("k"), "a", n(2), "b", s("new")),
        applied(
            "SET a = :a, b = :b", item("p", s("k"), "a", s("old")), ":a", n(2), ":b", s("new")));
  }

  @Test
  void setCopiesWhatWasThereBefore() {
    Item before = item("a", n(1), "b", n(2), "doc", map("x", list(n(7))));
    assertEquals(
        item("a", n(2), "b", n(1), "doc", map("x", list(n(7))), "c", n(7)),
        applied("SET a = b, b = a, c = doc.x[0]", before));
  }

  @Test
  void removedAttributeCanStillBeRead() {
    assertEquals(item("b", s("hi")), applied("REMOVE a SET b = a", item("a", s("hi"))));
    assertEquals(item("c", s("hi")), applied("SET c = b REMOVE b", item("b", s("hi"))));
  }

  @ParameterizedTest
  @CsvSource({
    "SET r = :a + :b, 12",
    "SET r = :a - :b, 2",
    "SET r = x + :b, 8",
    "SET r = :b - x, 2",
    "SET r = x - y, -7",
    "SET r = (x + y), 13",
    "SET r = ((x)+(y)), 13",
    "'SET r = if_not_exists(gone, :a) + :b', 12",
    "'SET r = if_not_exists(x, :a) - if_not_exists(gone, :b)', -2",
    "'set r=x+:b', 8",
  })
  void setCalculates(String text, String expected) {
    Item before = item("x", n(3), "y", n(10));
    Bindings bindings = bindings(":a", n(7), ":b", n(5));
    assertEquals(n(expected), UpdateExpression.parse(text).apply(before, bindings).get("r"));
  }

  @Test
  void calculationKeepsThirtyEightDigits() {
    assertEquals(
        n("10000000000000000000000000000000000001"),
        applied("SET r = :a + :b", Item.EMPTY, ":a", n("1E37"), ":b", n(1)).get("r"));
    assertEquals(n("0"), applied("SET r = :a - :a", Item.EMPTY, ":a", n("1E-130")).get("r"));
    assertEquals(
        n("1.5"), applied("SET r = :a + :b", Item.EMPTY, ":a", n("1.20"), ":b", n(".3")).get("r"));
  }

  @Test
  void ifNotExistsTakesTheFallbackOnlyWhereNothingIs() {
    Item before = item("a", n(1));
    assertEquals(n(1), applied("SET b = if_not_exists(a, :v)", before, ":v", n(2)).get("b"));
    assertEquals(n(2), applied("SET b = if_not_exists(c, :v)", before, ":v", n(2)).get("b"));
    assertEquals(n(1), applied("SET b = if_not_exists(c, a)", before).get("b"));
    assertEquals(
        n(1), applied("SET b = if_not_exists(c, if_not_exists(d.e[0], a))", before).get("b"));
    assertEquals(n(1), applied("SET b = if_not_exists(a, gone)", before).get("b"));
  }

  @Test
  void listAppendJoinsLists() {
    Item before = item("a", list(n(1)), "b", list(n(2), n(3)));
    assertEquals(list(n(1), n(2), n(3)), applied("SET c = list_append(a, b)", before).get("c"));
    assertEquals(
        list(s("x"), n(1)),
        applied("SET a = list_append(:v, a)", before, ":v", list(s("x"))).get("a"));
    assertEquals(
        list(s("x")),
        applied(
                "SET z = list_append(if_not_exists(z, :none), :v)",
                before,
                ":none",
                list(),
                ":v",
                list(s("x")))
            .get("z"));
  }

  @Test
  void setReachesIntoDocuments() {
    Item before =
        item("a", map("b", n(3), "c", list(s("hi"), map("x", map("y", list(n(3), n(5)))))));
    assertEquals(
        item(
            "a",
            map(
                "b", n(3),
                "c", list(s("hi"), map("x", map("y", list(n(3), n(9))))),
                "new", s("v"))),
        applied(
            "SET a.c[1].#x.y[1] = :v, a.#new = :w",
            before,
            "#x",
            "x",
            "#new",
            "new",
            ":v",
            n(9),
            ":w",
            s("v")));
  }

  @Test
  void aDotInAPlaceholdersNameIsPartOfTheName() {
    assertEquals(item("a.b", n(3)), applied("SET #a = :v", Item.EMPTY, "#a", "a.b", ":v", n(3)));
  }

  @Test
  void elementsPastTheEndAreAppendedInTheOrderOfTheirIndices() {
    Item before = item("a", list(s("one")));
    assertEquals(
        list(s("one"), s("a17"), s("a37"), s("a50"), s("a84")),
        applied(
                "SET a[84] = :a84, a[37] = :a37, a[17] = :a17, a[50] = :a50",
                before,
                ":a84",
                s("a84"),
                ":a37",
                s("a37"),
                ":a17",
                s("a17"),
                ":a50",
                s("a50"))
            .get("a"));
    assertEquals(
        list(s("first")), applied("SET a[0] = :v", item("a", list()), ":v", s("first")).get("a"));
  }

  @Test
  void listIndicesAreThoseBeforeTheUpdate() {
    Item before = item("a", list(n(2), n(3), n(4), n(5), n(6), n(7)));
    Value expected = list(n(2), n(4), n(17), n(6), n(7));
    assertEquals(expected, applied("REMOVE a[1] SET a[3] = :v", before, ":v", n(17)).get("a"));
    assertEquals(expected, applied("SET a[3] = :v REMOVE a[1]", before, ":v", n(17)).get("a"));
    assertEquals(list(n(3), n(5), n(7)), applied("REMOVE a[0], a[4], a[2]", before).get("a"));
  }

  @Test
  void sectionsOfAllKindsMeetInOneList() {
    Item before =
        item("p", s("k"), "b", map("a", n(1), "b", n(2), "c", n(3)), "c", list(n(1), n(3)));
    UpdateExpression.Bound update =
        UpdateExpression.parse(
                "set b.c=((c[1])+(b.a)),b.a = p,c[1] = p, c[4] = b.a - b.b, c[2] = b.c"
                    + " add c[8] :b, c[6] :a")
            .bind(new Usage(bindings(":a", n(2), ":b", ss("a"))));
    Item after = update.apply(before);
    assertEquals(
        item(
            "p", s("k"),
            "b", map("a", s("k"), "b", n(2), "c", n(4)),
            "c", list(n(1), s("k"), n(3), n(-1), n(2), ss("a"))),
        after);
    assertEquals(
        item("b", map("a", s("k"), "c", n(4)), "c", list(s("k"), n(3), n(2))),
        update.changedOnly(after));
  }

  @Test
  void removeTakesAwayWhatIsThereAndIgnoresWhatIsNot() {
    Item before = item("a", map("x", n(3)), "b", list(s("hi")), "c", n(1));
    assertEquals(item("a", map("x", n(3)), "b", list(s("hi"))), applied("REMOVE c", before));
    assertEquals(before, applied("REMOVE a.y, b[7], d", before));
    assertEquals(item("a", map(), "b", list(), "c", n(1)), applied("REMOVE a.x, b[0]", before));
  }

  @Test
  void addCountsFromZeroAndUnitesSets() {
    assertEquals(item("a", n(7)), applied("ADD a :v", item("a", n(3)), ":v", n(4)));
    assertEquals(item("a", n(7)), applied("ADD a :v", Item.EMPTY, ":v", n(7)));
    assertEquals(
        item("a", ss("x", "y", "z")),
        applied("ADD a :v", item("a", ss("x", "y")), ":v", ss("z", "y")));
    assertEquals(
        item("a", ns("1", "2.5")),
        applied("ADD a :v", item("a", ns("1.0")), ":v", ns("1", "2.50")));
    assertEquals(
        item("a", bs("p", "q")), applied("ADD a :v", item("a", bs("p")), ":v", bs("q", "p")));
    assertEquals(item("a", ss("x")), applied("ADD a :v", Item.EMPTY, ":v", ss("x")));
    assertEquals(
        item("a", map("b", list(n(5)))),
        applied("ADD a.b[0] :v", item("a", map("b", list(n(2)))), ":v", n(3)));
  }

  @Test
  void deleteTakesElementsAndTheEmptySetGoes() {
    Item before =
        item("a", ss("x", "y"), "n", ns("1", "2"), "b", bs("p"), "l", list(ss("x"), n(1)));
    assertEquals(ss("x"), applied("DELETE a :v", before, ":v", ss("y", "z")).get("a"));
    assertEquals(ns("2"), applied("DELETE n :v", before, ":v", ns("1.0")).get("n"));
    assertEquals(
        Set.of("a", "n", "l"),
        applied("DELETE b :v", before, ":v", bs("p", "q")).attributes().keySet());
    assertEquals(before, applied("DELETE gone :v", before, ":v", ss("x")));
    assertEquals(list(n(1)), applied("DELETE l[0] :v", before, ":v", ss("x")).get("l"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET a = :v REMOVE b ADD c :n DELETE d :s",
        "DELETE d :s ADD c :n REMOVE b SET a = :v",
        "  sEt a=:v\tremove\nb add c:n delete d:s ",
      })
  void sectionsComeInAnyOrderAndCase(String text) {
    assertEquals(
        item("a", n(1), "c", n(5), "d", ss("y")),
        applied(
            text,
            item("b", n(2), "c", n(4), "d", ss("x", "y")),
            ":v",
            n(1),
            ":n",
            n(1),
            ":s",
            ss("x")));
  }

  @Test
  void theItemBeforeIsLeftAlone() {
    Item before = item("a", list(n(1), map("x", n(2))), "s", ss("x"));
    applied("SET a[1].x = :n, a[9] = :n ADD s :s REMOVE a[0]", before, ":n", n(3), ":s", ss("y"));
    assertEquals(item("a", list(n(1), map("x", n(2))), "s", ss("x")), before);
  }

  @Test
  void changedOnlyShowsTheNamedPathsOfEitherItem() {
    Item before =
        item("p", s("k"), "a", map("b", s("dog"), "c", list(n(1), n(2), n(3))), "d", n(4));
    UpdateExpression.Bound update =
        UpdateExpression.parse("SET a.c[1] = :v, a.new1 = :v, d = :v REMOVE a.b")
            .bind(new Usage(bindings(":v", n(7))));
    Item after = update.apply(before);
    assertEquals(
        item("a", map("b", s("dog"), "c", list(n(2))), "d", n(4)), update.changedOnly(before));
    assertEquals(
        item("a", map("c", list(n(7)), "new1", n(7)), "d", n(7)), update.changedOnly(after));
  }

  @Test
  void changedOnlyIsEmptyWhereNothingWas() {
    Bindings bindings = bindings(":v", n(1));
    assertEquals(
        Item.EMPTY, UpdateExpression.parse("SET b = :v").changedOnly(item("a", n(1)), bindings));
  }

  @Test
  void changedOnlyReadsListsByTheirIndicesAsDynamoDbDoes() {
    UpdateExpression.Bound append =
        UpdateExpression.parse("SET a[100] = :v").bind(new Usage(bindings(":v", n(70))));
    assertEquals(Item.EMPTY, append.changedOnly(append.apply(item("a", list(n(1))))));
    UpdateExpression.Bound remove =
        UpdateExpression.parse("REMOVE a[1]").bind(new Usage(Bindings.NONE));
    assertEquals(
        item("a", list(n(3))), remove.changedOnly(remove.apply(item("a", list(n(1), n(2), n(3))))));
  }

  @Test
  void topLevelNamesAreThoseThatTheUpdateChanges() {
    assertEquals(
        Set.of("a", "b", "real", "d"),
        UpdateExpression.parse("SET a.x = q, a.y = :v REMOVE b[0] ADD #c :v DELETE d :s")
            .topLevelNames(bindings("#c", "real", ":v", n(1), ":s", ss("x"))));
  }

  @Test
  void targetsAreInTheOrderOfTheText() {
    assertEquals(
        "[[b], [a, x, [1]]]",
        UpdateExpression.parse("SET b = :v REMOVE a.x[1]")
            .bind(new Usage(bindings(":v", n(1))))
            .targets()
            .toString());
  }

  @Test
  void onlyPuttingSomethingCreatesAnItem() {
    Bindings bindings = bindings(":v", ss("x"));
    assertTrue(bound("SET a = :v", bindings).createsItem());
    assertTrue(bound("REMOVE b ADD a :v", bindings).createsItem());
    assertFalse(bound("REMOVE a", bindings).createsItem());
    assertFalse(bound("REMOVE b DELETE a :v", bindings).createsItem());
  }

  private static UpdateExpression.Bound bound(String text, Bindings bindings) {
    return UpdateExpression.parse(text).bind(new Usage(bindings));
  }

  @Test
  void oneUpdateServesManyBindings() {
    UpdateExpression update = UpdateExpression.parse("SET #n = if_not_exists(#n, :zero) + :by");
    Item item = Item.EMPTY;
    for (String name : List.of("a", "b", "a")) {
      item = update.apply(item, bindings("#n", name, ":zero", n(0), ":by", n(5)));
    }
    assertEquals(item("a", n(10), "b", n(5)), item);
  }

  @Test
  void emptyValuesAreTaken() {
    assertEquals(
        item("a", list(), "b", map(), "c", s(""), "d", b("")),
        applied(
            "SET a = :a, b = :b, c = :c, d = :d",
            Item.EMPTY,
            ":a",
            list(),
            ":b",
            map(),
            ":c",
            s(""),
            ":d",
            b("")));
  }
}
