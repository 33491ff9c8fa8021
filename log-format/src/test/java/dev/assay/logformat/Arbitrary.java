package dev.assay.logformat;

import dev.assay.logformat.KeySchema.Type;
import dev.assay.logformat.Mutation.ArchiveHead;
import dev.assay.logformat.Mutation.Barrier;
import dev.assay.logformat.Mutation.Cut;
import dev.assay.logformat.Mutation.Delete;
import dev.assay.logformat.Mutation.Expire;
import dev.assay.logformat.Mutation.Ingest;
import dev.assay.logformat.Mutation.Put;
import dev.assay.logformat.Mutation.Reserved;
import dev.assay.logformat.Value.Bin;
import dev.assay.logformat.Value.BinSet;
import dev.assay.logformat.Value.Bool;
import dev.assay.logformat.Value.ListOf;
import dev.assay.logformat.Value.MapOf;
import dev.assay.logformat.Value.Null;
import dev.assay.logformat.Value.Num;
import dev.assay.logformat.Value.NumSet;
import dev.assay.logformat.Value.Text;
import dev.assay.logformat.Value.TextSet;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SequencedSet;
import java.util.UUID;
import java.util.function.Supplier;

/** Makes values of every kind from a random source, the awkward ones more often than chance. */
final class Arbitrary {
  private static final int[] CODE_POINTS = {
    0, 1, 'a', 'b', 'z', 0x7F, 0x80, 0xFF, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000,
    0x1F600, 0x10FFFF
  };
  private static final BigDecimal[] NUMBERS = {
    BigDecimal.ZERO,
    BigDecimal.ONE,
    new BigDecimal("-1"),
    new BigDecimal("1E-130"),
    new BigDecimal("-1E-130"),
    new BigDecimal("9.9999999999999999999999999999999999999E+125"),
    new BigDecimal("-9.9999999999999999999999999999999999999E+125"),
    new BigDecimal("99999999999999999999999999999999999999"),
    new BigDecimal("0.1"),
    new BigDecimal("100"),
    new BigDecimal("999999999999999999"),
    new BigDecimal("1000000000000000001")
  };

  private final Random random;

  Arbitrary(Random random) {
    this.random = random;
  }

