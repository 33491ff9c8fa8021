package dev.assay.logformat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.assay.logformat.FormatException.Corrupt;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Sha256Test {
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void thePartsAreHashedAsOne() throws FormatException {
    Sha256 digest = Sha256.of("a".getBytes(UTF_8), "bc".getBytes(UTF_8));
    assertEquals(ABC, digest.toString());
    assertEquals(digest, Sha256.parse(ABC));
    assertEquals(digest, Sha256.ofBytes(digest.toBytes()));
    assertEquals(digest.hashCode(), Sha256.parse(ABC).hashCode());
    assertNotEquals(digest, Sha256.of());
  }

  @Test
  void noneIsZeros() {
    assertArrayEquals(new byte[32], Sha256.NONE.toBytes());
  }

  @Test
  void nobodyCanChangeIt() {
    byte[] bytes = new byte[32];
    Sha256 digest = Sha256.ofBytes(bytes);
    bytes[0] = 1;
    digest.toBytes()[1] = 1;
    assertEquals(Sha256.NONE, digest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ba", "BA7816BF", "gg", "ba 7"})
  void otherTextIsRefused(String text) {
    assertThrows(Corrupt.class, () -> Sha256.parse(text));
    assertThrows(Corrupt.class, () -> Sha256.parse(text + ABC.substring(text.length() + 1) + "X"));
    assertThrows(Corrupt.class, () -> Sha256.parse(ABC.toUpperCase(Locale.ROOT)));
  }

  @Test
  void otherLengthsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Sha256.ofBytes(new byte[31]));
    assertThrows(IllegalArgumentException.class, () -> Sha256.ofBytes(new byte[33]));
  }
}
