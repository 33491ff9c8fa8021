package dev.assay.replicastore.expression;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ParsedExpressionsTest {

  @Test
  void aTextIsParsedOnceForEachKind() {
    ParsedExpressions expressions = new ParsedExpressions(1000);
    assertSame(expressions.condition("a = :v"), expressions.condition("a = :v"));
    assertSame(expressions.keyCondition("a = :v"), expressions.keyCondition("a = :v"));
    assertSame(expressions.update("SET a = :v"), expressions.update("SET a = :v"));
    assertSame(expressions.projection("a"), expressions.projection("a"));
    assertEquals(4, expressions.size());
  }

  @Test
  void theLeastRecentlyUsedGoesFirst() {
    ParsedExpressions expressions = new ParsedExpressions(12);
    Projection first = expressions.projection("aaaa");
    Projection second = expressions.projection("bbbb");
    expressions.projection("cccc");
    assertSame(first, expressions.projection("aaaa"));
    expressions.projection("dddd");
    assertSame(first, expressions.projection("aaaa"));
    assertNotSame(second, expressions.projection("bbbb"));
    assertEquals(3, expressions.size());
  }

  @Test
  void textsLargerThanTheLimitAreNotRemembered() {
    ParsedExpressions expressions = new ParsedExpressions(3);
    expressions.projection("abc");
    expressions.projection("abcd");
    assertEquals(1, expressions.size());
  }

  @Test
  void whatCanNotBeParsedIsRefusedEveryTimeAndNotRemembered() {
    ParsedExpressions expressions = new ParsedExpressions(1000);
    assertThrows(ExpressionException.class, () -> expressions.condition("a ="));
    assertThrows(ExpressionException.class, () -> expressions.condition("a ="));
    assertEquals(0, expressions.size());
  }

  @Test
  void manyThreadsMayAsk() throws Exception {
    ParsedExpressions expressions = new ParsedExpressions(64);
    List<Future<Boolean>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int thread = 0; thread < 4; thread++) {
        int seed = thread;
        answers.add(
            threads.submit(
                () -> {
                  boolean right = true;
                  for (int i = 0; i < 2000; i++) {
                    String name = "x" + (i * 31 + seed) % 40;
                    Projection.Bound projection =
                        expressions.projection(name).bind(new Usage(Bindings.NONE));
                    right &= projection.paths().getFirst().topLevelName().equals(name);
                  }
                  return right;
                }));
      }
      for (Future<Boolean> answer : answers) {
        assertTrue(answer.get());
      }
    }
    assertTrue(expressions.size() <= 32);
  }
}