  Arbitrary(long seed) {
    this(new Random(seed));
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(random.nextInt(10) == 0 ? 60 : 8); i > 0; i--) {
      text.appendCodePoint(
          random.nextBoolean()
              ? CODE_POINTS[random.nextInt(CODE_POINTS.length)]
              : 'a' + random.nextInt(26));
    }
    return text.toString();
  }

  byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(random.nextInt(10) == 0 ? 200 : 6)];
    random.nextBytes(bytes);
    for (int i = 0; i < bytes.length; i++) {
      if (random.nextInt(3) == 0) {
        bytes[i] = (byte) -random.nextInt(2);
      }
    }
    return bytes;
  }

  BigDecimal number() {
    if (random.nextInt(4) == 0) {
      return NUMBERS[random.nextInt(NUMBERS.length)];
    }
    if (random.nextInt(3) == 0) {
      return BigDecimal.valueOf(random.nextInt(2001) - 1000);
    }
    int digits = 1 + random.nextInt(38);
    BigInteger unscaled = new BigInteger(130, random).mod(BigInteger.TEN.pow(digits));
    unscaled = unscaled.max(BigInteger.TEN.pow(digits - 1));
    int exponent = random.nextInt(256) - 130;
    BigDecimal number = new BigDecimal(unscaled, digits - 1 - exponent);
    return random.nextBoolean() ? number : number.negate();
  }

  Value key(Type type) {
    return switch (type) {
      case S -> new Text(text());
      case N -> new Num(number());
      case B -> new Bin(bytes());
    };
  }

  /** A key near another: the same, a continuation, a beginning, or one that differs by little. */
  Value near(Value key) {
    if (random.nextInt(4) == 0) {
      return key;
    }
    return switch (key) {
      case Text(String text) ->
          new Text(random.nextBoolean() ? text + text() : beginning(text) + text());
      case Num(BigDecimal number) -> new Num(near(number));
      case Bin(byte[] bytes) -> {
        byte[] other = bytes();
        byte[] joined = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        byte[] near = Arrays.copyOf(joined, joined.length + other.length);
        System.arraycopy(other, 0, near, joined.length, other.length);
        yield new Bin(near);
      }
      case Bool _, Null _, ListOf _, MapOf _, TextSet _, NumSet _, BinSet _ ->
          throw new IllegalArgumentException("not a key");
    };
  }

  private String beginning(String text) {
    int codePoints = text.codePointCount(0, text.length());
    return text.substring(0, text.offsetByCodePoints(0, random.nextInt(codePoints + 1)));
  }

  private BigDecimal near(BigDecimal number) {
    BigDecimal step = new BigDecimal(BigInteger.ONE, number.scale() + random.nextInt(3));
    BigDecimal near =
        switch (random.nextInt(4)) {
          case 0 -> number.negate();
          case 1 -> number.add(step);
          case 2 -> number.subtract(step);
          default -> number.movePointRight(random.nextInt(3) - 1);
        };
    return isNumber(near) ? near : number;
  }

  static boolean isNumber(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    int exponent = stripped.precision() - stripped.scale() - 1;
    return number.signum() == 0
        || stripped.precision() <= 38 && exponent >= -130 && exponent <= 125;
  }

  Value value(int nesting) {
    return switch (random.nextInt(nesting > 0 ? 10 : 8)) {
      case 0 -> new Text(text());
      case 1 -> new Num(number());
      case 2 -> new Bin(bytes());
      case 3 -> new Bool(random.nextBoolean());
      case 4 -> new Null();
      case 5 -> new TextSet(set(this::text));
      case 6 -> new NumSet(set(this::number));
      case 7 -> new BinSet(set(() -> new Bin(bytes())));
      case 8 -> {
        List<Value> elements = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          elements.add(value(nesting - 1));
        }
        yield new ListOf(elements);
      }
      default -> new MapOf(entries(nesting - 1));
    };
  }

  private <T> SequencedSet<T> set(Supplier<T> elements) {
    SequencedSet<T> set = new LinkedHashSet<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      set.add(elements.get());
    }
    return set;
  }

  private Map<String, Value> entries(int nesting) {
    Map<String, Value> entries = new LinkedHashMap<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      entries.put(text(), value(nesting));
    }
    return entries;
  }

  Item item() {
    return new Item(entries(3));
  }

  /** The same item, every map and set of it put together in another order. */
  Item shuffled(Item item) {
    return new Item(shuffled(item.attributes()));
  }

  private Map<String, Value> shuffled(Map<String, Value> entries) {
    Map<String, Value> shuffled = new LinkedHashMap<>();
    for (String name : shuffled(new ArrayList<>(entries.keySet()))) {
      shuffled.put(name, shuffled(Objects.requireNonNull(entries.get(name))));
    }
    return shuffled;
  }

  private <T> List<T> shuffled(List<T> elements) {
    Collections.shuffle(elements, random);
    return elements;
  }

  private <T> SequencedSet<T> shuffled(SequencedSet<T> elements) {
    return new LinkedHashSet<>(shuffled(new ArrayList<>(elements)));
  }

  private Value shuffled(Value value) {
    return switch (value) {
      case Text _, Bin _, Bool _, Null _ -> value;
      case Num(BigDecimal number) -> new Num(number.setScale(Math.max(number.scale(), 130)));
      case ListOf(List<Value> elements) -> {
        List<Value> inside = new ArrayList<>();
        elements.forEach(element -> inside.add(shuffled(element)));
        yield new ListOf(inside);
      }
      case MapOf(Map<String, Value> entries) -> new MapOf(shuffled(entries));
      case TextSet(SequencedSet<String> elements) -> new TextSet(shuffled(elements));
      case NumSet(SequencedSet<BigDecimal> elements) -> new NumSet(shuffled(elements));
      case BinSet(SequencedSet<Bin> elements) -> new BinSet(shuffled(elements));
    };
  }

  private UUID uuid() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  private Digest128 digest() {
    return random.nextInt(4) == 0
        ? Digest128.NONE
        : new Digest128(random.nextLong(), random.nextLong());
  }

  Mutation mutation() {
    return switch (random.nextInt(8)) {
      case 0 -> new Put(bytes(), ItemCodec.encode(item()), digest());
      case 1 -> new Delete(bytes(), digest());
      case 2 -> new Expire(bytes(), digest());
      case 3 -> new Barrier(uuid());
      case 4 -> new Cut();
      case 5 -> {
        byte[] root = new byte[32];
        random.nextBytes(root);
        yield new Ingest(root);
      }
      case 6 -> new ArchiveHead(random.nextLong() >>> 1, Sha256.of(bytes()));
      default -> new Reserved(16 + random.nextInt(32), bytes());
    };
  }

  Batch batch() {
    List<Mutation> mutations = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      mutations.add(mutation());
    }
    long follows = random.nextInt(100);
    return new Batch(
        uuid(),
        random.nextInt(),
        new Fence(random.nextLong() >>> 1, follows + 1 + random.nextInt(9), follows, text()),
        random.nextLong(),
        mutations);
  }

  Frame frame() {
    FrameKind[] kinds = FrameKind.values();
    return new Frame(
        random.nextLong(), random.nextLong(), kinds[random.nextInt(kinds.length)], bytes());
  }
}
