package dev.assay.logformat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.assay.logformat.FormatException.Corrupt;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {

  @Test
  void everyTypeIsReadAsItWasWritten() throws FormatException {
    UUID uuid = new UUID(-1, 5);
    Digest128 digest = new Digest128(7, -7);
    byte[] bytes =
        new BytesWriter(0)
            .u8(200)
            .i32(-5)
            .i64(Long.MIN_VALUE)
            .varint(300)
            .sized(new byte[] {1, 2})
            .text("é")
            .uuid(uuid)
            .digest(digest)
            .toBytes();
    BytesReader in = new BytesReader(bytes);
    assertEquals(200, in.u8("a"));
    assertEquals(-5, in.i32("b"));
    assertEquals(Long.MIN_VALUE, in.i64("c"));
    assertEquals(300, in.varint("d"));
    assertArrayEquals(new byte[] {1, 2}, in.sized("e"));
    assertEquals("é", in.text("f"));
    assertEquals(uuid, in.uuid("g"));
    assertEquals(digest, in.digest("h"));
    in.end("i");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 01",
    "127, 7f",
    "128, 8001",
    "16383, ff7f",
    "16384, 808001",
    "2097151, ffff7f",
    "2097152, 80808001",
    "268435455, ffffff7f",
    "268435456, 8080808001",
    "2147483647, ffffffff07"
  })
  void varintsTakeAsFewBytesAsTheyCan(int value, String hex) throws FormatException {
    byte[] bytes = new BytesWriter().varint(value).toBytes();
    assertEquals(hex, HexFormat.of().formatHex(bytes));
    assertEquals(value, new BytesReader(bytes).varint("value"));
    assertEquals(bytes.length, BytesWriter.varintSize(value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "80", "8000", "ff00", "80808080", "ffffffff08", "808080808001"})
  void otherVarintsAreRefused(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThrows(Corrupt.class, () -> new BytesReader(bytes).varint("value"));
  }

  @Test
  void aVarintIsNotNegative() {
    assertThrows(IllegalArgumentException.class, () -> new BytesWriter().varint(-1));
  }

  @Test
  void lengthsBeyondWhatIsLeftAreRefusedBeforeAnythingIsAllocated() {
    byte[] bytes = HexFormat.of().parseHex("ffffffff0700");
    assertThrows(Corrupt.class, () -> new BytesReader(bytes).sized("bytes"));
    assertThrows(Corrupt.class, () -> new BytesReader(bytes).text("text"));
    assertThrows(Corrupt.class, () -> new BytesReader(bytes).count(2, "count"));
    assertThrows(Corrupt.class, () -> new BytesReader(bytes).bytes(-1, "bytes"));
  }

  @Test
  void aReaderStaysInItsRange() throws FormatException {
    BytesReader in = new BytesReader(new byte[] {1, 2, 3, 4}, 1, 3);
    BytesReader slice = in.slice(1, "slice");
    assertEquals(2, slice.u8("slice"));
    assertThrows(Corrupt.class, () -> slice.u8("slice"));
    assertEquals(3, in.u8("rest"));
    Corrupt refusal = assertThrows(Corrupt.class, () -> in.i32("rest"));
    assertEquals("rest: expected 4 bytes, actual 0 left", refusal.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80",
        "c0",
        "c080",
        "c1bf",
        "e08080",
        "e09fbf",
        "eda080",
        "edbfbf",
        "eda080edb080",
        "f0808080",
        "f08fbfbf",
        "f4908080",
        "f880808080",
        "ff",
        "e282",
        "61ff62",
        "efbfbdff"
      })
  void whatIsNotUtf8IsRefused(String hex) {
    byte[] utf8 = HexFormat.of().parseHex(hex);
    byte[] bytes = new BytesWriter().sized(utf8).toBytes();
    assertThrows(Corrupt.class, () -> new BytesReader(bytes).text("text"));
  }
}
