package dev.assay.replicastore.expression;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ValueOrderProperties {

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff)
        .list()
        .ofMaxSize(4)
        .map(
            points -> {
              StringBuilder text = new StringBuilder();
              points.forEach(text::appendCodePoint);
              return text.toString();
            });
  }

  @Property(tries = 2000)
  void stringsAreOrderedByTheirUtf8Bytes(
      @ForAll("texts") String left, @ForAll("texts") String right) {
    int expected =
        Arrays.compareUnsigned(
            left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    assertEquals(Integer.signum(expected), Integer.signum(ValueOrder.compareUtf8(left, right)));
    assertEquals(left.getBytes(StandardCharsets.UTF_8).length, ItemSize.utf8Bytes(left));
  }

  @Example
  void twoTypesHaveNoOrder() {
    assertEquals(OptionalInt.empty(), ValueOrder.compare(Sample.s("1"), Sample.n(1)));
    assertEquals(OptionalInt.empty(), ValueOrder.compare(Sample.list(), Sample.list()));
  }
}
