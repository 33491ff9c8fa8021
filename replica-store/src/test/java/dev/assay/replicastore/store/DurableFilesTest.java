package dev.assay.replicastore.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFilesTest {
  @TempDir Path folder;

  @Test
  void writtenFileTakesThePlaceOfTheOlder() throws IOException {
    Path file = folder.resolve("file");
    DurableFiles.write(file, new byte[] {1, 2, 3});
    DurableFiles.write(file, new byte[] {4});
    assertArrayEquals(new byte[] {4}, Files.readAllBytes(file));
    assertEquals(List.of(file), DurableFiles.list(folder));
  }

  @Test
  void leftOverOfAnInterruptedWriteIsOverwritten() throws IOException {
    Path file = folder.resolve("file");
    Files.write(folder.resolve("file.tmp"), new byte[100]);
    DurableFiles.write(file, new byte[] {4});
    assertArrayEquals(new byte[] {4}, Files.readAllBytes(file));
  }

  @Test
  void writeThatFailsLeavesTheOlderFile() throws IOException {
    Path file = folder.resolve("file");
    DurableFiles.write(file, new byte[] {1});
    Files.createDirectory(folder.resolve("file.tmp"));
    assertThrows(IOException.class, () -> DurableFiles.write(file, new byte[] {2}));
    assertArrayEquals(new byte[] {1}, Files.readAllBytes(file));
  }

  @Test
  void whatCannotBeSyncedIsAnError() {
    assertThrows(IOException.class, () -> DurableFiles.sync(folder.resolve("nothing")));
  }

  @Test
  void deletedTreeIsGoneAndItsLinksAreNotFollowed() throws IOException {
    Path kept = Files.writeString(folder.resolve("kept"), "x");
    Path tree = folder.resolve("tree");
    DurableFiles.createFolders(tree.resolve("a/b"));
    Files.writeString(tree.resolve("a/b/file"), "y");
    Files.createSymbolicLink(tree.resolve("a/link"), kept);
    Files.createSymbolicLink(tree.resolve("a/folder"), folder);
    DurableFiles.deleteTree(tree);
    assertFalse(Files.exists(tree));
    assertTrue(Files.exists(kept));
    DurableFiles.deleteTree(tree);
  }
}
