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
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateRefusalTest {
  private static final String INVALID = "Invalid UpdateExpression: ";
  private static final String WRONG_TYPE =
      "An operand in the update expression has an incorrect data type";
  private static final String MISSING =
      "The provided expression refers to an attribute that does not exist in the item";
  private static final String WRONG_PATH =
      "The document path provided in the update expression is invalid for update";
  private static final String TOO_LARGE =
      "Item size to update has exceeded the maximum allowed size";
  private static final Bindings CONSTANTS =
      bindings(
          ":s",
          s("a"),
          ":n",
          n(1),
          ":b",
          b("a"),
          ":bool",
          bool(true),
          ":null",
          nil(),
          ":ss",
          ss("a"),
          ":ns",
          ns("1"),
          ":bs",
          bs("a"),
          ":m",
          map(),
          ":l",
          list());

  private static String refusal(String text, Bindings bindings) {
    String message =
        Sample.refusal(
            ExpressionKind.UPDATE, () -> UpdateExpression.parse(text).bind(new Usage(bindings)));
    assertTrue(message.startsWith(INVALID), message);
    return message.substring(INVALID.length());
  }

  private static String refusalOn(Item before, String text, Bindings bindings) {
    UpdateExpression.Bound update = UpdateExpression.parse(text).bind(new Usage(bindings));
    return Sample.refusal(ExpressionKind.UPDATE, () -> update.apply(before));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "INVALID SYNTAX HERE              | INVALID       | INVALID SYNTAX",
        "SET                              | <EOF>         | SET",
        "set a                            | <EOF>         | a",
        "ADD numx                         | <EOF>         | numx",
        "ADD hits : incr                  | :             | hits : incr",
        "ADD numx 1                       | 1             | numx 1",
        "DELETE setx a                    | a             | setx a",
        "delete a if_not_exist(b)         | if_not_exist  | a if_not_exist(",
        "set a=set                        | set           | =set",
        "remove a = b                     | =             | a = b",
        "remove a b                       | b             | a b",
        "set a b                          | b             | a b",
        "set :a = b                       | :a            | set :a =",
        "set a = b / c                    | /             | b / c",
        "SET numx = numx * :v             | *             | numx * :v",
        "SET note = :v +                  | <EOF>         | +",
        "set a[1] = 1                     | 1             | = 1",
        "SET a = if_not_exist(a, 100)     | 100           | , 100)",
        "SET if_not_exist(a, b) = a       | (             | if_not_exist(a",
        "set (a = (b + c))                | (             | set (a",
        "set a = (b.c).d + e              | .             | ).d",
        "set a = b + c + d                | +             | c + d",
        "set a = (b + c) + d              | +             | ) + d",
        "set a = f(b, :x + :y)            | +             | :x + :y",
        "SET MyStr = myNum Mystr2 myNum2  | Mystr2        | myNum Mystr2 myNum2",
        "SET _123 = :v                    | _             | SET _123",
        "SET a = b, updated = :v SET      | <EOF>         | SET",
        "SET a = :v, , b = :v             | ,             | , , b",
        "SET a = :v, REMOVE b             | REMOVE        | , REMOVE b",
        "SET a = b = c                    | =             | b = c",
        "SET a = b < c                    | <             | b < c",
      })
  void syntaxErrorQuotesTheTokenAndItsNeighbours(String text, String token, String near) {
    assertEquals(
        "Syntax error; token: \"" + token + "\", near: \"" + near + "\"",
        refusal(text, CONSTANTS),
        text);
  }

  @Test
  void emptyUpdateIsRefused() {
    assertEquals("The expression can not be empty;", refusal("", Bindings.NONE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"set a = ((b))", "set a = ((b + c))", "set a = ((b)) + c"})
  void redundantParenthesesAreRefused(String text) {
    assertEquals("The expression has redundant parentheses;", refusal(text, Bindings.NONE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "' set #c = :c set abOrt = true ' | abOrt",
        "' remove Absolute '              | Absolute",
        "set a.b[1].Count = :v            | Count",
      })
  void reservedWordIsRefused(String text, String word) {
    assertEquals(
        "Attribute name is a reserved keyword; reserved keyword: " + word,
        refusal(text, CONSTANTS));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "set a = #c set c = :d               | SET",
        "remove #d set a = b remove e        | REMOVE",
        "add #d :e set a = b add e :f        | ADD",
        "delete #d :e set a = b delete #e :f | DELETE",
      })
  void aSectionStandsOnce(String text, String section) {
    assertEquals(
        "The \"" + section + "\" section can only be used once in an update expression;",
        refusal(text, CONSTANTS));
  }

  @Test
  void unknownAndForeignFunctionsAreRefused() {
    assertEquals(
        "Invalid function name; function: if_not_exist",
        refusal("set #c = if_not_exist(:c) set c = d", CONSTANTS));
    assertEquals(
        "Invalid function name; function: LIST_APPEND",
        refusal("SET a = LIST_APPEND(:a, :b)", CONSTANTS));
    assertEquals(
        "The function is not allowed in an update expression; function: size",
        refusal("SET a = size(b)", CONSTANTS));
    assertEquals(
        "The function is not allowed in an update expression; function: attribute_exists",
        refusal("SET a = attribute_exists(b) + c", CONSTANTS));
    assertEquals(
        "The function is not allowed to be used this way in an expression; function: list_append",
        refusal("SET a = list_append(list_append(:l, :l), :l)", CONSTANTS));
  }

  @Test
  void undefinedNamesComeBeforeUndefinedValues() {
    assertEquals(
        "An expression attribute name used in the document path is not defined; attribute name: #c",
        refusal("SET a = if_not_exists(:c), #c = :d", CONSTANTS));
    assertEquals(
        "An expression attribute value used in expression is not defined; attribute value: :c",
        refusal("SET a = if_not_exists(:c), a = :n", CONSTANTS));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "set d[1] = a, d.b = a, c[1].a = a, #c = if_not_exists(a) | [c, [1], a]   | [c]",
        "set #c[3].#d = a, #c[3] = a                              | [c, [3], [3]] | [c, [3]]",
        "set #c = :n, c = :n                                      | [c]           | [c]",
        "REMOVE a SET a = :n                                      | [a]           | [a]",
        "SET a = :n, a.b = :n                                     | [a]           | [a, b]",
        "SET a.b = :n, a = :n                                     | [a, b]        | [a]",
        "SET a.b = :n, a.b.c.d.e = :n                             | [a, b]        | [a, b, c, d,"
            + " e]",
        "SET a[1][1] = :n, a[1] = :n                              | [a, [1], [1]] | [a, [1]]",
        "SET a[1] = :n ADD a[1] :n                                | [a, [1]]      | [a, [1]]",
      })
  void overlappingPathsAreRefused(String text, String one, String two) {
    Bindings bindings = new Bindings(bindings("#c", "c", "#d", "[3]").names(), CONSTANTS.values());
    assertEquals(
        "Two document paths overlap with each other; must remove or rewrite one of these paths;"
            + " path one: "
            + one
            + ", path two: "
            + two,
        refusal(text, bindings));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "set #c[3].#d = a, #c.#d[3] = if_not_exists(a) | [c, [3], [3]] | [c, [3], [3]]",
        "remove a.#c set a[1] = #d                     | [a, c]        | [a, [1]]",
        "SET a.b.c = :n, a.x = :n, a.b[2] = :n         | [a, b, c]     | [a, b, [2]]",
      })
  void conflictingPathsAreRefused(String text, String one, String two) {
    Bindings bindings = new Bindings(bindings("#c", "c", "#d", "[3]").names(), CONSTANTS.values());
    assertEquals(
        "Two document paths conflict with each other; must remove or rewrite one of these paths;"
            + " path one: "
            + one
            + ", path two: "
            + two,
        refusal(text, bindings));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "set b = list_append(:s, a), c = if_not_exists(a) add a.b :s | ADD    | STRING",
        "delete a.b :s                                               | DELETE | STRING",
        "add a.b :null                                               | ADD    | NULL",
        "add a.b :bool                                               | ADD    | BOOLEAN",
        "delete a.b :b                                               | DELETE | BINARY",
        "add a.b :m                                                  | ADD    | MAP",
        "delete a.b :l                                               | DELETE | LIST",
        "delete a.b :n                                               | DELETE | NUMBER",
      })
  void addAndDeleteTakeNumbersAndSets(String text, String section, String type) {
    assertEquals(
        "Incorrect operand type for operator or function; operator: "
            + section
            + ", operand type: "
            + type
            + ", typeSet: ALLOWED_FOR_"
            + section
            + "_OPERAND",
        refusal(text, CONSTANTS));
  }

  @Test
  void wrongNumberOfOperandsIsRefused() {
    String refusal =
        "Incorrect number of operands for operator or function; operator or function: ";
    assertEquals(
        refusal + "if_not_exists, number of operands: 1",
        refusal("set a = if_not_exists(c)", CONSTANTS));
    assertEquals(
        refusal + "list_append, number of operands: 3",
        refusal("set a = list_append(c, :l, :l)", CONSTANTS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"set a = if_not_exists(:n, c)", "set a = if_not_exists(if_not_exists(a, b), c)"})
  void ifNotExistsAsksOfPathsOnly(String text) {
    assertEquals(
        "Operator or function requires a document path; operator or function: if_not_exists",
        refusal(text, CONSTANTS));
  }

  @ParameterizedTest
  @CsvSource({
    "'set a = list_append(:s, a)', list_append, S",
    "'set a = list_append(a, :n)', list_append, N",
    "'set a = list_append(:b, a)', list_append, B",
    "'set a = list_append(:bool, a)', list_append, BOOL",
    "'set a = list_append(:null, a)', list_append, NULL",
    "'set a = list_append(:ss, a)', list_append, SS",
    "'set a = list_append(:ns, a)', list_append, NS",
    "'set a = list_append(:bs, a)', list_append, BS",
    "'set a = list_append(:m, a)', list_append, M",
    "set a = a + :s, +, S",
    "set a = :s + :b, +, S",
    "set a = :b + a, +, B",
    "set a = a - :bool, -, BOOL",
    "set a = a - :null, -, NULL",
    "set a = a + :ns, +, NS",
    "set a = a + :m, +, M",
    "set a = a - :l, -, L",
  })
  void constantOfATypeThatDoesNotFitIsRefused(String text, String operator, String type) {
    assertEquals(
        "Incorrect operand type for operator or function; operator or function: "
            + operator
            + ", operand type: "
            + type,
        refusal(text, CONSTANTS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "delete d :ss",
        "delete b :ns",
        "delete b.a :ns",
        "delete b.a :bs",
        "delete c :ns",
        "add b :ns",
        "add d :n",
        "add a :n",
        "add c :ns",
        "set e = a + :n",
        "set e = b - :n",
        "set e = gone + a",
        "set e = list_append(d, if_not_exists(f, :l))",
        "set e = list_append(gone, a)",
        "set e = if_not_exists(gone, :s) + :n",
      })
  void attributeOfATypeThatDoesNotFitIsRefused(String text) {
    Item before = item("a", s("k"), "b", map("a", ss("1")), "c", n(1), "d", ns("1"));
    assertEquals(WRONG_TYPE, refusalOn(before, text, CONSTANTS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set c = b",
        "set e = list_append(b, c)",
        "set e = list_append(:l, c)",
        "set e = no_attr + :n",
        "set e = :n - a.gone",
        "set x = :n, y = x",
        "set e = if_not_exists(b, c)",
      })
  void missingAttributeIsRefused(String text) {
    assertEquals(MISSING, refusalOn(item("a", s("k")), text, CONSTANTS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set b.a = :ss, #1 = :ss",
        "set b[1] = :ss",
        "set y.a = :ss",
        "set y[1] = :ss",
        "set c[1] = :ss",
        "set d.#1 = :ss",
        "set d[2].x = :ss",
        "remove b.a set #1 = :ss",
        "remove b[1]",
        "remove y.a",
        "remove y[1]",
        "remove c[1]",
        "remove d.#1",
        "remove d[0].x",
        "delete b.a :ss",
        "delete y[1] :ss",
        "delete c[1] :ss",
        "delete d.#1 :ss",
        "add b.a :ss",
        "add y[1] :ss",
        "add c[1] :ss",
        "add d.#1 :ss",
        "set y.a = gone",
      })
  void pathThatLeadsThroughNothingIsRefused(String text) {
    Item before = item("a", s("k"), "b", s("k"), "c", map("1", s("a")), "d", list(s("a"), s("b")));
    Bindings bindings = new Bindings(bindings("#1", "1").names(), CONSTANTS.values());
    assertEquals(WRONG_PATH, refusalOn(before, text, bindings));
  }

  @ParameterizedTest
  @CsvSource({
    "SET r = :a + :b, 9E125, 9E125, overflow",
    "SET r = :a - :b, 9E125, -9E125, overflow",
    "SET r = :a - :b, 1E50, 1, overflow",
    "ADD x :a SET y = :b, 1E-50, 1, overflow",
    "SET r = :a + :b, 99999999999999999999999999999999999999, 1E-1, overflow",
    "SET r = :a - :b, 1.1E-130, 1E-130, underflow",
  })
  void resultOutOfRangeIsRefused(String text, String a, String b, String how) {
    String expected =
        how.equals("overflow")
            ? "Number overflow. Attempting to store a number with magnitude larger than supported"
                + " range"
            : "Number underflow. Attempting to store a number with magnitude smaller than"
                + " supported range";
    assertEquals(expected, refusalOn(item("x", n(1)), text, bindings(":a", n(a), ":b", n(b))));
  }

  @Test
  void anUpdateCanNotDeepenAnItemForEver() {
    Item item = item("a", map());
    UpdateExpression.Bound deepen =
        UpdateExpression.parse("SET a.b = a").bind(new Usage(Bindings.NONE));
    int levels = 1;
    String refusal = null;
    while (refusal == null && levels <= Nesting.LEVELS_MAX + 1) {
      try {
        item = deepen.apply(item);
        levels++;
      } catch (ExpressionException e) {
        refusal = e.describe(ExpressionKind.UPDATE);
      }
    }
    assertEquals(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels"
            + " beyond supported limit",
        refusal);
    assertEquals(Nesting.LEVELS_MAX, levels);
  }

  @Test
  void aValueAtItsDeepestFitsNoDeeper() {
    Value deep = s("leaf");
    for (int i = 1; i < Nesting.LEVELS_MAX; i++) {
      deep = map("n", deep);
    }
    Bindings bindings = bindings(":v", deep);
    assertDoesNotThrow(() -> UpdateExpression.parse("SET a = :v").apply(Item.EMPTY, bindings));
    assertEquals(Nesting.refusal(), refusalOn(item("a", map()), "SET a.b = :v", bindings));
  }

  @Test
  void itemThatGrowsTooLargeIsRefused() {
    Item before = item("p", s("k"), "a", s("x".repeat(ItemSize.BYTES_MAX - 1 - 2 - 1)));
    assertDoesNotThrow(() -> UpdateExpression.parse("REMOVE gone").apply(before, Bindings.NONE));
    assertEquals(TOO_LARGE, refusalOn(before, "SET b = p", Bindings.NONE));
    assertEquals(TOO_LARGE, refusalOn(before, "SET b = a", Bindings.NONE));
  }

  @Test
  void listsAreNotMultipliedBeyondTheLargestItem() {
    Value[] nothings = new Value[130_000];
    Arrays.fill(nothings, s(""));
    Item before = item("p", s("k"), "a", new Value.ListOf(Arrays.asList(nothings)));
    String nested = "list_append(if_not_exists(z,".repeat(100) + "a" + "),a)".repeat(100);
    assertEquals(TOO_LARGE, refusalOn(before, "SET b = " + nested, Bindings.NONE));
    StringBuilder many = new StringBuilder("SET b = list_append(a, a)");
    for (int i = 0; i < 100; i++) {
      many.append(", b").append(i).append(" = list_append(a, a)");
    }
    assertEquals(TOO_LARGE, refusalOn(before, many.toString(), Bindings.NONE));
  }

  @Test
  void pathDeeperThanDocumentsIsRefused() {
    assertEquals(
        "The document path has too many nesting levels; nesting levels: 33",
        refusal("REMOVE a" + ".b".repeat(32), Bindings.NONE));
  }
}
