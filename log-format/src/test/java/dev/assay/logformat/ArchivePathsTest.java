package dev.assay.logformat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchivePathsTest {
  private static final String WAL = "demo/music/6f1ed002-ab5e-4c2d-9a53-3c6a3f0e7b11/2/wal/";

  @Test
  void everythingHasItsPlace() {
    assertEquals(WAL, ArchivePaths.wal("demo", "music", Segments.TABLE, 2));
    assertEquals(WAL + "00000000000000000007.seg", ArchivePaths.segment(WAL, 7));
    assertEquals(
        WAL + "09223372036854775807.manifest.json", ArchivePaths.manifest(WAL, Long.MAX_VALUE));
    assertEquals("demo/keys/", ArchivePaths.keys("demo"));
    assertEquals(
        "demo/keys/" + "0".repeat(64) + ".pem", ArchivePaths.certificate("demo", Sha256.NONE));
  }

  @Test
  void theLsnIsInTheName() {
    for (long lsn : new long[] {0, 7, Long.MAX_VALUE}) {
      assertEquals(lsn, ArchivePaths.firstLsn(ArchivePaths.segment(WAL, lsn)));
      assertEquals(lsn, ArchivePaths.firstLsn(ArchivePaths.manifest(WAL, lsn)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        WAL,
        "00000000000000000007.seg",
        WAL + "7.seg",
        WAL + "000000000000000000007.seg",
        WAL + "00000000000000000007.json",
        WAL + "00000000000000000007.seg.bak",
        WAL + "-0000000000000000007.seg",
        WAL + "09223372036854775808.seg",
        WAL + "99999999999999999999.manifest.json"
      })
  void otherNamesHaveNone(String key) {
    assertEquals(-1, ArchivePaths.firstLsn(key));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "é", "a b", "a\"b", "a\n"})
  void namesThatAreNoPartOfAPathAreRefused(String name) {
    assertThrows(
        IllegalArgumentException.class, () -> ArchivePaths.wal(name, "t", Segments.TABLE, 0));
    assertThrows(
        IllegalArgumentException.class, () -> ArchivePaths.wal("c", name, Segments.TABLE, 0));
    assertThrows(IllegalArgumentException.class, () -> ArchivePaths.keys(name));
  }

  @Test
  void negativeNumbersAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> ArchivePaths.wal("c", "t", Segments.TABLE, -1));
    assertThrows(IllegalArgumentException.class, () -> ArchivePaths.segment(WAL, -1));
  }
}
