package dev.assay.replicastore.expression;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;

class SubstringProperties {

  @Property(tries = 500)
  void findsWhatTheLibraryFinds(
      @ForAll @Chars({'a', 'b'}) @StringLength(max = 3000) String whole,
      @ForAll @Chars({'a', 'b'}) @StringLength(max = 60) String part) {
    assertEquals(whole.contains(part), Substring.contains(whole, part));
    assertEquals(
        whole.contains(part),
        Substring.contains(
            whole.getBytes(StandardCharsets.US_ASCII), part.getBytes(StandardCharsets.US_ASCII)));
  }

  @Example
  void findsLongPartsOfLongTexts() {
    String whole = "ab".repeat(50_000) + "c" + "ab".repeat(50_000);
    assertTrue(Substring.contains(whole, "ab".repeat(40_000) + "cab"));
    assertFalse(Substring.contains(whole, "ab".repeat(40_000) + "ccab"));
    assertFalse(Substring.contains("a".repeat(400_000), "a".repeat(200_000) + "b"));
    assertTrue(Substring.contains(new byte[400_000], new byte[200_000]));
    assertFalse(Substring.contains(new byte[100], new byte[200_000]));
  }
}
