package dev.assay.replicastore.remote;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.replicastore.NodeCalls.CallFailed;
import dev.assay.replicastore.NodeCalls.Checkpoint;
import dev.assay.replicastore.PartitionId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointDownloadTest {
  @TempDir Path folder;
  private final FakeNode fake = new FakeNode();

  @Test
  void everyListedFileArrivesWhole() throws Exception {
    byte[] large = new byte[(2 << 20) + 17];
    new Random(1).nextBytes(large);
    byte[] exact = new byte[1 << 20];
    fake.files.put("000001.sst", large);
    fake.files.put("000002.sst", exact);
    fake.files.put("CURRENT", new byte[] {1, 2});
    fake.files.put("EMPTY", new byte[0]);

    Checkpoint checkpoint = download().into(folder);

    assertEquals(FakeNode.POSITION, checkpoint.position());
    assertArrayEquals(large, Files.readAllBytes(folder.resolve("000001.sst")));
    assertArrayEquals(exact, Files.readAllBytes(folder.resolve("000002.sst")));
    assertArrayEquals(new byte[] {1, 2}, Files.readAllBytes(folder.resolve("CURRENT")));
    assertArrayEquals(new byte[0], Files.readAllBytes(folder.resolve("EMPTY")));
  }

  @Test
  void aFileThatIsShorterOrLongerThanListedIsAnError() {
    fake.files.put("000001.sst", new byte[10]);
    for (int listed : new int[] {9, 11, 0, 5 << 20}) {
      fake.listed = List.of(new Checkpoint.File("000001.sst", listed));
      CallFailed refused =
          assertThrows(
              CallFailed.Unavailable.class,
              () -> download().into(Files.createDirectory(folder.resolve("" + listed))));
      assertTrue(String.valueOf(refused.getMessage()).contains("listed with " + listed + " bytes"));
    }
  }

  @Test
  void aRunWithoutACheckpointIsNotFound() {
    assertThrows(
        CallFailed.NotFound.class,
        () ->
            new CheckpointDownload(fake, new PartitionId(new UUID(0, 0), 0), FakeNode.RUN)
                .into(folder));
  }

  @Test
  void aNameThatLeavesTheFolderIsNoFile() {
    for (String name : List.of("", ".", "..", "/etc/passwd", "a/b", "a\\b", "a\0")) {
      assertThrows(IllegalArgumentException.class, () -> new Checkpoint.File(name, 1), name);
    }
    assertThrows(IllegalArgumentException.class, () -> new Checkpoint.File("a", -1));
  }

  private CheckpointDownload download() {
    return new CheckpointDownload(fake, FakeNode.PARTITION, FakeNode.RUN);
  }
}
