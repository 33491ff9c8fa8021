package dev.assay.replicastore.expression;

import dev.assay.logformat.Value;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * The order of two values of one type: numbers by size, strings by their UTF-8 bytes, binary by
 * unsigned bytes. Other types have no order, and two types are never compared.
 */
final class ValueOrder {
  private ValueOrder() {}

  /** Negative, zero or positive as {@code left} is before, at or after {@code right}. */
  static OptionalInt compare(Value left, Value right) {
    if (left instanceof Value.Num(var a) && right instanceof Value.Num(var b)) {
      return OptionalInt.of(a.compareTo(b));
    }
    if (left instanceof Value.Text(var a) && right instanceof Value.Text(var b)) {
      return OptionalInt.of(compareUtf8(a, b));
    }
    if (left instanceof Value.Bin(var a) && right instanceof Value.Bin(var b)) {
      return OptionalInt.of(Arrays.compareUnsigned(a, b));
    }
    return OptionalInt.empty();
  }

  /** UTF-16 order is UTF-8 order, but for surrogates: they stand for what comes after U+FFFF. */
  static int compareUtf8(String left, String right) {
    int shared = Math.min(left.length(), right.length());
    for (int i = 0; i < shared; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        boolean aIsSurrogate = Character.isSurrogate(a);
        return aIsSurrogate == Character.isSurrogate(b)
            ? Character.compare(a, b)
            : aIsSurrogate ? 1 : -1;
      }
    }
    return Integer.compare(left.length(), right.length());
  }
}
