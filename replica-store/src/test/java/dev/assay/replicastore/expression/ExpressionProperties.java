package dev.assay.replicastore.expression;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Laws that hold for every expression and every item. */
class ExpressionProperties {
  private static final int LEVELS = 3;

  private static Condition.@Nullable Bound condition(String text) {
    try {
      return Condition.parse(text).bind(new Usage(Generators.BINDINGS));
    } catch (ExpressionException refused) {
      return null;
    }
  }

  private static UpdateExpression.@Nullable Bound update(String text) {
    try {
      return UpdateExpression.parse(text).bind(new Usage(Generators.BINDINGS));
    } catch (ExpressionException refused) {
      return null;
    }
  }

  /** The item after, or why there is none. */
  private static Object applied(UpdateExpression.Bound update, Item before) {
    try {
      return update.apply(before);
    } catch (ExpressionException refused) {
      return String.valueOf(refused.getMessage());
    }
  }

  private static boolean test(String text, Item item) {
    Condition.Bound condition = condition(text);
    Assume.that(condition != null);
    return condition != null && condition.test(item);
  }

  @Property(tries = 500)
  void notIsTheOpposite(@ForAll long seed) {
    Generators generators = new Generators(seed);
    String text = generators.condition(LEVELS);
    Item item = generators.item();
    assertEquals(!test(text, item), test("NOT (" + text + ")", item), text);
  }

  @Property(tries = 500)
  void deMorgansLawsHold(@ForAll long seed) {
    Generators generators = new Generators(seed);
    String one = generators.condition(1);
    String two = generators.condition(1);
    Item item = generators.item();
    String not = "NOT (" + one + ") ";
    String nor = " (NOT (" + two + "))";
    boolean negatedAnd = test("NOT ((" + one + " OR a = b) AND (" + two + " OR a = b))", item);
    boolean orOfNegations = test("NOT (" + one + " OR a = b) OR NOT (" + two + " OR a = b)", item);
    assertEquals(negatedAnd, orOfNegations);
    assertEquals(test(not + "AND" + nor, item), !test(one + " OR " + two, item));
  }

  @Property(tries = 500)
  void lessOrGreaterOrEqualCoversWhatHasAnOrder(@ForAll long seed) {
    Generators generators = new Generators(seed);
    Item item = generators.item();
    boolean less = test("a < b", item);
    boolean equal = test("a = b", item);
    boolean greater = test("a > b", item);
    assertTrue(!less || !greater);
    assertTrue(!equal || (!less && !greater));
    assertEquals(less, test("b > a", item));
    assertEquals(test("a <= b AND a >= b", item), equal && test("a <= b", item));
    assertEquals(!equal, test("a <> b", item));
  }

  @Property(tries = 500)
  void betweenIsTwoComparisonsAndInIsManyEqualities(@ForAll long seed) {
    Generators generators = new Generators(seed);
    Item item = generators.item();
    assertEquals(test("a BETWEEN b AND c", item), test("a >= b AND a <= c", item));
    assertEquals(test("a IN (b, c, :n)", item), test("a = b OR a = c OR a = :n", item));
  }

  @Property(tries = 500)
  void setsOfDisjointPathsCommute(@ForAll long seed) {
    Generators generators = new Generators(seed);
    String one = generators.setAction(generators.path());
    String two = generators.setAction(generators.path());
    UpdateExpression.Bound forward = update("SET " + one + ", " + two);
    UpdateExpression.Bound backward = update("SET " + two + ", " + one);
    assertEquals(forward == null, backward == null);
    Assume.that(forward != null && backward != null);
    Item before = generators.item();
    if (forward != null && backward != null) {
      assertEquals(applied(forward, before), applied(backward, before), one + ", " + two);
    }
  }

