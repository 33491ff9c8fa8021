package dev.assay.replicastore.expression;

import static dev.assay.replicastore.expression.Sample.b;
import static dev.assay.replicastore.expression.Sample.bindings;
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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {
  private static final Item ITEM =
      item(
          "one", n(1),
          "two", n(2),
          "three", n(3),
          "cat", s("cat"),
          "dog", s("dog"),
          "bin", b("cat"),
          "yes", bool(true),
          "nil", nil(),
          "elems", list(n(2), s("x"), list(n(3), n(4)), ns("1", "2")),
          "doc", map("x", n(1), "y", list(n(-1), n(2), n(0)), "inside", s("entry")),
          "strings", ss("a", "b"),
          "numbers", ns("2", "4", "7"),
          "bins", bs("p", "q"));
  private static final Bindings BINDINGS =
      bindings(
          "#cat",
          "cat",
          "#doc",
          "doc",
          "#x",
          "x",
          "#odd",
          "no.such[name]",
          ":zero",
          n(0),
          ":one",
          n(1),
          ":two",
          n(2),
          ":three",
          n(3),
          ":nine",
          n(9),
          ":cat",
          s("cat"),
          ":dog",
          s("dog"),
          ":ca",
          s("ca"),
          ":at",
          s("at"),
          ":empty",
          s(""),
          ":bcat",
          b("cat"),
          ":bdog",
          b("dog"),
          ":bca",
          b("ca"),
          ":bat",
          b("at"),
          ":yes",
          bool(true),
          ":nil",
          nil(),
          ":p",
          b("p"),
          ":a",
          s("a"),
          ":list",
          list(n(3), n(4)),
          ":set",
          ns("2", "1"),
          ":strings",
          ss("b", "a"),
          ":map",
          map("y", list(n(-1), n(2), n(0)), "x", n(1), "inside", s("entry")),
          ":S",
          s("S"),
          ":N",
          s("N"),
          ":L",
          s("L"),
          ":M",
          s("M"),
          ":BS",
          s("BS"),
          ":NULL",
          s("NULL"),
          ":BOOL",
          s("BOOL"));

  private static boolean test(String text) {
    return Condition.parse(text).test(ITEM, BINDINGS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "one = :one",
        "one=:one",
        ":one = one",
        "dog = #cat OR cat = :cat",
        "yes = :yes",
        "nil = :nil",
        "strings = :strings",
        "doc = :map",
        "one <> two",
        "one <> :cat",
        "gone <> :one",
        "gone <> lost",
        "one < two",
        "two > one",
        "one <= :one",
        "one >= :one",
        "cat < :dog",
        "bin < :bdog",
        ":bdog > bin",
        "two BETWEEN one AND three",
        "two between :two and :two",
        "cat BETWEEN :ca AND :dog",
        "bin BETWEEN :bca AND :bdog",
        "two BETWEEN :one AND :three AND one = :one",
        "cat IN (:one, :dog, :cat)",
        "cat in (dog, #odd, :cat)",
        "elems[2] IN (:list)",
        "doc.x < doc.y[1]",
        "#doc.#x = :one",
      })
  void comparisonHolds(String text) {
    assertTrue(test(text), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "attribute_exists(one)",
        "attribute_exists (doc.x)",
        "attribute_exists(elems[2][1])",
        "attribute_exists(#doc.#x)",
        "attribute_not_exists(gone)",
        "attribute_not_exists(doc.gone)",
        "attribute_not_exists(elems[9])",
        "attribute_not_exists(doc[0])",
        "attribute_not_exists(elems.x)",
        "attribute_not_exists(#odd)",
        "attribute_not_exists(one.two.three)",
        "attribute_type(cat, :S)",
        "attribute_type(one, :N)",
        "attribute_type(elems, :L)",
        "attribute_type(doc, :M)",
        "attribute_type(bins, :BS)",
        "attribute_type(nil, :NULL)",
        "attribute_type(yes, :BOOL)",
        "attribute_type(:one, :N)",
        "begins_with(cat, :ca)",
        "begins_with(cat, :empty)",
        "begins_with(cat, :cat)",
        "begins_with(bin, :bca)",
        "begins_with(:dog, dog)",
        "contains(cat, :at)",
        "contains(cat, :empty)",
        "contains(bin, :bat)",
        "contains(strings, :a)",
        "contains(numbers, :two)",
        "contains(bins, :p)",
        "contains(elems, :two)",
        "contains(elems, :list)",
        "contains(elems, :set)",
        "size(cat) = :three",
        "size(bin) = three",
        "size(strings) = :two",
        "size(numbers) > size(bins)",
        "size(doc) >= :three",
        "size(elems) BETWEEN :three AND :nine",
        "(size(elems)) IN (:one, (:two), (size(cat)), size((elems)))",
        "size(one) <> :one",
        "size(gone) <> :one",
        "doc.inside = doc.beyond OR attribute_exists(doc.inside)",
      })
  void functionHolds(String text) {
    assertTrue(test(text), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "one = :two",
        "one = :cat",
        "gone = :one",
        ":one = gone",
        "gone = lost",
        "strings = numbers",
        "one <> :one",
        "doc <> :map",
        "two < one",
        "one < :one",
        "one < :cat",
        "cat < :bdog",
        "gone < :one",
        "gone >= :one",
        ":one <= gone",
        "gone < lost",
        "gone <= lost",
        "elems < :one",
        "yes < three",
        "two BETWEEN three AND one",
        "two BETWEEN :cat AND :dog",
        "two BETWEEN gone AND three",
        "two BETWEEN elems AND doc",
        "gone BETWEEN :one AND :two",
        "gone BETWEEN lost AND hidden1",
        "cat IN (:one, :dog)",
        "gone IN (:one, lost)",
        "attribute_exists(gone)",
        "attribute_exists(doc.gone)",
        "attribute_exists(elems[4])",
        "attribute_exists(cat[0])",
        "attribute_not_exists(one)",
        "attribute_type(one, :S)",
        "attribute_type(gone, :S)",
        "begins_with(cat, :at)",
        "begins_with(one, :ca)",
        "begins_with(bin, :ca)",
        "begins_with(gone, :ca)",
        "begins_with(cat, gone)",
        "begins_with(:ca, cat)",
        "contains(cat, :dog)",
        "contains(cat, :one)",
        "contains(cat, :bat)",
        "contains(bin, :bdog)",
        "contains(numbers, :three)",
        "contains(numbers, :cat)",
        "contains(strings, :ca)",
        "contains(elems, :three)",
        "contains(doc, :one)",
        "contains(one, :one)",
        "contains(gone, :one)",
        "contains(elems, gone)",
        "size(one) = :one",
        "size(yes) = :one",
        "size(nil) = :one",
        "size(gone) = :zero",
        "size(cat) = :cat",
        "size(cat) < :cat",
      })
  void doesNotHoldForTheItem(String text) {
    assertFalse(test(text), text);
  }

  @Test
  void everyTypeEqualsItselfAndNoOther() {
    List<Value> values =
        List.of(
            s("1"),
            n(1),
            b("1"),
            bool(true),
            nil(),
            list(n(1)),
            map("a", n(1)),
            ss("1"),
            ns("1"),
            bs("1"));
    Condition equal = Condition.parse("a = :v");
    for (int left = 0; left < values.size(); left++) {
      for (int right = 0; right < values.size(); right++) {
        Item item = item("a", values.get(left));
        Bindings bindings = bindings(":v", values.get(right));
        assertEquals(left == right, equal.test(item, bindings), item + " " + bindings);
      }
    }
  }

  @Test
  void numbersAreEqualWhateverTheirNotation() {
    assertTrue(Condition.parse("a = :v").test(item("a", n("1E2")), bindings(":v", n("100.00"))));
    assertTrue(
        Condition.parse("contains(a, :v)")
            .test(item("a", ns("0.50", "7")), bindings(":v", n(".5"))));
  }

  @Test
  void binaryIsOrderedAsUnsignedBytes() {
    Item item = item("a", new Value.Bin(new byte[] {127}));
    Bindings bindings = bindings(":v", new Value.Bin(new byte[] {(byte) 128}));
    assertTrue(Condition.parse("a < :v").test(item, bindings));
  }

  @Test
  void sizeOfAStringCountsUtf16Units() {
    assertTrue(Condition.parse("size(a) = :v").test(item("a", s("é𝄞")), bindings(":v", n(3))));
  }

  @Test
  void noItemHasNoAttributes() {
    assertTrue(Condition.parse("attribute_not_exists(a)").test(null, Bindings.NONE));
    assertFalse(Condition.parse("attribute_exists(a)").test(null, Bindings.NONE));
    assertFalse(Condition.parse("a = :v").test(null, bindings(":v", n(1))));
  }

  @Test
  void andBindsTighterThanOrAndNotTighterThanBoth() {
    assertTrue(test("one = :one OR one = :two AND one = :two"));
    assertFalse(test("(one = :one OR one = :two) AND one = :two"));
    assertFalse(test("NOT one = :one AND one = :two"));
    assertTrue(test("NOT (one = :one AND one = :two)"));
    assertTrue(test("NOT one = :two OR one = :two"));
    assertTrue(test("NOT NOT NOT NOT one = :one"));
    assertFalse(test("nOt NOT not one = :one"));
    assertTrue(test("NOT (NOT (one = :one))"));
  }

  @Test
  void keywordsTakeAnyCaseAndSpaceIsFree() {
    assertTrue(test("\tone\n=\r:one aNd(two)bEtWeEn(one)AnD(three)Or nOt cat iN(:dog)"));
  }

  @Test
  void parenthesesMayStandAroundConditionsAndOperands() {
    assertTrue(test("(one < two OR two < one) AND (two < three AND (one < two OR two < three))"));
    assertTrue(test("((one) = (:one)) AND (attribute_exists((cat)))"));
    assertTrue(test("(one) BETWEEN (:zero) AND (two)"));
  }

  @Test
  void boundConditionsTestManyItems() {
    Condition.Bound bound =
        Condition.parse("#n.v[0] > :v").bind(new Usage(bindings("#n", "a", ":v", n(1))));
    assertTrue(bound.test(item("a", map("v", list(n(2))))));
    assertFalse(bound.test(item("a", map("v", list(n(1))))));
    assertFalse(bound.test(null));
    assertEquals("[[a, v, [0]]]", bound.paths().toString());
  }

  @Test
  void aFunctionsNameMayBeAnAttributesName() {
    assertTrue(
        Condition.parse("contains = :v AND contains(contains, :v)")
            .test(item("contains", s("x")), bindings(":v", s("x"))));
  }
}
