package dev.assay.logformat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchivePathsTest {
  private static final String WAL = "demo/music/6f1ed002-ab5e-4c2d-9a53-3c6a3f0e7b11/2/wal/";
  private static final String REFERENCE = "demo/music/6f1ed002-ab5e-4c2d-9a53-3c6a3f0e7b11/2/ref/";
  private static final Sha256 SHA256 = Sha256.of(new byte[0]);

  @Test
  void everythingHasItsPlace() {
    assertEquals(WAL, ArchivePaths.wal("demo", "music", Segments.TABLE, 2));
    assertEquals(WAL + "00000000000000000007.seg", ArchivePaths.segment(WAL, 7));
    assertEquals(
        WAL + "09223372036854775807.manifest.json", ArchivePaths.manifest(WAL, Long.MAX_VALUE));
    assertEquals("demo/keys/", ArchivePaths.keys("demo"));
    assertEquals(
        "demo/keys/" + "0".repeat(64) + ".pem", ArchivePaths.certificate("demo", Sha256.NONE));
    assertEquals(REFERENCE, ArchivePaths.reference("demo", "music", Segments.TABLE, 2));
    assertEquals(REFERENCE + "roots/", ArchivePaths.roots(REFERENCE));
    assertEquals(
        REFERENCE + "roots/00000000000000000007.e3b0c44298fc1c14.json",
        ArchivePaths.root(REFERENCE, 7, SHA256));
    assertEquals(REFERENCE + "packs/", ArchivePaths.packs(REFERENCE));
    assertEquals(REFERENCE + "packs/" + SHA256 + ".pack", ArchivePaths.pack(REFERENCE, SHA256));
  }

  @Test
  void theLsnIsInTheName() {
    for (long lsn : new long[] {0, 7, Long.MAX_VALUE}) {
      assertEquals(lsn, ArchivePaths.firstLsn(ArchivePaths.segment(WAL, lsn)));
      assertEquals(lsn, ArchivePaths.firstLsn(ArchivePaths.manifest(WAL, lsn)));
      assertEquals(lsn, ArchivePaths.rootLsn(ArchivePaths.root(REFERENCE, lsn, SHA256)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        REFERENCE,
        REFERENCE + "roots/",
        REFERENCE + "roots/00000000000000000007.json",
        REFERENCE + "roots/00000000000000000007.e3b0c44298fc1c1.json",
        REFERENCE + "roots/00000000000000000007.e3b0c44298fc1c149.json",
        REFERENCE + "roots/00000000000000000007.E3B0C44298FC1C14.json",
        REFERENCE + "roots/0000000000000000007.e3b0c44298fc1c14.json",
        REFERENCE + "roots/000000000000000000007.e3b0c44298fc1c14.json",
        REFERENCE + "roots/00000000000000000007.e3b0c44298fc1c14.json.bak",
        REFERENCE + "roots/09223372036854775808.e3b0c44298fc1c14.json",
        REFERENCE + "packs/00000000000000000007.e3b0c44298fc1c14.json",
        "roots/00000000000000000007.e3b0c44298fc1c14.json",
        WAL + "00000000000000000007.manifest.json"
      })
  void otherNamesAreNoRoots(String key) {
    assertEquals(-1, ArchivePaths.rootLsn(key));
  }

  @Test
  void theSha256IsInThePacksName() {
    assertEquals(SHA256, ArchivePaths.packSha256(ArchivePaths.pack(REFERENCE, SHA256)));
    String digits = SHA256.toString();
    for (String key :
        List.of(
            "",
            ArchivePaths.packs(REFERENCE),
            "packs/" + digits + ".pack",
            REFERENCE + "packs/" + digits,
            REFERENCE + "packs/" + digits + ".pack.bak",
            REFERENCE + "packs/0" + digits + ".pack",
            REFERENCE + "packs/" + digits.substring(1) + ".pack",
            REFERENCE + "packs/" + digits.toUpperCase(Locale.ROOT) + ".pack",
            REFERENCE + "roots/" + digits + ".pack")) {
      assertNull(ArchivePaths.packSha256(key), key);
    }
  }

  @Test
  void nothingOfTheReferenceIsTakenForASegment() {
    assertEquals(-1, ArchivePaths.firstLsn(ArchivePaths.root(REFERENCE, 7, SHA256)));
    assertEquals(-1, ArchivePaths.firstLsn(ArchivePaths.pack(REFERENCE, SHA256)));
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
    assertThrows(
        IllegalArgumentException.class, () -> ArchivePaths.reference("c", "t", Segments.TABLE, -1));
    assertThrows(IllegalArgumentException.class, () -> ArchivePaths.root(REFERENCE, -1, SHA256));
  }
}
