package dev.assay.infra;

import dev.assay.replicastore.NodeCalls;
import dev.assay.replicastore.PartitionId;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;

/**
 * The story that {@code assay demo} tells. Each step checks that what it says has happened; the
 * first that has not ends the story with an error.
 */
final class Demo {
  private static final String TABLE = "notes";
  private static final int CONTENT_BYTES = 300;
  private static final Duration ARCHIVE_TIMEOUT = Duration.ofSeconds(60);
  private static final long POLL_NANOS = 100_000_000;

  private final Path folder;
  private final @Nullable String victim;
  private final int items;
  private final RandomGenerator random;
  private final PrintWriter out;
  private final long startedNanos = System.nanoTime();

  Demo(Path folder, @Nullable String victim, int items, long seed, PrintWriter out) {
    this.folder = folder;
    this.victim = victim;
    this.items = items;
    this.random = new Random(seed);
    this.out = out;
  }

  int tell() throws Exception {
    try (ClusterProcesses processes = ClusterProcesses.prepare(folder)) {
      processes.startAll();
      try (RouterRole router = RouterRole.start(RouterConfig.load(processes.routerConfigFile()))) {
        for (String node : ClusterProcesses.NODES) {
          processes.awaitReady(node);
          say("%s is up: a process of its own, pid %d", node, processes.pid(node));
        }
        router.awaitReady();
        try (DynamoDbClient client = LocalClient.at(router.port())) {
          story(processes, router, client);
        }
      }
    }
    return ExitCode.OK.number;
  }

  private void story(ClusterProcesses processes, RouterRole router, DynamoDbClient client)
      throws Exception {
    LocalClient.createTable(client, TABLE);
    say("created table %s through the DynamoDB API on port %d", TABLE, router.port());
    Map<String, String> written = new LinkedHashMap<>();
    write(client, written);
    say(
        "wrote %d items; each is on the disks of two nodes at least before it is acknowledged",
        items);

    PartitionId partition = router.partitionOf(TABLE);
    String leader = router.leader(partition);
    String killed = victim == null ? leader : victim;
    processes.kill(killed);
    say("killed %s with SIGKILL%s", killed, killed.equals(leader) ? ": it was the leader" : "");
    long killedAt = System.nanoTime();
    put(client, written, "first-after-kill");
    say("the next write was acknowledged %d ms later", (System.nanoTime() - killedAt) / 1_000_000);
    write(client, written);
    check(client, written);
    say("wrote %d more, and read all %d back: every one is there", items, written.size());

    processes.start(killed);
    processes.awaitReady(killed);
    say("restarted %s", killed);
    long barrier = compare(router, partition, written.size());
    for (String node : ClusterProcesses.NODES) {
      awaitArchived(processes.admin(node), node, barrier);
    }
    say("every node has found its log up to position %d in the archive", barrier);
    verify(processes.admin(killed), killed);
  }

  private void write(DynamoDbClient client, Map<String, String> written) {
    for (int i = 0; i < items; i++) {
      put(client, written, "note-" + written.size());
    }
  }

  private void put(DynamoDbClient client, Map<String, String> written, String id) {
    byte[] bytes = new byte[CONTENT_BYTES];
    random.nextBytes(bytes);
    String content = HexFormat.of().formatHex(bytes);
    client.putItem(
        put ->
            put.tableName(TABLE)
                .item(
                    Map.of(
                        "id", AttributeValue.fromS(id), "content", AttributeValue.fromS(content))));
    written.put(id, content);
  }

  private void check(DynamoDbClient client, Map<String, String> written) {
    written.forEach(
        (id, content) -> {
          GetItemResponse found =
              client.getItem(
                  get ->
                      get.tableName(TABLE)
                          .key(Map.of("id", AttributeValue.fromS(id)))
                          .consistentRead(true));
          AttributeValue read = found.item().get("content");
          if (read == null || !content.equals(read.s())) {
            throw new CommandFailure(
                ExitCode.FINDING, "item " + id + " was acknowledged and is not there any more");
          }
        });
  }

  /**
   * One barrier through the log; every replica's checkpoint at its position must have one digest.
   *
   * @return the barrier's position
   */
  private long compare(RouterRole router, PartitionId partition, int expectedItems)
      throws Exception {
    UUID run = new UUID(random.nextLong(), random.nextLong());
    Map<String, NodeCalls.CheckpointDigest> digests = router.digestsAtBarrier(partition, run);
    for (Map.Entry<String, NodeCalls.CheckpointDigest> replica : digests.entrySet()) {
      NodeCalls.CheckpointDigest digest = replica.getValue();
      say(
          "%s at log position %d: %d items, digest %s",
          replica.getKey(), digest.position().lsn(), digest.items(), digest.digest());
      if (digest.items() != expectedItems) {
        throw new CommandFailure(
            ExitCode.FINDING,
            replica.getKey() + " does not hold the " + expectedItems + " items written");
      }
    }
    long distinct = digests.values().stream().distinct().count();
    if (distinct != 1 || digests.size() != ClusterProcesses.NODES.size()) {
      throw new CommandFailure(ExitCode.FINDING, "the replicas' digests differ");
    }
    say("three replicas, one digest: they hold the same");
    return digests.values().iterator().next().position().lsn();
  }

  private static void awaitArchived(URI admin, String node, long lsn) {
    long deadline = System.nanoTime() + ARCHIVE_TIMEOUT.toNanos();
    try (AdminClient client = new AdminClient(admin)) {
      ArchiveReport report = client.get(ArchiveService.STATUS, ArchiveReport.class);
      while (archived(report) < lsn) {
        if (report.state() == ArchiveReport.State.FINDING) {
          throw new CommandFailure(ExitCode.FINDING, node + ": " + report);
        }
        if (System.nanoTime() > deadline) {
          throw new CommandFailure(
              ExitCode.TIMEOUT,
              node + " has not found position " + lsn + " in the archive: " + report);
        }
        LockSupport.parkNanos(POLL_NANOS);
        report = client.get(ArchiveService.STATUS, ArchiveReport.class);
      }
    }
  }

  private static long archived(ArchiveReport report) {
    return report.partitions().stream()
        .filter(partition -> partition.table().equals(TABLE))
        .flatMap(partition -> partition.replicas().stream())
        .mapToLong(ArchiveReport.Replica::archivedLsn)
        .min()
        .orElse(-1);
  }

  /** Every entry of every segment, by the node that was killed. */
  private void verify(URI admin, String node) throws IOException {
    try (AdminClient client = new AdminClient(admin)) {
      ArchiveVerifyReport report =
          ArchiveVerifyCommand.verify(
              client, new ArchiveService.VerifyRequest(null, null, true), _ -> {});
      say(
          "%s read the whole archive back, %d objects and %d bytes:",
          node, report.objects(), report.bytesRead());
      for (ArchiveVerifyReport.Range range : report.ranges()) {
        say(
            "  %s/%d, positions %d to %d: %s",
            range.table(), range.partition(), range.firstLsn(), range.lastLsn(), range.state());
      }
      if (report.exitCode() != ExitCode.OK) {
        throw new CommandFailure(report.exitCode(), report.status() + " " + report.ranges());
      }
      say("%s", report.status());
    }
  }

  private void say(String format, Object... arguments) {
    long elapsedMs = (System.nanoTime() - startedNanos) / 1_000_000;
    out.printf("%6.1f s  %s%n", elapsedMs / 1000.0, format.formatted(arguments));
    out.flush();
  }
}
