package dev.assay.replicastore.expression;

import static dev.assay.replicastore.expression.Sample.b;
import static dev.assay.replicastore.expression.Sample.bindings;
import static dev.assay.replicastore.expression.Sample.bool;
import static dev.assay.replicastore.expression.Sample.bs;
import static dev.assay.replicastore.expression.Sample.list;
import static dev.assay.replicastore.expression.Sample.map;
import static dev.assay.replicastore.expression.Sample.n;
import static dev.assay.replicastore.expression.Sample.nil;
import static dev.assay.replicastore.expression.Sample.ns;
import static dev.assay.replicastore.expression.Sample.s;
import static dev.assay.replicastore.expression.Sample.ss;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionRefusalTest {
  private static final String DISTINCT =
      "The first operand must be distinct from the remaining operands for this operator or"
          + " function; operator: ";
  private static final String TYPE =
      "Incorrect operand type for operator or function; operator or function: ";

  private static String refusal(String text, Bindings bindings) {
    String message =
        Sample.refusal(
            ExpressionKind.FILTER, () -> Condition.parse(text).bind(new Usage(bindings)));
    String prefix = "Invalid FilterExpression: ";
    assertEquals(prefix, message.substring(0, Math.min(prefix.length(), message.length())));
    return message.substring(prefix.length());
  }

  private static String refusal(String text) {
    return refusal(text, Bindings.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "foo                             | <EOF>   | foo",
        "a =                             | <EOF>   | =",
        "a > b AND                       | <EOF>   | AND",
        "a > b NOT                       | NOT     | b NOT",
        "things are not gonna be ok      | are     | things are not",
        "a > 4                           | 4       | > 4",
        "a = = b                         | =       | = = b",
        "a != :v                         | !       | a !=",
        "a.b. = :v                       | =       | . = :v",
        "attribute_exists(a-b)           | -       | a-b",
        "attribute_exists(a..b)          | .       | ..b",
        "attribute_exists(a[b])          | b       | [b]",
        "attribute_exists(a[:b])         | :b      | [:b]",
        "attribute_exists(a[#b])         | #b      | [#b]",
        "attribute_exists(a[01])         | 1       | 01]",
        "attribute_exists(a[-1])         | -       | [-1",
        "attribute_exists(Pi#ctures.R)   | #ctures | Pi#ctures.",
        "attribute_exists()              | )       | ()",
        "a in b, c                       | b       | in b,",
        "a in (b,c,)                     | )       | ,)",
        "a IN ()                         | )       | ()",
        "a > between                     | between | > between",
        "set = :v                        | set     | set =",
        "(a)between(b.(c.d))and(c)       | (       | .(c",
        "(a)between(b.c.d)and((c)        | <EOF>   | )",
        "#$.b > a                        | #       | #$",
        ": > a                           | :       | : >",
        "a > :things.stuff               | .       | :things.stuff",
        "_a > b                          | _       | _a",
        "ü > a                           | ü       | ü >",
        "a = 𝄞b                          | 𝄞       | = 𝄞b",
        "size(a).b > a                   | .       | ).b",
        "(size(a))[0] > a                | [       | )[0",
        "(a.b).c = :v                    | .       | ).c",
        "(a = b) = c                     | =       | ) = c",
        "NOT a                           | <EOF>   | a",
        "a AND b = c                     | AND     | a AND b",
        ":v OR b = c                     | OR      | :v OR b",
        "a = b c = d                     | c       | b c =",
        "a = b)                          | )       | b)",
        "(a = b                          | <EOF>   | b",
        "a NOT IN (b)                    | NOT     | a NOT IN",
        "a = b + c                       | +       | b + c",
        "if_not_exists(a = b)            | =       | a = b",
      })
  void syntaxErrorQuotesTheTokenAndItsNeighbours(String text, String token, String near) {
    assertEquals(
        "Syntax error; token: \"" + token + "\", near: \"" + near + "\"", refusal(text), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\r\n"})
  void emptyExpressionIsRefused(String text) {
    assertEquals("The expression can not be empty;", refusal(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=b and a > ((views))",
        "(a)between(((b.c)).d)and(c)",
        "a > whatever((:things), ((a)))",
        "a=b AND ((a=b AND a=c)) AND a=b",
        "a=b OR ((a=b OR (a=b OR a=c)))",
        "((a = b))",
        "((a)) = b",
        "((attribute_exists(a)))",
        "((NOT a = b)) AND foo",
      })
  void redundantParenthesesAreRefused(String text) {
    assertEquals("The expression has redundant parentheses;", refusal(text));
  }

  @Test
  void parenthesesThatAreNotRedundantAreTaken() {
    assertDoesNotThrow(() -> Condition.parse("((a = b) AND (c = d))"));
    assertDoesNotThrow(() -> Condition.parse("(NOT (a = b)) OR (NOT (NOT (c = d)))"));
    assertDoesNotThrow(() -> Condition.parse("(size((a)) = (b)) AND ((a) IN ((b), (c)))"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a=b and whatever((:things)) > a | whatever",
        "attRIbute_exIsts((views), #a)   | attRIbute_exIsts",
        "BEGINS_WITH(a, b)               | BEGINS_WITH",
        "dog(a) = :v                     | dog",
        "f(g(a)) AND views = :v          | f",
      })
  void unknownFunctionIsRefused(String text, String function) {
    assertEquals("Invalid function name; function: " + function, refusal(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a=b and attribute_exists((views), (#a)) > b | attribute_exists",
        "attribute_not_exists(things) > b            | attribute_not_exists",
        "attribute_type(things, :a) > b              | attribute_type",
        "begins_with(things, a) > b                  | begins_with",
        "contains(:things, c) > b                    | contains",
        "size(contains(a, b)) > a                    | contains",
        "size(things)                                | size",
        "a = b AND (size(things))                    | size",
        "NOT size(things)                            | size",
        "a between b and attribute_exists(things)    | attribute_exists",
        "a in (b, attribute_exists(things))          | attribute_exists",
        "b = attribute_exists(a)                     | attribute_exists",
      })
  void functionInTheWrongPlaceIsRefused(String text, String function) {
    assertEquals(
        "The function is not allowed to be used this way in an expression; function: " + function,
        refusal(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "if_not_exists(a, b) = :arg | if_not_exists",
        "list_append(a, b) = :arg   | list_append",
        "a = if_not_exists(a, b)    | if_not_exists",
        "if_not_exists(a, b)        | if_not_exists",
      })
  void updateFunctionIsRefused(String text, String function) {
    assertEquals(
        "The function is not allowed in a condition expression; function: " + function,
        refusal(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "attribute_exists(views, #a)  | views",
        ":a < abOrT                   | abOrT",
        "a.b.Zone = :v                | Zone",
        "a[0].name = :v AND f(a) = :v | name",
      })
  void reservedWordIsRefused(String text, String word) {
    assertEquals("Attribute name is a reserved keyword; reserved keyword: " + word, refusal(text));
  }

  @Test
  void theProblemThatStandsFirstIsNamed() {
    assertEquals(
        "Attribute name is a reserved keyword; reserved keyword: name",
        refusal("name = :v AND size(status)"));
    assertEquals(
        "The function is not allowed to be used this way in an expression; function: size",
        refusal("size(status) AND name = :v"));
  }

  @Test
  void syntaxErrorComesBeforeEverythingElse() {
    assertEquals("Syntax error; token: \"<EOF>\", near: \"=\"", refusal("f(name) = :v AND b ="));
  }

  @Test
  void listIndexBeyondAnIntIsRefused() {
    assertDoesNotThrow(() -> Condition.parse("a[2147483647] = :v"));
    assertEquals(
        "List index is not within the allowable range; index: [2147483648]",
        refusal("a[2147483648] = :v"));
    assertEquals(
        "List index is not within the allowable range; index: [99999999999999999999]",
        refusal("a[99999999999999999999] = :v"));
  }

  @Test
  void textIsLimitedByItsUtf8Bytes() {
    String atLimit = "a".repeat(ExpressionReader.TEXT_BYTES_MAX - " = :v".length()) + " = :v";
    assertDoesNotThrow(() -> Condition.parse(atLimit));
    assertEquals(
        "Expression size has exceeded the maximum allowed size; expression size: 4097",
        refusal(atLimit + " "));
    assertEquals(
        "Expression size has exceeded the maximum allowed size; expression size: 4100",
        refusal("é".repeat(2050)));
  }

  @Test
  void operatorsAreLimited() {
    String term = "a<b";
    assertDoesNotThrow(() -> Condition.parse(term + " or a<b".repeat(149)));
    assertDoesNotThrow(() -> Condition.parse(term + " or (a<b".repeat(149) + ")".repeat(149)));
    assertDoesNotThrow(() -> Condition.parse("not ".repeat(299) + term));
    String refusal = "The expression contains too many operators; operator count: 301";
    assertEquals(refusal, refusal(term + " or a<b".repeat(151)));
    assertEquals(refusal, refusal(term + " or (a<b".repeat(454) + ")".repeat(454)));
    assertEquals(refusal, refusal("not ".repeat(1000) + term));
    assertEquals(refusal, refusal("size(".repeat(680) + "a" + ")".repeat(680) + " > b"));
  }

  @Test
  void anUnknownFunctionIsNamedBeforeTooManyOperators() {
    assertEquals(
        "Invalid function name; function: f",
        refusal("a < " + "f(".repeat(1355) + ")".repeat(1355)));
  }

  @Test
  void deepParenthesesAreRefusedWithoutAnOverflow() {
    String refusal = "The expression has redundant parentheses;";
    assertEquals(refusal, refusal("(".repeat(2046) + "a<b" + ")".repeat(2046)));
    assertEquals(refusal, refusal("(".repeat(4096)));
    assertEquals(refusal, refusal("a = " + "(".repeat(2000) + "b" + ")".repeat(2000)));
  }

  @Test
  void moreCandidatesThanAHundredAreRefused() {
    assertDoesNotThrow(() -> Condition.parse("a IN (" + candidates(100) + ")"));
    assertEquals(
        "The IN operator is provided with too many operands; number of operands: 101",
        refusal("a IN (" + candidates(101) + ")"));
  }

  private static String candidates(int count) {
    return IntStream.range(0, count).mapToObj(i -> ":v" + i).collect(Collectors.joining(","));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "attribute_exists(#Pictures.RearView, :a) and a=a | #Pictures",
        "begins_with(Pictures.#RearView)                  | #RearView",
        "(#P between :lo and :hi) and (#PC in (:c1, :c2)) | #P",
        "#4g > a                                          | #4g",
        "#_ > a                                           | #_",
        "(a)between(b.c[45].#d)and(:a)                    | #d",
      })
  void undefinedNameIsRefused(String text, String name) {
    assertEquals(
        "An expression attribute name used in the document path is not defined; attribute name: "
            + name,
        refusal(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "begins_with(:hello, #a, #b) | :hello",
        ":a < :b                     | :a",
        ":_ > a                      | :_",
      })
  void undefinedValueIsRefused(String text, String value) {
    assertEquals(
        "An expression attribute value used in expression is not defined; attribute value: "
            + value,
        refusal(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "attribute_exists(things, a) and a=a | attribute_exists     | 2",
        "attribute_not_exists(things, b)     | attribute_not_exists | 2",
        "attribute_type(things)              | attribute_type       | 1",
        "begins_with(things)                 | begins_with          | 1",
        "begins_with(things, size(a), b)     | begins_with          | 3",
        "contains(things)                    | contains             | 1",
        "size(things, a) > b                 | size                 | 2",
      })
  void wrongNumberOfOperandsIsRefused(String text, String function, int operands) {
    assertEquals(
        "Incorrect number of operands for operator or function; operator or function: "
            + function
            + ", number of operands: "
            + operands,
        refusal(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a = a AND #a = b                             | =              | [a]",
        "#a <> a                                      | <>             | [a]",
        "a > #a                                       | >              | [a]",
        "((a=a) OR (a=b))                             | =              | [a]",
        "contains(ab.bc[1].a, ab.bc[1].#a)            | contains       | [ab, bc, [1], a]",
        "attribute_type(ab.bc[1].#a, ab.bc[1].a)      | attribute_type | [ab, bc, [1], a]",
        "begins_with(ab.bc[1].a, ab.bc[1].#a)         | begins_with    | [ab, bc, [1], a]",
        "a BETWEEN b AND a                            | BETWEEN        | [a]",
        "a IN (b, (#a))                               | IN             | [a]",
      })
  void comparingAPathWithItselfIsRefused(String text, String operator, String path) {
    assertEquals(
        DISTINCT + operator + ", first operand: " + path, refusal(text, bindings("#a", "a")));
  }

  @Test
  void comparingAValueWithItselfIsTaken() {
    assertDoesNotThrow(() -> Condition.parse(":a = :a").bind(new Usage(bindings(":a", n(1)))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "attribute_type(a, size(a))         | attribute_type | N",
        "attribute_type(a, :n)              | attribute_type | N",
        "attribute_type(a, :b)              | attribute_type | B",
        "attribute_type(a, :bool)           | attribute_type | BOOL",
        "attribute_type(a, :null)           | attribute_type | NULL",
        "attribute_type(a, :l)              | attribute_type | L",
        "attribute_type(a, :m)              | attribute_type | M",
        "attribute_type(a, :ss)             | attribute_type | SS",
        "attribute_type(a, b)               | attribute_type | {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
        "begins_with(a, size(a))            | begins_with    | N",
        "begins_with(a, :n)                 | begins_with    | N",
        "begins_with(:bool, a)              | begins_with    | BOOL",
        "begins_with(:null, a)              | begins_with    | NULL",
        "begins_with(:l, a)                 | begins_with    | L",
        "begins_with(a, :m)                 | begins_with    | M",
        "begins_with(a, :ss)                | begins_with    | SS",
        "begins_with(a, :ns)                | begins_with    | NS",
        "begins_with(a, :bs)                | begins_with    | BS",
        "size(size(a)) > :n                 | size           | N",
        "attribute_not_exists(size(:n))     | size           | N",
        "size(:bool) > a                    | size           | BOOL",
        "size(:null) > a                    | size           | NULL",
        "a < :l                             | <              | L",
        ":bool >= a                         | >=             | BOOL",
        "a > :m                             | >              | M",
        "a <= :ss                           | <=             | SS",
        "a BETWEEN :bool AND :n             | BETWEEN        | BOOL",
        "a BETWEEN b AND :null              | BETWEEN        | NULL",
      })
  void constantOfATypeThatDoesNotFitIsRefused(String text, String operator, String type) {
    Bindings bindings =
        bindings(
            ":n",
            n(1),
            ":b",
            b("x"),
            ":bool",
            bool(true),
            ":null",
            nil(),
            ":l",
            list(),
            ":m",
            map(),
            ":ss",
            ss("1"),
            ":ns",
            ns("1"),
            ":bs",
            bs("x"));
    assertEquals(TYPE + operator + ", operand type: " + type, refusal(text, bindings));
  }

  @Test
  void unknownTypeNameIsRefused() {
    assertEquals(
        "Invalid attribute type name found; type: DOG,"
            + " valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
        refusal("attribute_type(a, :t)", bindings(":t", s("DOG"))));
  }

  @Test
  void existenceIsAskedOfPathsOnly() {
    String refusal = "Operator or function requires a document path; operator or function: ";
    assertEquals(
        refusal + "attribute_exists",
        refusal("attribute_exists(:a) and a=b", bindings(":a", s("1"))));
    assertEquals(
        refusal + "attribute_not_exists",
        refusal("attribute_not_exists(size(:a))", bindings(":a", s("1"))));
  }

  @Test
  void boundsOfTwoTypesAreRefused() {
    assertEquals(
        "The BETWEEN operator requires same data type for lower and upper bounds;"
            + " lower bound operand: AttributeValue: {N:1},"
            + " upper bound operand: AttributeValue: {S:a}",
        refusal("a between :b and :a", bindings(":a", s("a"), ":b", n(1))));
  }

  @Test
  void reversedBoundsAreRefused() {
    assertEquals(
        "The BETWEEN operator requires upper bound to be greater than or equal to lower bound;"
            + " lower bound operand: AttributeValue: {S:b},"
            + " upper bound operand: AttributeValue: {S:a}",
        refusal("a between :b and :a", bindings(":a", s("a"), ":b", s("b"))));
    assertEquals(
        "The BETWEEN operator requires upper bound to be greater than or equal to lower bound;"
            + " lower bound operand: AttributeValue: {B:Yg==},"
            + " upper bound operand: AttributeValue: {B:YQ==}",
        refusal("a between :b and :a", bindings(":a", b("a"), ":b", b("b"))));
  }

  @Test
  void pathDeeperThanDocumentsIsRefused() {
    assertDoesNotThrow(
        () -> Condition.parse("attribute_exists(a" + ".b".repeat(31) + ")").bind(none()));
    assertEquals(
        "The document path has too many nesting levels; nesting levels: 33",
        refusal("attribute_exists(a" + "[0]".repeat(32) + ")"));
  }

  private static Usage none() {
    return new Usage(Bindings.NONE);
  }

  @Test
  void messageNamesTheParameterThatTheConditionStandsIn() {
    assertEquals(
        "Invalid ConditionExpression: The expression can not be empty;",
        Sample.refusal(ExpressionKind.CONDITION, () -> Condition.parse("")));
  }
}
