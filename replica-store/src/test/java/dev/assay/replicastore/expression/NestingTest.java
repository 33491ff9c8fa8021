package dev.assay.replicastore.expression;

import static dev.assay.replicastore.expression.Sample.list;
import static dev.assay.replicastore.expression.Sample.map;
import static dev.assay.replicastore.expression.Sample.s;
import static dev.assay.replicastore.expression.Sample.ss;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Value;
import org.junit.jupiter.api.Test;

class NestingTest {

  private static Value wrapped(Value leaf, int levels) {
    Value value = leaf;
    for (int i = 0; i < levels; i++) {
      value = i % 2 == 0 ? map("n", value) : list(value);
    }
    return value;
  }

  @Test
  void thirtyTwoLevelsAreAllowed() {
    assertTrue(Nesting.allows(s("leaf")));
    assertTrue(Nesting.allows(wrapped(s("leaf"), 31)));
    assertTrue(Nesting.allows(wrapped(ss("leaf"), 31)));
    assertTrue(Nesting.allows(wrapped(map(), 31)));
    assertFalse(Nesting.allows(wrapped(s("leaf"), 32)));
    assertFalse(Nesting.allows(wrapped(list(), 32)));
  }

  @Test
  void noDepthOverflowsTheStack() {
    assertFalse(Nesting.allows(wrapped(s("leaf"), 100_000)));
  }
}
