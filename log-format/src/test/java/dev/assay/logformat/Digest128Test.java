package dev.assay.logformat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.assay.logformat.FormatException.Corrupt;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class Digest128Test {

  @Test
  void bytesAndTextShowTheHighestFirst() throws FormatException {
    Digest128 digest = new Digest128(0x0123456789ABCDEFL, 0xFEDCBA9876543210L);
    assertEquals("0123456789abcdeffedcba9876543210", digest.toString());
    assertEquals(digest.toString(), HexFormat.of().formatHex(digest.toBytes()));
    assertEquals(digest, Digest128.of(digest.toBytes()));
  }

  @Test
  void otherLengthsAreRefused() {
    assertThrows(Corrupt.class, () -> Digest128.of(new byte[15]));
    assertThrows(Corrupt.class, () -> Digest128.of(new byte[17]));
  }

  /** The published values of XXH3 for no bytes at all, in its canonical order. */
  @Test
  void theLibrarysHashIsXxh3() {
    HashValue128 empty = Hashing.xxh3_128().hashBytesTo128Bits(new byte[0]);
    assertEquals(
        "99aa06d3014798d86001c324468d497f",
        new Digest128(empty.getMostSignificantBits(), empty.getLeastSignificantBits()).toString());
    assertEquals(0x2D06800538D394C2L, Hashing.xxh3_64(0).hashBytesToLong(new byte[0]));
  }

  @Test
  void aDigestIsOfTheLengthTheKeyAndTheItem() {
    byte[] joined = {0, 0, 0, 2, 10, 11, 12};
    HashValue128 hash = Hashing.xxh3_128().hashBytesTo128Bits(joined);
    assertEquals(
        new Digest128(hash.getMostSignificantBits(), hash.getLeastSignificantBits()),
        ItemDigest.of(new byte[] {10, 11}, new byte[] {12}));
  }
}
