package dev.assay.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  private static final Map<String, String> DEFAULTS = Map.of("rounds", "5", "output", "");

  private static void refused(String naming, String... arguments) {
    var thrown =
        assertThrows(IllegalArgumentException.class, () -> Arguments.of(DEFAULTS, arguments));
    assertTrue(thrown.toString().contains(naming), thrown::toString);
  }

  @Test
  void givenValuesReplaceDefaults() {
    Arguments arguments = Arguments.of(DEFAULTS, "--output", "x.md", "--rounds", "7");
    assertEquals("x.md", arguments.text("output"));
    assertEquals(7, arguments.number("rounds"));
  }

  @Test
  void unknownArgumentIsNamed() {
    refused("--round", "--round", "7", "--output", "x.md");
  }

  @Test
  void argumentWithoutValueIsNamed() {
    refused("--output", "--output");
  }

  @Test
  void missingArgumentIsNamed() {
    refused("--output");
  }
}
