package dev.assay.replicastore.expression;

import static dev.assay.replicastore.expression.Sample.b;
import static dev.assay.replicastore.expression.Sample.bindings;
import static dev.assay.replicastore.expression.Sample.bool;
import static dev.assay.replicastore.expression.Sample.n;
import static dev.assay.replicastore.expression.Sample.s;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.assay.logformat.KeySchema;
import dev.assay.logformat.Value;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyConditionTest {
  private static final KeySchema NUMBERED =
      new KeySchema(key("p", KeySchema.Type.S), key("c", KeySchema.Type.N));
  private static final KeySchema NAMED =
      new KeySchema(key("p", KeySchema.Type.S), key("c", KeySchema.Type.S));
  private static final KeySchema PLAIN = new KeySchema(key("p", KeySchema.Type.S), null);
  private static final Bindings BINDINGS =
      bindings(
          "#p",
          "p",
          "#c",
          "c",
          ":p",
          s("key"),
          ":1",
          n(1),
          ":5",
          n(5),
          ":s",
          s("x"),
          ":t",
          s("y"),
          ":b",
          b("x"),
          ":bool",
          bool(true),
          ":empty",
          s(""),
          ":no",
          b(""));

  private static KeySchema.Attribute key(String name, KeySchema.Type type) {
    return new KeySchema.Attribute(name, type);
  }

  private static KeyCondition.Target target(String text, KeySchema schema) {
    return KeyCondition.parse(text).bind(new Usage(BINDINGS)).against(schema);
  }

  private static KeyCondition.Target of(@Nullable SortKeyCondition sortKey) {
    return new KeyCondition.Target(s("key"), sortKey);
  }

  private static String refusal(String text, KeySchema schema) {
    return Sample.refusal(ExpressionKind.KEY_CONDITION, () -> target(text, schema));
  }

  static Stream<Arguments> sortKeyConditions() {
    Value one = n(1);
    Value five = n(5);
    return Stream.of(
        Arguments.of("p=:p AND c=:1", new SortKeyCondition.Equal(one)),
        Arguments.of("p=:p AND c<:1", new SortKeyCondition.Less(one)),
        Arguments.of("p=:p AND c<=:1", new SortKeyCondition.LessOrEqual(one)),
        Arguments.of("p=:p AND c>:1", new SortKeyCondition.Greater(one)),
        Arguments.of("p=:p AND c>=:1", new SortKeyCondition.GreaterOrEqual(one)),
        Arguments.of(":p=p AND :1<c", new SortKeyCondition.Greater(one)),
        Arguments.of(":p=p AND :1<=c", new SortKeyCondition.GreaterOrEqual(one)),
        Arguments.of(":p=p AND :1>c", new SortKeyCondition.Less(one)),
        Arguments.of(":p=p AND :1>=c", new SortKeyCondition.LessOrEqual(one)),
        Arguments.of(":p=p AND :1=c", new SortKeyCondition.Equal(one)),
        Arguments.of("c=:1 AND p=:p", new SortKeyCondition.Equal(one)),
        Arguments.of("#c = :1 and #p = :p", new SortKeyCondition.Equal(one)),
        Arguments.of("((c=:1) AND (p=:p))", new SortKeyCondition.Equal(one)),
        Arguments.of("p=:p AnD c BeTwEeN :1 aNd :5", new SortKeyCondition.Between(one, five)),
        Arguments.of(
            "(p)=(:p) AND (c BETWEEN (:1) AND :5)", new SortKeyCondition.Between(one, five)));
  }

  @ParameterizedTest
  @MethodSource("sortKeyConditions")
  void sortKeyConditionIsRead(String text, SortKeyCondition expected) {
    assertEquals(of(expected), target(text, NUMBERED));
  }

  @Test
  void partitionKeyAloneIsEnough() {
    assertEquals(of(null), target(" p  =   :p ", NUMBERED));
    assertEquals(of(null), target("#p = :p", PLAIN));
  }

  @Test
  void stringsAndBinaryHaveBeginnings() {
    assertEquals(
        of(new SortKeyCondition.BeginsWith(s("x"))),
        target("p = :p AND begins_with(c, :s)", NAMED));
    KeySchema binary = new KeySchema(key("p", KeySchema.Type.S), key("c", KeySchema.Type.B));
    assertEquals(
        of(new SortKeyCondition.BeginsWith(b("x"))),
        target("begins_with(c, :b) AND p = :p", binary));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "p > c and size(c) > d or p > d         | OR",
        "p in (c, size(d), e)                   | IN",
        "attribute_exists(p)                    | attribute_exists",
        "attribute_not_exists(p)                | attribute_not_exists",
        "attribute_type(p, :type)               | attribute_type",
        "contains(p.d, c)                       | contains",
        "not p > c                              | NOT",
        "p <> c                                 | <>",
        "p = :p AND c <> :1                     | <>",
      })
  void operatorThatNoKeyAllowsIsRefused(String text, String operator) {
    Usage usage =
        new Usage(
            new Bindings(
                BINDINGS.names(), bindings(":p", s("key"), ":1", n(1), ":type", s("S")).values()));
    assertEquals(
        "Invalid KeyConditionExpression: Invalid operator used in KeyConditionExpression: "
            + operator,
        Sample.refusal(ExpressionKind.KEY_CONDITION, () -> KeyCondition.parse(text).bind(usage)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ":s between size(b) and size(a) and b > :t | BETWEEN",
        "begins_with(:s, b) and a > :t             | begins_with",
      })
  void keyAttributeComesFirst(String text, String operator) {
    assertEquals(
        "Invalid KeyConditionExpression: Invalid condition in KeyConditionExpression: "
            + operator
            + " operator must have the key attribute as its first operand",
        refusal(text, NAMED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "size(b) > a AND a.b > b AND b > c",
        "a > size(b.d)",
        "a between size(b) and size(c)",
      })
  void nestedOperationsAreRefused(String text) {
    assertEquals(
        "Invalid KeyConditionExpression: KeyConditionExpressions cannot contain nested operations",
        refusal(text, NAMED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "b > a.b",
        "b between c[1] and d",
        "a between b and size(a)",
        "begins_with(a, b)",
        "p = c"
      })
  void twoAttributesInOneConditionAreRefused(String text) {
    assertEquals(
        "Invalid KeyConditionExpression: Invalid condition in KeyConditionExpression:"
            + " Multiple attribute names used in one condition",
        refusal(text, NAMED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"b.d > a AND c.d > e.f", "a.d > c", "b[0] > a", "p = :p AND c.b < :1"})
  void nestedAttributesAreRefused(String text) {
    assertEquals(
        "Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested"
            + " attributes",
        refusal(text, NAMED));
  }

  @ParameterizedTest
  @ValueSource(strings = {":s > :t AND a < :t", ":s > b AND :s < :t"})
  void conditionWithoutAnAttributeIsRefused(String text) {
    assertEquals(
        "Invalid KeyConditionExpression: Invalid condition in KeyConditionExpression:"
            + " No key attribute specified",
        refusal(text, NAMED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "p = :p AND p = :p",
        "p = :p AND c > :1 AND c < :5",
        "b > :1 AND b < :1 and c = :1 and d = :1",
        "(a > :1 and b > :1) and (b > :1 and c > :1)",
      })
  void twoConditionsOnOneKeyAreRefused(String text) {
    assertEquals(
        "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition"
            + " per key",
        refusal(text, NUMBERED));
  }

  @Test
  void moreConditionsThanKeysAreRefused() {
    assertEquals(
        "The number of query conditions (3) exceeds the number of key attributes defined in the"
            + " schema (2)",
        refusal("p = :p AND c > :1 AND extra = :5", NUMBERED));
    assertEquals(
        "The number of query conditions (2) exceeds the number of key attributes defined in the"
            + " schema (1)",
        refusal("p = :p AND c > :1", PLAIN));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "c = :1            | p",
        "z between :1 and :5 | p",
        "c = :1 AND z = :1 | p",
        "p = :p AND z < :1 | c",
      })
  void missingKeyAttributeIsNamed(String text, String missed) {
    assertEquals("Query condition missed key schema element: " + missed, refusal(text, NUMBERED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "p > :p",
        ":p <= p",
        "begins_with(p, :p)",
        "p between :p and :p",
        "p < :p AND c = :1",
      })
  void partitionKeyIsAskedForEqualityOnly(String text) {
    assertEquals("Query key condition not supported", refusal(text, NUMBERED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "p = :1",
        ":1 > p",
        "p = :p AND c = :s",
        "p = :p AND c = :bool",
        "p = :p AND begins_with(c, :s)",
        "p = :p AND c BETWEEN :s AND :t",
      })
  void valueOfAnotherTypeThanTheKeyIsRefused(String text) {
    assertEquals(
        "One or more parameter values were invalid: Condition parameter type does not match schema"
            + " type",
        refusal(text, NUMBERED));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "p = :p AND begins_with(c, :1)                 | begins_with | N",
        "p = :p AND begins_with(c, :bool)              | begins_with | BOOL",
        "p = :p AND c < :bool                          | <           | BOOL",
        "p = :p AND :bool >= c                         | >=          | BOOL",
        "p = :p AND c BETWEEN :bool AND :bool          | BETWEEN     | BOOL",
        "begins_with(c, :1) AND p = :missing           | begins_with | N",
        "p = :p AND begins_with(c, :1) AND c = :missing | begins_with | N",
      })
  void valueThatNoKeyCouldHaveIsAnErrorOfTheExpression(String text, String operator, String type) {
    assertEquals(
        "Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator"
            + " or function: "
            + operator
            + ", operand type: "
            + type,
        refusal(text, NUMBERED));
  }

  @Test
  void undefinedValueBeforeAWrongTypeIsNamed() {
    assertEquals(
        "Invalid KeyConditionExpression: An expression attribute value used in expression is not"
            + " defined; attribute value: :missing",
        refusal("p = :missing AND begins_with(c, :1)", NUMBERED));
  }

  @Test
  void reversedBoundsAreRefused() {
    assertEquals(
        "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater"
            + " than or equal to lower bound; lower bound operand: AttributeValue: {N:5}, upper"
            + " bound operand: AttributeValue: {N:1}",
        refusal("p = :p AND c BETWEEN :5 AND :1", NUMBERED));
  }

  @Test
  void emptyKeyValuesAreRefused() {
    String refusal =
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot"
            + " contain an empty ";
    assertEquals(refusal + "string value. Key: p", refusal("p = :empty", NAMED));
    assertEquals(refusal + "string value. Key: c", refusal("p = :p AND c > :empty", NAMED));
    KeySchema binary = new KeySchema(key("p", KeySchema.Type.B), null);
    assertEquals(refusal + "binary value. Key: p", refusal("p = :no", binary));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "p        | Syntax error; token: \"<EOF>\", near: \"p\"",
        ":p a     | Syntax error; token: \"a\", near: \":p a\"",
        "p=:p AND c!=:1 | Syntax error; token: \"!\", near: \"c!=\"",
        "p=:p AND dog(c, :1) | Invalid function name; function: dog",
        "p=:p AND BEGINS_WITH(c, :s) | Invalid function name; function: BEGINS_WITH",
        "((c=:1) AND ((p=:p))) | The expression has redundant parentheses;",
        "name = :p | Attribute name is a reserved keyword; reserved keyword: name",
      })
  void keyConditionFollowsTheGrammarOfConditions(String text, String refusal) {
    assertEquals("Invalid KeyConditionExpression: " + refusal, refusal(text, NUMBERED));
  }
}
