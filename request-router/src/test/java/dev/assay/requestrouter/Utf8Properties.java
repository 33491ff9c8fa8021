package dev.assay.requestrouter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The check of UTF-8 against the JDK's decoder. */
class Utf8Properties {

  @Provide
  Arbitrary<byte[]> nearlyUtf8() {
    Arbitrary<Byte> edges =
        Arbitraries.of(
                0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xED, 0xEF,
                0xF0, 0xF4, 0xF5, 0xFF)
            .map(Integer::byteValue);
    return edges.array(byte[].class).ofMaxSize(6);
  }

  private static boolean decodes(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @Property
  void bytesAreValidExactlyWhenTheJdkDecodesThem(@ForAll("nearlyUtf8") byte[] bytes) {
    assertEquals(decodes(bytes), Utf8.isValid(bytes, bytes.length));
  }

  @Property
  void anyBytesAreJudgedAsTheJdkJudgesThem(@ForAll byte[] bytes) {
    assertEquals(decodes(bytes), Utf8.isValid(bytes, bytes.length));
  }

  @Property
  void encodedTextIsValidAndItsLengthIsKnown(@ForAll String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertTrue(Utf8.isValid(bytes, bytes.length));
    if (text.equals(new String(bytes, StandardCharsets.UTF_8))) {
      assertEquals(bytes.length, Utf8.length(text));
    }
  }

  @Example
  void everyCodePointIsValidAlone() {
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
        String text = Character.toString(codePoint);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertTrue(Utf8.isValid(bytes, bytes.length));
        assertEquals(bytes.length, Utf8.length(text));
      }
    }
  }
}
