package dev.assay.logformat;

import static dev.assay.logformat.Refusals.assertIsAbout;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.KeySchema.Attribute;
import dev.assay.logformat.KeySchema.Type;
import dev.assay.logformat.Value.Bin;
import dev.assay.logformat.Value.Num;
import dev.assay.logformat.Value.Text;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyCodecTest {
  private static final KeyCodec SIMPLE =
      new KeyCodec(new KeySchema(new Attribute("id", Type.S), null), 1);
  private static final KeyCodec SORTED =
      new KeyCodec(new KeySchema(new Attribute("id", Type.S), new Attribute("at", Type.N)), 1);

  @Test
  void theItemsOwnAttributesMakeItsKey() throws FormatException {
    Item item = new Item(Map.of("id", new Text("a"), "at", Num.of(5), "more", Num.of(6)));
    byte[] key = SORTED.encode(item);
    assertArrayEquals(SORTED.encode(new Text("a"), Num.of(5)), key);
    assertEquals(new Item(Map.of("id", new Text("a"), "at", Num.of(5))), SORTED.decode(key));
    assertEquals(new Item(Map.of("id", new Text("a"))), SIMPLE.decode(SIMPLE.encode(item)));
  }

  @Test
  void keysThatTheSchemaDoesNotHaveAreRefused() {
    Text id = new Text("a");
    assertThrows(IllegalArgumentException.class, () -> SIMPLE.encode(id, Num.of(5)));
    assertThrows(IllegalArgumentException.class, () -> SORTED.encode(id, null));
    assertThrows(IllegalArgumentException.class, () -> SIMPLE.encode(Num.of(5), null));
    assertThrows(IllegalArgumentException.class, () -> SORTED.encode(id, new Text("b")));
    assertThrows(IllegalArgumentException.class, () -> SORTED.encode(id, new Bin(new byte[1])));
    assertThrows(IllegalArgumentException.class, () -> SORTED.encode(new Item(Map.of("id", id))));
    assertThrows(IllegalArgumentException.class, () -> SIMPLE.encode(Item.EMPTY));
    assertThrows(IllegalArgumentException.class, () -> SIMPLE.encode(new Text("\uD800"), null));
  }

  @Test
  void onlyStringsAndBinariesHaveABeginning() {
    Text id = new Text("a");
    assertThrows(IllegalArgumentException.class, () -> SIMPLE.sortKeyPrefix(id, id));
    assertThrows(IllegalArgumentException.class, () -> SORTED.sortKeyPrefix(id, Num.of(1)));
    assertThrows(IllegalArgumentException.class, () -> SORTED.sortKeyPrefix(id, id));
  }

  @Test
  void theHashStandsFirstAndDependsOnTheSeed() {
    byte[] key = SIMPLE.encode(new Text("a"), null);
    assertEquals(SIMPLE.hash(new Text("a")), KeyCodec.hashOf(key));
    assertArrayEquals(KeyCodec.firstOfHash(KeyCodec.hashOf(key)), Arrays.copyOf(key, 8));
    KeyCodec otherSeed = new KeyCodec(new KeySchema(new Attribute("id", Type.S), null), 2);
    assertNotEquals(SIMPLE.hash(new Text("a")), otherSeed.hash(new Text("a")));
    assertThrows(IllegalArgumentException.class, () -> KeyCodec.hashOf(new byte[7]));
  }

  @Test
  void hashesOfTheUpperHalfAreRead() {
    byte[] key = KeyCodec.firstOfHash(0xFEDCBA9876543210L);
    assertEquals(0xFEDCBA9876543210L, KeyCodec.hashOf(key));
  }

  @Test
  void aKeyOfAnotherSeedOrTableIsRefused() {
    byte[] key = SIMPLE.encode(new Text("a"), null);
    key[0] ^= 1;
    Corrupt refusal = assertThrows(Corrupt.class, () -> SIMPLE.decode(key));
    assertIsAbout("key's hash", refusal);
    assertThrows(Corrupt.class, () -> SORTED.decode(SIMPLE.encode(new Text("a"), null)));
    assertThrows(Corrupt.class, () -> SIMPLE.decode(SORTED.encode(new Text("a"), Num.of(1))));
  }

  @Test
  void afterAPrefixComesTheNextOneOfItsLengthOrLess() {
    assertArrayEquals(new byte[] {1, 3}, KeyCodec.after(new byte[] {1, 2}));
    assertArrayEquals(new byte[] {2}, KeyCodec.after(new byte[] {1, -1, -1}));
    assertArrayEquals(new byte[] {(byte) 0x80}, KeyCodec.after(new byte[] {0x7F}));
    assertNull(KeyCodec.after(new byte[] {-1, -1}));
    assertNull(KeyCodec.after(new byte[0]));
  }
}
