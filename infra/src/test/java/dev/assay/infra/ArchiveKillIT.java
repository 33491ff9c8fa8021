package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.archiver.ArchiveVerification;
import dev.assay.logformat.Frame;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.ManifestCodec;
import dev.assay.logformat.SegmentReader;
import dev.assay.replicastore.Nodes;
import dev.assay.replicastore.PartitionAccess;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.Signer;
import dev.assay.replicastore.Signers;
import dev.assay.replicastore.remote.NodeTls;
import dev.assay.replicastore.remote.RemoteNode;
import dev.assay.requestrouter.RoutedAccess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Nodes are killed with SIGKILL and the store is stopped while clients write. In the end everything
 * is archived, each position once, and every node's signer is in the metadata; and what is not
 * archived is in the nodes' logs.
 */
class ArchiveKillIT {
  private static final String TABLE = "kept";
  private static final int ROUNDS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long SEGMENT_BYTES_MAX = 64L << 20;

  @TempDir Path folder;

  /** What a test needs of the cluster. */
  private interface Story {
    void tell(ClusterProcesses processes, RouterRole router, DynamoDbClient client)
        throws Exception;
  }

  private void withCluster(Story story, String... settings) throws Exception {
    try (ClusterProcesses processes = ClusterProcesses.prepare(folder, settings)) {
      processes.startAll();
      try (RouterRole router = RouterRole.start(RouterConfig.load(processes.routerConfigFile()));
          DynamoDbClient client = LocalClient.at(router.port())) {
        ClusterProcesses.NODES.forEach(processes::awaitReady);
        router.awaitReady();
        LocalClient.createTable(client, TABLE);
        story.tell(processes, router, client);
      }
    }
  }

  private static void put(DynamoDbClient client, String id, int bytes) {
    Map<String, AttributeValue> item =
        Map.of("id", AttributeValue.fromS(id), "text", AttributeValue.fromS("x".repeat(bytes)));
    client.putItem(request -> request.tableName(TABLE).item(item));
  }

  @ParameterizedTest
  @ValueSource(longs = {4})
  void everythingIsArchivedOnceUnderKills(long seed) throws Exception {
    System.out.println("ArchiveKillIT: seed " + seed);
    Random random = new Random(seed);
    withCluster(
        (processes, router, client) -> {
          AtomicBoolean stopped = new AtomicBoolean();
          AtomicInteger acknowledged = new AtomicInteger();
          Thread load = Thread.startVirtualThread(() -> writeUntil(stopped, client, acknowledged));
          for (int round = 0; round < ROUNDS; round++) {
            pause(random, 500, 1_500);
            disturb(processes, router, random);
          }
          stopped.set(true);
          load.join();
          System.out.println("ArchiveKillIT: seed " + seed + ", " + acknowledged + " writes");
          assertTrue(acknowledged.get() > 20, "too few writes: " + acknowledged);
          long barrier = barrier(router, random);
          awaitArchived(processes, barrier);
          assertEachPositionOnce(processes.archive(), barrier);
          for (String node : ClusterProcesses.NODES) {
            assertAllFound(processes, node);
          }
          assertEverySignerIsInTheMetadata(processes);
        });
  }

