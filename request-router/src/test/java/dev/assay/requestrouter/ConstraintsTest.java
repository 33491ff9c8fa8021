package dev.assay.requestrouter;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConstraintsTest {
  private final Constraints constraints = new Constraints();

  private String failure() {
    return String.valueOf(assertThrows(ApiException.class, constraints::check).getMessage());
  }

  @Test
  void nothingWrongIsNoError() {
    constraints.tableName("abc", "tableName");
    constraints.optionalName(null, "indexName");
    constraints.oneOf("a", "word", List.of("a", "b"));
    constraints.atLeast(1L, "limit", 1);
    constraints.atMost(null, "limit", 1);
    assertDoesNotThrow(constraints::check);
  }

  @Test
  void allFailuresStandInOneMessage() {
    constraints.tableName("a!", "tableName");
    constraints.atMost(200L, "limit", 100);
    assertEquals(
        "3 validation errors detected: Value 'a!' at 'tableName' failed to satisfy constraint:"
            + " Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value 'a!' at"
            + " 'tableName' failed to satisfy constraint: Member must have length greater than or"
            + " equal to 3; Value '200' at 'limit' failed to satisfy constraint: Member must have"
            + " value less than or equal to 100",
        failure());
  }

  @Test
  void atMostTenFailuresAreReported() {
    for (int i = 0; i < 20; i++) {
      constraints.notNull(null, "p" + i);
    }
    assertTrue(failure().startsWith("10 validation errors detected: "));
    assertFalse(failure().contains("p10"));
  }

  @Test
  void longValuesAreCutBetweenCharacters() {
    String quoted = Constraints.quoted("x".repeat(1023) + "😀".repeat(5_000));
    assertEquals("'" + "x".repeat(1023) + "...'", quoted);
  }
}
