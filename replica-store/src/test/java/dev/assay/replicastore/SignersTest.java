package dev.assay.replicastore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.assay.logformat.Sha256;
import dev.assay.replicastore.Signers.Publication;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignersTest {
  @TempDir Path folder;
  private TestNodes nodes;
  private Signers signers;

  @BeforeEach
  void start() throws Exception {
    nodes = new TestNodes(folder, options -> options);
    nodes.startAll();
    signers = new Signers(nodes, TestNodes.NAMES);
  }

  @AfterEach
  void stop() throws Exception {
    nodes.close();
  }

  private static Signer signer(int key, String node) {
    return new Signer(
        Sha256.of(new byte[] {(byte) key}),
        node,
        "-----BEGIN CERTIFICATE-----\n" + key + "\n-----END CERTIFICATE-----\n",
        Sha256.of(new byte[] {99}));
  }

  @Test
  void publishedKeysAreListedAndAreNoTables() throws Exception {
    assertEquals(List.of(), signers.list());
    List<Signer> published =
        Stream.of(signer(1, "node-a"), signer(2, "node-b"), signer(3, "node-a"))
            .sorted(Comparator.comparing(signer -> signer.fingerprint().toString()))
            .toList();
    for (Signer signer : published) {
      assertEquals(Publication.CREATED, signers.publish(signer));
    }
    assertEquals(published, signers.list());
    try (MetadataTables tables =
        new MetadataTables(nodes, TestNodes.NAMES, 100, InstantSource.system(), new Random(1))) {
      assertEquals(List.of(), tables.names());
    }
  }

  @Test
  void aKeyIsPublishedOnceAndNeverChanged() throws Exception {
    assertEquals(Publication.CREATED, signers.publish(signer(1, "node-a")));
    assertEquals(Publication.ALREADY_THERE, signers.publish(signer(1, "node-a")));
    assertEquals(Publication.DIFFERENT, signers.publish(signer(1, "node-b")));
    assertEquals(List.of(signer(1, "node-a")), signers.list());
  }
}
