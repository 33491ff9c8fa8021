package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.replicastore.PartitionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A node whose log can't be read ends with a message that says what to do; the others go on. */
class UnreadableLogIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String VICTIM = "node-b";

  @TempDir Path folder;

  @Test
  void aFlippedBitInATablesLogEndsTheProcessAndTheOthersServe() throws Exception {
    try (ClusterProcesses processes = ClusterProcesses.prepare(folder)) {
      processes.startAll();
      try (RouterRole router = RouterRole.start(RouterConfig.load(processes.routerConfigFile()));
          DynamoDbClient client = LocalClient.at(router.port())) {
        ClusterProcesses.NODES.forEach(processes::awaitReady);
        router.awaitReady();
        LocalClient.createTable(client, "kept");
        put(client, 0, 20);
        processes.kill(VICTIM);
        List<Path> damaged = damageTablesLog();
        assertFalse(damaged.isEmpty());

        processes.start(VICTIM);
        awaitEnd(processes);

        String said = Files.readString(processes.folder().resolve(VICTIM + ".log"));
        assertTrue(said.contains("log file " + damaged.getFirst() + " is damaged"), said);
        assertTrue(said.contains("aside and start it again"), said);
        put(client, 20, 40);
      }
    }
  }

  private static void put(DynamoDbClient client, int from, int to) {
    for (int i = from; i < to; i++) {
      Map<String, AttributeValue> item =
          Map.of(
              "id", AttributeValue.fromS("k" + i), "text", AttributeValue.fromS("x".repeat(500)));
      client.putItem(request -> request.tableName("kept").item(item));
    }
  }

  /** Flips a bit in the first log file of the table's partition, with more entries after it. */
  private List<Path> damageTablesLog() throws IOException {
    String metadata = PartitionId.METADATA.groupId().toString();
    try (Stream<Path> files = Files.walk(folder.resolve(VICTIM))) {
      List<Path> logs =
          files
              .filter(file -> file.getFileName().toString().startsWith("log_"))
              .filter(file -> !file.toString().contains(metadata))
              .sorted()
              .limit(1)
              .toList();
      for (Path log : logs) {
        byte[] bytes = Files.readAllBytes(log);
        bytes[3_000] ^= 1;
        Files.write(log, bytes);
      }
      return logs;
    }
  }

  private static void awaitEnd(ClusterProcesses processes) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (processes.isAlive(VICTIM) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
    assertFalse(processes.isAlive(VICTIM), VICTIM + " goes on with a log that it can't read");
  }
}