  @Property(tries = 500)
  void anUpdateChangesNothingBesideItsTopLevelNames(@ForAll long seed) {
    Generators generators = new Generators(seed);
    String text = generators.update();
    UpdateExpression.Bound update = update(text);
    Assume.that(update != null);
    Item before = generators.item();
    if (update != null && applied(update, before) instanceof Item after) {
      before
          .attributes()
          .forEach(
              (name, value) -> {
                if (!update.topLevelNames().contains(name)) {
                  assertEquals(value, after.get(name), text);
                }
              });
      after
          .attributes()
          .forEach(
              (name, value) ->
                  assertTrue(
                      update.topLevelNames().contains(name) || value.equals(before.get(name)),
                      text));
    }
  }

  @Property(tries = 500)
  void settingAPathToItselfChangesNothing(@ForAll long seed) {
    Generators generators = new Generators(seed);
    String path = generators.path();
    Item before = generators.item();
    UpdateExpression.Bound update = update("SET " + path + " = " + path);
    Assume.that(update != null);
    if (update != null && applied(update, before) instanceof Item after) {
      assertEquals(before, after, path);
      assertTrue(test("attribute_exists(" + path + ")", before), path);
    }
  }

  @Property(tries = 500)
  void whatIsSetIsThereAfterwards(@ForAll long seed) {
    Generators generators = new Generators(seed);
    String path = generators.path();
    Item before = generators.item();
    UpdateExpression.Bound update = update("SET " + path + " = :l");
    Assume.that(update != null);
    if (update != null && applied(update, before) instanceof Item after) {
      Item changed = update.changedOnly(after);
      boolean appended = path.endsWith("]") && !test("attribute_exists(" + path + ")", after);
      assertTrue(appended || test(path + " = :l", after), path);
      assertEquals(appended, changed.attributes().isEmpty(), path);
    }
  }

  @Property(tries = 500)
  void whatIsRemovedFromAMapIsGone(@ForAll long seed) {
    Generators generators = new Generators(seed);
    String path = generators.path();
    Assume.that(!path.endsWith("]"));
    UpdateExpression.Bound update = update("REMOVE " + path);
    if (update != null && applied(update, generators.item()) instanceof Item after) {
      assertTrue(test("attribute_not_exists(" + path + ")", after), path);
      assertEquals(after, applied(update, after), path);
    }
  }

  @Property(tries = 500)
  void deletingWhatWasAddedLeavesNoneOfIt(@ForAll long seed) {
    Item before = new Generators(seed).item();
    UpdateExpression.Bound add = update("ADD a :ss");
    UpdateExpression.Bound delete = update("DELETE a :ss");
    if (add != null && delete != null && applied(add, before) instanceof Item between) {
      assertTrue(test("contains(a, :s)", between));
      Item after = delete.apply(between);
      assertTrue(!test("contains(a, :s)", after));
      assertTrue(!(after.get("a") instanceof Value.TextSet(var left)) || !left.isEmpty());
    }
  }

  @Property(tries = 500)
  void projectingTwiceIsProjectingOnceWhereNoListIsCut(@ForAll long seed) {
    Generators generators = new Generators(seed);
    String text = generators.projection();
    Assume.that(!text.contains("["));
    Item item = generators.item();
    Projection.Bound projection;
    try {
      projection = Projection.parse(text).bind(new Usage(Generators.BINDINGS));
    } catch (ExpressionException refused) {
      return;
    }
    Item once = projection.apply(item);
    assertEquals(once, projection.apply(once), text);
    projection.paths().forEach(path -> assertEquals(path.in(item), path.in(once), text));
  }

  @Property(tries = 500)
  void anyTextIsParsedOrRefused(@ForAll String text) {
    assertAnswered(text);
  }

  private static void assertAnswered(String text) {
    for (Runnable parse : FuzzedTexts.parsers(text)) {
      try {
        parse.run();
      } catch (ExpressionException refused) {
        assertTrue(refused.describe(ExpressionKind.FILTER).length() > 10, text);
      }
    }
  }

  @Property(tries = 100)
  void aTextBeyondTheLimitIsRefusedForItsSize(@ForAll long seed) {
    String text = "a = b OR ".repeat(456) + new Generators(seed).path() + " = :n";
    assertEquals(
        "Expression size has exceeded the maximum allowed size; expression size: " + text.length(),
        assertThrows(ExpressionException.class, () -> Condition.parse(text)).getMessage());
  }
}
