package dev.assay.logformat.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.FormatException.TooNew;
import dev.assay.logformat.ItemDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DigestSuiteTest {
  private static final byte[] KEY = {1, 2, 3};
  private static final byte[] ITEM = {4, 5};

  @ParameterizedTest
  @EnumSource
  void aSuiteIsFoundByItsCode(DigestSuite suite) throws FormatException {
    assertEquals(suite, DigestSuite.of(suite.code()));
  }

  @Test
  void otherCodesAreThoseOfANewerVersion() {
    for (int code : new int[] {-1, 0, 3, 255}) {
      assertThrows(TooNew.class, () -> DigestSuite.of(code));
    }
  }

  /** The mutations of a log carry the digest of the fast suite, so that a fold need not hash. */
  @Test
  void theFastSuitesItemDigestIsThatOfTheLog() {
    byte[] ofTheLog = new BytesWriter().digest(ItemDigest.of(KEY, ITEM)).toBytes();
    assertArrayEquals(ofTheLog, DigestSuite.XXH3_128.item(KEY, ITEM).toBytes());
  }

  @ParameterizedTest
  @EnumSource
  void noByteMovesBetweenKeyAndItemUnseen(DigestSuite suite) {
    Digest digest = suite.item(KEY, ITEM);
    assertEquals(suite.digestBytes(), digest.toBytes().length);
    assertNotEquals(digest, suite.item(new byte[] {1, 2, 3, 4}, new byte[] {5}));
    assertNotEquals(digest, suite.item(new byte[] {1, 2}, new byte[] {3, 4, 5}));
    assertEquals(digest, Digest.of(digest.toBytes()));
  }
}
