package dev.assay.replicastore.store;

import static dev.assay.replicastore.store.TestLog.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.assay.logformat.Digest128;
import dev.assay.logformat.FileEnvelope;
import dev.assay.logformat.FileKind;
import dev.assay.logformat.FormatException;
import dev.assay.replicastore.store.CheckpointManifest.Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointManifestTest {
  @TempDir Path temporary;

  private TestStore test;
  private CheckpointManifest manifest;
  private Path copy;

  @BeforeEach
  void takeACheckpointAndCopyIt() throws Exception {
    test = new TestStore(temporary.resolve("store"));
    test.open().apply(new TestLog().data(put("a", "1")));
    CheckpointInfo checkpoint = test.store().checkpointNow(new UUID(1, 2));
    manifest = CheckpointManifest.of(checkpoint.folder());
    copy = temporary.resolve("copy");
    TestStore.copyTree(checkpoint.folder(), copy);
  }

  @AfterEach
  void close() {
    test.close();
  }

  private Path file(String end) {
    return manifest.files().stream()
        .map(entry -> copy.resolve(entry.name()))
        .filter(path -> path.toString().endsWith(end))
        .findFirst()
        .orElseThrow();
  }

  private void assertCorrupt(String named) {
    FormatException.Corrupt corrupt =
        assertThrows(FormatException.Corrupt.class, () -> manifest.verify(copy));
    assertTrue(String.valueOf(corrupt.getMessage()).contains(named), corrupt.getMessage());
  }

  @Test
  void namesEveryFileOfTheCheckpoint() {
    List<String> names = manifest.files().stream().map(Entry::name).toList();
    assertTrue(names.contains("CHECKPOINT"), names::toString);
    assertTrue(names.contains("data/CURRENT"), names::toString);
    assertTrue(names.stream().anyMatch(name -> name.startsWith("data/MANIFEST-")));
    assertTrue(names.stream().anyMatch(name -> name.endsWith(".sst")));
  }

  @Test
  void equalCopyIsVerified() throws Exception {
    manifest.verify(copy);
    for (Entry entry : manifest.files()) {
      CheckpointManifest.verify(copy, entry);
    }
  }

  @Test
  void encodedManifestReadsBack() throws Exception {
    assertEquals(manifest, CheckpointManifest.decode(manifest.encode()));
    assertEquals(
        new CheckpointManifest(List.of()),
        CheckpointManifest.decode(new CheckpointManifest(List.of()).encode()));
  }

  @Test
  void encodedManifestKeepsItsBytes() throws Exception {
    CheckpointManifest one =
        new CheckpointManifest(List.of(new Entry("CHECKPOINT", 258, new Digest128(1, 2))));
    assertEquals(
        "01" + "0a434845434b504f494e54" + "0000000000000102" + "00000000000000010000000000000002",
        HexFormat.of()
            .formatHex(FileEnvelope.unwrap(FileKind.CHECKPOINT_FILES, 1, 1, one.encode())));
  }

  @Test
  void digestsAreOfTheWholeFile() throws Exception {
    byte[] content = Files.readAllBytes(copy.resolve("CHECKPOINT"));
    HashValue128 hash = Hashing.xxh3_128().hashBytesTo128Bits(content);
    Entry expected =
        new Entry(
            "CHECKPOINT",
            content.length,
            new Digest128(hash.getMostSignificantBits(), hash.getLeastSignificantBits()));
    assertTrue(manifest.files().contains(expected), manifest::toString);
  }

  @Test
  void flippedBitOfAnyFileIsNamed() throws Exception {
    for (Entry entry : manifest.files()) {
      Path file = copy.resolve(entry.name());
      if (entry.sizeBytes() > 0) {
        TestStore.flipBit(file, entry.sizeBytes() / 2);
        assertCorrupt(entry.name());
        assertThrows(FormatException.Corrupt.class, () -> CheckpointManifest.verify(copy, entry));
        TestStore.flipBit(file, entry.sizeBytes() / 2);
      }
    }
    manifest.verify(copy);
  }

  @Test
  void cutMissingAndExtraFilesAreNamed() throws Exception {
    Path table = file(".sst");
    byte[] content = Files.readAllBytes(table);
    Files.write(table, Arrays.copyOf(content, content.length - 1));
    assertCorrupt(table.getFileName().toString());
    Files.delete(table);
    assertCorrupt("no file");
    Files.write(table, content);
    Files.write(copy.resolve("data/000099.sst"), content);
    assertCorrupt("000099.sst");
  }

  @Test
  void namesThatLeadOutOfTheFolderAreRefused() {
    for (String name :
        List.of("../x", "data/../../x", "/etc/passwd", "data/", "data/..", "x", "data/a/b", "")) {
      byte[] encoded = new CheckpointManifest(List.of(new Entry(name, 1, Digest128.NONE))).encode();
      assertThrows(FormatException.Corrupt.class, () -> CheckpointManifest.decode(encoded), name);
    }
  }
}
