package dev.assay.logformat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.KeySchema.Attribute;
import dev.assay.logformat.KeySchema.Type;
import dev.assay.logformat.Value.Bin;
import dev.assay.logformat.Value.Num;
import dev.assay.logformat.Value.Text;
import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class KeyCodecProperties {
  private static final int HASH_BYTES = 8;

  @Property
  void whatWasEncodedIsDecoded(@ForAll long seed, @ForAll Type type, @ForAll Type sortType)
      throws FormatException {
    Arbitrary arbitrary = new Arbitrary(seed);
    KeyCodec keys = codec(type, sortType, seed);
    Value partitionKey = arbitrary.key(type);
    Value sortKey = arbitrary.key(sortType);
    byte[] key = keys.encode(partitionKey, sortKey);
    assertEquals(new Item(Map.of("p", partitionKey, "s", sortKey)), keys.decode(key));
    assertEquals(keys.hash(partitionKey), KeyCodec.hashOf(key));
  }

  @Property(tries = 5000)
  void sortKeysOrderAsTheirValues(@ForAll long seed, @ForAll Type sortType) {
    Arbitrary arbitrary = new Arbitrary(seed);
    KeyCodec keys = codec(Type.S, sortType, 7);
    Value partitionKey = arbitrary.key(Type.S);
    Value one = arbitrary.key(sortType);
    Value two = arbitrary.below(3) == 0 ? arbitrary.key(sortType) : arbitrary.near(one);
    byte[] oneKey = keys.encode(partitionKey, one);
    byte[] twoKey = keys.encode(partitionKey, two);
    assertEquals(
        Integer.signum(order(one, two)),
        Integer.signum(Arrays.compareUnsigned(oneKey, twoKey)),
        () -> one + " and " + two);
  }

  @Property(tries = 5000)
  void partitionKeysOrderAsTheirValuesWithinAHash(@ForAll long seed, @ForAll Type type) {
    Arbitrary arbitrary = new Arbitrary(seed);
    KeyCodec keys = codec(type, Type.N, 7);
    Value one = arbitrary.key(type);
    Value two = arbitrary.near(one);
    byte[] oneKey = withoutHash(keys.encode(one, arbitrary.key(Type.N)));
    byte[] twoKey = withoutHash(keys.encode(two, arbitrary.key(Type.N)));
    int order = order(one, two);
    if (order != 0) {
      assertEquals(
          Integer.signum(order),
          Integer.signum(Arrays.compareUnsigned(oneKey, twoKey)),
          () -> one + " and " + two);
    }
    assertEquals(
        order == 0, startsWith(twoKey, withoutHash(keys.prefix(one))), () -> one + " and " + two);
  }

  @Property
  void aPrefixAndItsAfterEncloseThePartitionKey(@ForAll long seed, @ForAll Type type) {
    Arbitrary arbitrary = new Arbitrary(seed);
    KeyCodec keys = codec(type, Type.B, seed);
    Value partitionKey = arbitrary.key(type);
    byte[] key = keys.encode(partitionKey, arbitrary.key(Type.B));
    byte[] prefix = keys.prefix(partitionKey);
    assertTrue(startsWith(key, prefix));
    assertTrue(Arrays.compareUnsigned(prefix, key) < 0);
    byte[] after = KeyCodec.after(prefix);
    assertNotNull(after);
    assertTrue(Arrays.compareUnsigned(key, after) < 0);
    assertFalse(startsWith(after, prefix));
  }

  @Property(tries = 3000)
  void sortKeysThatBeginSoHaveThatPrefix(@ForAll long seed, @ForAll boolean text) {
    Arbitrary arbitrary = new Arbitrary(seed);
    Type type = text ? Type.S : Type.B;
    KeyCodec keys = codec(Type.N, type, seed);
    Value partitionKey = arbitrary.key(Type.N);
    Value beginning = arbitrary.key(type);
    Value sortKey = arbitrary.near(beginning);
    assertEquals(
        startsWith(bytes(sortKey), bytes(beginning)),
        startsWith(keys.encode(partitionKey, sortKey), keys.sortKeyPrefix(partitionKey, beginning)),
        () -> sortKey + " and " + beginning);
  }

  @Property
  void equalNumbersHaveEqualKeys(@ForAll long seed) {
    Num number = new Num(new Arbitrary(seed).number());
    KeyCodec keys = new KeyCodec(new KeySchema(new Attribute("p", Type.N), null), seed);
    Num other = new Num(number.number().setScale(Math.max(number.number().scale(), 170)));
    assertArrayEquals(keys.encode(number, null), keys.encode(other, null));
  }

  private static KeyCodec codec(Type type, Type sortType, long seed) {
    return new KeyCodec(
        new KeySchema(new Attribute("p", type), new Attribute("s", sortType)), seed);
  }

  /** The order that the values themselves have, computed without the codec. */
  private static int order(Value one, Value two) {
    if (one instanceof Num first && two instanceof Num second) {
      return first.number().compareTo(second.number());
    }
    if (one instanceof Text(String first) && two instanceof Text(String second)) {
      return Arrays.compare(first.codePoints().toArray(), second.codePoints().toArray());
    }
    return Arrays.compareUnsigned(bytes(one), bytes(two));
  }

  private static byte[] bytes(Value value) {
    return value instanceof Text(String text)
        ? text.getBytes(UTF_8)
        : assertInstanceOf(Bin.class, value).bytes();
  }

  private static byte[] withoutHash(byte[] key) {
    return Arrays.copyOfRange(key, HASH_BYTES, key.length);
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }
}
