package dev.assay.logformat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class Utf8Properties {

  @Property
  void textComparesAsItsBytes(@ForAll long seed) {
    Arbitrary arbitrary = new Arbitrary(seed);
    String beginning = arbitrary.text();
    String one = beginning + arbitrary.text();
    String two = beginning + arbitrary.text();
    assertEquals(
        Integer.signum(Arrays.compareUnsigned(one.getBytes(UTF_8), two.getBytes(UTF_8))),
        Integer.signum(Utf8.compare(one, two)));
  }

  @Property
  void textComesBack(@ForAll long seed) throws FormatException {
    String text = new Arbitrary(seed).text();
    byte[] utf8 = Utf8.encode(text);
    assertArrayEquals(text.getBytes(UTF_8), utf8);
    assertEquals(text, Utf8.decode(utf8, 0, utf8.length, "text"));
  }
}
