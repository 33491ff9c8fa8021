package dev.assay.logformat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.assay.logformat.FormatException.Corrupt;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ItemCodecProperties {

  @Property
  void whatWasEncodedIsDecoded(@ForAll long seed) throws FormatException {
    Item item = new Arbitrary(seed).item();
    assertEquals(item, ItemCodec.decode(ItemCodec.encode(item)));
    for (Value value : item.attributes().values()) {
      assertEquals(value, ValueCodec.decode(ValueCodec.encode(value)));
    }
  }

  @Property
  void equalItemsHaveEqualBytesWhateverTheInsertionOrder(@ForAll long seed) {
    Arbitrary arbitrary = new Arbitrary(seed);
    Item item = arbitrary.item();
    Item shuffled = arbitrary.shuffled(item);
    assertEquals(item, shuffled);
    assertEquals(item.hashCode(), shuffled.hashCode());
    assertArrayEquals(ItemCodec.encode(item), ItemCodec.encode(shuffled));
  }

  @Property
  void differentItemsHaveDifferentBytes(@ForAll long seed) {
    Arbitrary arbitrary = new Arbitrary(seed);
    Item one = arbitrary.item();
    Item two = arbitrary.item();
    assertEquals(one.equals(two), Arrays.equals(ItemCodec.encode(one), ItemCodec.encode(two)));
  }

  @Property
  void noBeginningOfAnItemIsAnItem(@ForAll long seed) {
    Item item = new Arbitrary(seed).item();
    byte[] bytes = ItemCodec.encode(item);
    for (int length = 0; length < bytes.length; length++) {
      byte[] beginning = Arrays.copyOf(bytes, length);
      assertThrows(Corrupt.class, () -> ItemCodec.decode(beginning));
    }
  }

  @Property
  void digestsTellKeysAndItemsApart(@ForAll long seed) {
    Arbitrary arbitrary = new Arbitrary(seed);
    byte[] key = arbitrary.bytes();
    byte[] item = ItemCodec.encode(arbitrary.item());
    Digest128 digest = ItemDigest.of(key, item);
    assertEquals(digest, ItemDigest.of(key.clone(), item.clone()));
    byte[] other = item.clone();
    other[arbitrary.below(other.length)] ^= 1;
    assertNotEquals(digest, ItemDigest.of(key, other));
    byte[] longerKey = Arrays.copyOf(key, key.length + 1);
    longerKey[key.length] = item[0];
    assertNotEquals(digest, ItemDigest.of(longerKey, Arrays.copyOfRange(item, 1, item.length)));
  }
}
