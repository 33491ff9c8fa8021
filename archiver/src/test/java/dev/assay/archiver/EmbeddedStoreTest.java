package dev.assay.archiver;

import static dev.assay.archiver.ObjectStore.Created.CREATED;
import static dev.assay.archiver.ObjectStore.Created.EXISTS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.archiver.ObjectStore.Entry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStoreTest {
  private static final S3Credentials CREDENTIALS = new S3Credentials("test", "secret-of-test");

  @TempDir Path folder;

  private EmbeddedStore start() throws IOException {
    return EmbeddedStore.start(folder, 0, CREDENTIALS, "archive");
  }

  @Test
  void objectsOutliveTheServer() throws IOException {
    try (EmbeddedStore server = start();
        ObjectStore store = Client.AWS.open(server.options())) {
      assertEquals(CREATED, store.create("a/b", new byte[] {1}));
    }
    assertArrayEquals(new byte[] {1}, Files.readAllBytes(folder.resolve("archive/a/b")));
    try (EmbeddedStore server = start();
        ObjectStore store = Client.MINIO.open(server.options())) {
      assertArrayEquals(new byte[] {1}, store.get("a/b", 10));
      assertEquals(EXISTS, store.create("a/b", new byte[] {2}));
    }
  }

  @Test
  void whatACrashLeftHalfWrittenIsNotSeenAndIsRemoved() throws IOException {
    try (EmbeddedStore server = start();
        ObjectStore store = Client.AWS.open(server.options())) {
      store.create("a", new byte[] {1});
      Files.write(folder.resolve(".incoming/7"), new byte[3]);
      assertEquals(List.of(new Entry("a", 1)), store.list("", "", 10).entries());
    }
    try (EmbeddedStore server = start();
        ObjectStore store = Client.AWS.open(server.options());
        Stream<Path> left = Files.list(folder.resolve(".incoming"))) {
      assertEquals(List.of(), left.toList());
      assertEquals(List.of(new Entry("a", 1)), store.list("", "", 10).entries());
    }
  }

  @Test
  void refusedCreateLeavesNothingBehind() throws IOException {
    try (EmbeddedStore server = start();
        ObjectStore store = Client.AWS.open(server.options())) {
      store.create("a", new byte[] {1});
      store.create("a", new byte[] {2});
      try (Stream<Path> left = Files.list(folder.resolve(".incoming"))) {
        assertEquals(List.of(), left.toList());
      }
    }
  }

  @Test
  void keysThatLeadOutOfTheFolderAreRefused() throws IOException {
    try (EmbeddedStore server = start();
        ObjectStore store = Client.AWS.open(server.options())) {
      for (String key : List.of("../../escaped", "a/../../../escaped", "a//b", "a/")) {
        assertFalse(
            assertThrows(StoreFailed.class, () -> store.create(key, new byte[1]), key).temporary());
      }
    }
    assertFalse(Files.exists(folder.resolve("escaped")));
    assertFalse(Files.exists(folder.resolveSibling("escaped")));
  }

  @Test
  void itListensOnTheLoopbackAddressAlone() throws IOException {
    try (EmbeddedStore server = start()) {
      URI endpoint = server.options().endpoint();
      assertEquals("127.0.0.1", endpoint.getHost());
      assertNotEquals(0, endpoint.getPort());
    }
  }

  @Test
  void takenPortIsToldAtStart() throws IOException {
    try (EmbeddedStore server = start()) {
      int port = server.options().endpoint().getPort();
      IOException failed =
          assertThrows(
              IOException.class,
              () -> EmbeddedStore.start(folder.resolve("other"), port, CREDENTIALS, "archive"));
      assertTrue(failed.toString().contains(Integer.toString(port)), failed.toString());
    }
  }
}
