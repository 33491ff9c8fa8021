package dev.assay.replicastore.expression;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReservedWordsTest {

  @Test
  void thereAreAsManyAsDynamoDbDocuments() {
    assertEquals(573, ReservedWords.all().size());
    assertTrue(ReservedWords.all().stream().allMatch(word -> word.matches("[A-Z]+(_[A-Z]+)*")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ABORT",
        "zone",
        "Status",
        "name",
        "data",
        "count",
        "items",
        "size",
        "ttl",
        "uuid",
        "Year",
        "timestamp",
        "location",
        "user",
        "values",
        "hash",
        "range",
        "add",
        "set",
        "exists"
      })
  void anyCaseOfAReservedWordIsReserved(String word) {
    assertTrue(ReservedWords.contains(word));
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "pk", "sk", "email", "statuses", "titles", "", "ab", "contains"})
  void otherNamesAreFree(String word) {
    assertFalse(ReservedWords.contains(word));
  }
}
