package dev.assay.replicastore.expression;

import static dev.assay.replicastore.expression.Sample.bindings;
import static dev.assay.replicastore.expression.Sample.n;
import static dev.assay.replicastore.expression.Sample.s;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.assay.logformat.Value;
import org.junit.jupiter.api.Test;

class UsageTest {

  @Test
  void placeholdersOfAllExpressionsTogetherCount() {
    Usage usage =
        new Usage(bindings("#a", "a", "#b", "b", "#p", "p", ":a", n(1), ":b", n(2), ":p", s("k")));
    UpdateExpression.parse("SET #a = :a").bind(usage);
    Condition.parse("#b = :b").bind(usage);
    KeyCondition.parse("#p = :p").bind(usage);
    assertDoesNotThrow(usage::requireAllUsed);
  }

  @Test
  void unusedNamesAreNamedInOrder() {
    Usage usage = new Usage(bindings("#b", "b", "#c", "c", "#a", "a", ":v", n(1), ":w", n(1)));
    Condition.parse("#b = :v").bind(usage);
    assertEquals(
        "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #c}",
        Sample.refusal(ExpressionKind.CONDITION, usage::requireAllUsed));
  }

  @Test
  void unusedValuesAreNamed() {
    Usage usage = new Usage(bindings("#b", "b", ":v", n(1), ":w", n(1)));
    Projection.parse("#b").bind(usage);
    UpdateExpression.parse("ADD x :w").bind(usage);
    assertEquals(
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}",
        Sample.refusal(ExpressionKind.UPDATE, usage::requireAllUsed));
  }

  @Test
  void whatEvaluationWouldSkipCountsAsUsed() {
    Usage usage = new Usage(bindings("#a", "a", "#b", "b", ":v", n(1), ":w", n(2)));
    Condition.parse("#a = :v OR #b = :w").bind(usage);
    UpdateExpression.parse("SET c = if_not_exists(#a, :v)").bind(usage);
    assertDoesNotThrow(usage::requireAllUsed);
  }

  @Test
  void valuesNestedTooDeeplyAreRefused() {
    Value deep = s("leaf");
    for (int i = 0; i < 100_000; i++) {
      deep = Sample.list(deep);
    }
    Bindings bindings = bindings(":v", deep);
    assertEquals(
        Nesting.refusal(), Sample.refusal(ExpressionKind.FILTER, () -> new Usage(bindings)));
  }

  @Test
  void noBindingsNeedNoUse() {
    assertDoesNotThrow(new Usage(Bindings.NONE)::requireAllUsed);
  }
}