  private static void writeUntil(
      AtomicBoolean stopped, DynamoDbClient client, AtomicInteger acknowledged) {
    for (int i = 0; !stopped.get(); i++) {
      try {
        put(client, "k" + i, 200);
        acknowledged.incrementAndGet();
      } catch (SdkException e) {
        System.out.println("ArchiveKillIT: a write failed: " + e.getMessage());
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  /** The leader, who archives, or another node, or the store, or a node and the store. */
  private static void disturb(ClusterProcesses processes, RouterRole router, Random random)
      throws Exception {
    int which = random.nextInt(4);
    boolean store = which >= 2;
    boolean node = which != 2;
    String victim =
        which == 0
            ? router.leader(router.partitionOf(TABLE))
            : ClusterProcesses.NODES.get(random.nextInt(ClusterProcesses.NODES.size()));
    if (store) {
      processes.stopStore();
    }
    if (node) {
      processes.kill(victim);
    }
    pause(random, 100, 2_000);
    if (node) {
      processes.start(victim);
    }
    if (store) {
      pause(random, 0, 1_000);
      processes.startStore();
    }
    if (node) {
      processes.awaitReady(victim);
    }
  }

  private static void pause(Random random, int minMs, int maxMs) {
    LockSupport.parkNanos(random.nextLong(minMs, maxMs) * 1_000_000);
  }

  private static long barrier(RouterRole router, Random random) throws Exception {
    return router
        .digestsAtBarrier(router.partitionOf(TABLE), new UUID(random.nextLong(), random.nextLong()))
        .values()
        .iterator()
        .next()
        .position()
        .lsn();
  }

  private static ArchiveReport status(ClusterProcesses processes, String node) {
    try (AdminClient admin = new AdminClient(processes.admin(node))) {
      return admin.get(ArchiveService.STATUS, ArchiveReport.class);
    }
  }

  private static ArchiveReport.Replica replica(ArchiveReport report) {
    return report.partitions().stream()
        .filter(partition -> partition.table().equals(TABLE))
        .flatMap(partition -> partition.replicas().stream())
        .findFirst()
        .orElseThrow();
  }

  private static void awaitArchived(ClusterProcesses processes, long lsn) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (String node : ClusterProcesses.NODES) {
      ArchiveReport report = status(processes, node);
      while (report.partitions().size() < 2 || replica(report).archivedLsn() < lsn) {
        assertEquals(List.of(), report.findings());
        assertTrue(System.nanoTime() < deadline, node + " is not archived to " + lsn + report);
        LockSupport.parkNanos(100_000_000);
        report = status(processes, node);
      }
      assertEquals(List.of(), report.findings());
    }
  }

  private static void assertAllFound(ClusterProcesses processes, String node) throws IOException {
    try (AdminClient admin = new AdminClient(processes.admin(node))) {
      ArchiveVerifyReport report =
          ArchiveVerifyCommand.verify(
              admin, new ArchiveService.VerifyRequest(TABLE, 0, true), _ -> {});
      assertEquals(ExitCode.OK, report.exitCode(), report.toString());
      for (ArchiveVerifyReport.Range range : report.ranges()) {
        assertTrue(
            range.state() == ArchiveVerification.State.FOUND
                || range.state() == ArchiveVerification.State.DELAYED,
            report.toString());
      }
    }
  }

  /** Reads the store's files, by nothing of the archiver's. */
  private static void assertEachPositionOnce(Path archive, long upTo) throws IOException {
    Path table = archive.resolve("demo").resolve(TABLE);
    Map<Path, Path> manifests = new TreeMap<>();
    List<Path> segments = new ArrayList<>();
    try (Stream<Path> files = Files.walk(table)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".seg")) {
          segments.add(file);
        } else {
          assertTrue(name.endsWith(".manifest.json"), file.toString());
          manifests.put(file.resolveSibling(name.replace(".manifest.json", ".seg")), file);
        }
      }
    }
    long next = 0;
    for (Map.Entry<Path, Path> each : manifests.entrySet()) {
      Manifest manifest = ManifestCodec.read(Files.readAllBytes(each.getValue()));
      assertEquals(next, manifest.segment().firstLsn());
      try (InputStream object = Files.newInputStream(each.getKey());
          SegmentReader reader = new SegmentReader(object, SEGMENT_BYTES_MAX)) {
        for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
          assertEquals(next, frame.lsn());
          next++;
        }
      }
      assertEquals(next - 1, manifest.segment().lastLsn());
    }
    assertTrue(next > upTo, "archived to " + next);
    long end = next;
    for (Path segment : segments) {
      long first = Long.parseLong(segment.getFileName().toString().substring(0, 20));
      assertTrue(manifests.containsKey(segment) || first == end, segment + " has no manifest");
    }
  }

  @Test
  void logsKeepWhatTheStoreHasNotTaken() throws Exception {
    withCluster(
        (processes, router, client) -> {
          put(client, "first", 10);
          processes.stopStore();
          long archived = replicaOfAny(processes);
          for (int i = 0; i < 80; i++) {
            put(client, "down-" + i, 350_000);
          }
          long committed = 0;
          for (String node : ClusterProcesses.NODES) {
            ArchiveReport.Replica replica = replica(status(processes, node));
            assertTrue(replica.tailEntries() >= 40, node + ": " + replica);
            assertTrue(replica.archivedLsn() <= archived + 10, node + ": " + replica);
            assertEquals(0, firstLsnOnDisk(node), node + " dropped what is not archived");
            committed = Math.max(committed, replica.committedLsn());
          }
          processes.startStore();
          awaitArchived(processes, committed / 2);
          awaitDropped(processes, client);
          for (String node : ClusterProcesses.NODES) {
            assertAllFound(processes, node);
          }
        },
        "log.snapshotEveryEntries: 10");
  }

  private static long replicaOfAny(ClusterProcesses processes) {
    return replica(status(processes, "node-a")).archivedLsn();
  }

  /** A log is dropped when a checkpoint is taken, which takes writes. */
  private void awaitDropped(ClusterProcesses processes, DynamoDbClient client) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (String node : ClusterProcesses.NODES) {
      for (int i = 0; firstLsnOnDisk(node) == 0; i++) {
        assertTrue(
            System.nanoTime() < deadline,
            () -> node + " drops nothing: " + replica(status(processes, node)));
        put(client, "up-" + i, 1_000);
      }
      assertTrue(
          firstLsnOnDisk(node) <= replica(status(processes, node)).archivedLsn() + 1,
          node + " dropped more than is archived");
    }
  }

  /** By the names of the table's log files. */
  private long firstLsnOnDisk(String node) throws IOException {
    String metadata = PartitionId.METADATA.groupId().toString();
    try (Stream<Path> files = Files.walk(folder.resolve(node).resolve("log"))) {
      return files
          .filter(file -> !file.toString().contains(metadata))
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("log_(inprogress_)?[0-9]+(-[0-9]+)?"))
          .mapToLong(
              name -> Long.parseLong(name.replaceFirst("log_(inprogress_)?", "").split("-")[0]))
          .min()
          .orElseThrow();
    }
  }

  private static void assertEverySignerIsInTheMetadata(ClusterProcesses processes)
      throws Exception {
    RouterConfig config = RouterConfig.load(processes.routerConfigFile());
    NodeTls tls =
        NodeCertificates.open(config.tlsDirectory(), config.tlsAuthority(), "router").tls();
    try (Closing closing = new Closing()) {
      Map<String, RemoteNode> nodes = new TreeMap<>();
      for (RouterConfig.Member member : config.members()) {
        nodes.put(
            member.name(),
            closing.add(
                RemoteNode.at(
                    member.nodeCalls().resolve(),
                    member.name(),
                    tls,
                    RemoteNode.Timeouts.DEFAULT)));
      }
      assertEquals(ClusterProcesses.NODES, awaitSigners(nodes));
    }
  }

  private static List<String> awaitSigners(Map<String, RemoteNode> remotes) throws Exception {
    Nodes nodes =
        new Nodes() {
          @Override
          public @Nullable PartitionAccess find(String name) {
            return remotes.get(name);
          }

          @Override
          public boolean isLocal(String name) {
            return false;
          }
        };
    Signers signers =
        new Signers(new RoutedAccess(nodes, Duration.ofSeconds(10)), ClusterProcesses.NODES);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (signers.list().size() < ClusterProcesses.NODES.size() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(50_000_000);
    }
    return signers.list().stream().map(Signer::node).sorted().toList();
  }
}
