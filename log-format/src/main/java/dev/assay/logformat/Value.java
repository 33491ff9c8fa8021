package dev.assay.logformat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/**
 * One attribute value, of one of DynamoDB's ten types.
 *
 * <p>Values are immutable and equal by content. Sets and maps keep no order of their own: {@link
 * ItemCodec} writes them in one canonical order, so that equal values have equal bytes.
 */
public sealed interface Value {

  record Text(String text) implements Value {}

  /** At most 38 significant digits, magnitude from 1E-130 to 9.99E+125; trailing zeros are gone. */
  record Num(BigDecimal number) implements Value {
    public static final int DIGITS_MAX = 38;
    static final int EXPONENT_MIN = -130;
    static final int EXPONENT_MAX = 125;

    public Num {
      number = normalise(number);
    }

    public static Num of(long number) {
      return new Num(BigDecimal.valueOf(number));
    }

    private static BigDecimal normalise(BigDecimal number) {
      if (number.signum() == 0) {
        return BigDecimal.ZERO;
      }
      BigDecimal stripped = number.stripTrailingZeros();
      if (stripped.precision() > DIGITS_MAX) {
        throw new ArithmeticException("more than 38 significant digits");
      }
      long exponent = (long) stripped.precision() - stripped.scale() - 1;
      if (exponent > EXPONENT_MAX) {
        throw new ArithmeticException(
            "magnitude larger than 9.9999999999999999999999999999999999999E+125");
      }
      if (exponent < EXPONENT_MIN) {
        throw new ArithmeticException("magnitude smaller than 1E-130");
      }
      return stripped;
    }
  }

  record Bin(byte[] bytes) implements Value {
    @Override
    public boolean equals(Object other) {
      return other instanceof Bin bin && Arrays.equals(bytes, bin.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "Bin[" + HexFormat.of().formatHex(bytes) + "]";
    }
  }

  record Bool(boolean value) implements Value {}

  record Null() implements Value {}

  record ListOf(List<Value> elements) implements Value {
    public ListOf {
      elements = List.copyOf(elements);
    }
  }

  record MapOf(Map<String, Value> entries) implements Value {
    public MapOf {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }
  }

  /** Never empty. */
  record TextSet(SequencedSet<String> elements) implements Value {
    public TextSet {
      elements = fixed(new LinkedHashSet<>(elements));
    }
  }

  /** Never empty; elements are normalised as {@link Num} is. */
  record NumSet(SequencedSet<BigDecimal> elements) implements Value {
    public NumSet {
      LinkedHashSet<BigDecimal> normalised = new LinkedHashSet<>();
      elements.forEach(element -> normalised.add(Num.normalise(element)));
      elements = fixed(normalised);
    }
  }

  /** Never empty. */
  record BinSet(SequencedSet<Bin> elements) implements Value {
    public BinSet {
      elements = fixed(new LinkedHashSet<>(elements));
    }
  }

  private static <T> SequencedSet<T> fixed(LinkedHashSet<T> elements) {
    if (elements.isEmpty()) {
      throw new IllegalArgumentException("a set has at least one element");
    }
    return Collections.unmodifiableSequencedSet(elements);
  }
}
