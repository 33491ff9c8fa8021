package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.infra.history.History;
import dev.assay.infra.history.LinearizabilityChecker;
import dev.assay.infra.history.SingleItemWorkload;
import dev.assay.infra.history.Verdict;
import dev.assay.infra.history.WorkloadClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Node processes are killed with SIGKILL, the leader first, while clients read, write and update a
 * few items. What the clients saw must be explainable by one copy of each item that changes at one
 * instant per operation; and in the end the three replicas must hold the same.
 */
class KillIT {
  private static final int KILLS = 2;
  private static final String TABLE = "history";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration ATTEMPT_MAX = Duration.ofSeconds(15);

  private static ClusterProcesses processes;
  private static RouterRole router;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    processes = ClusterProcesses.prepare(folder);
    processes.startAll();
    router = RouterRole.start(RouterConfig.load(processes.routerConfigFile()));
    ClusterProcesses.NODES.forEach(processes::awaitReady);
    router.awaitReady();
    try (WorkloadClient client = client()) {
      client.createTable(PATIENCE);
    }
  }

  private static WorkloadClient client() {
    URI endpoint = URI.create("http://127.0.0.1:" + router.port());
    return new WorkloadClient(endpoint, TABLE, 12, ATTEMPT_MAX);
  }

  @AfterAll
  static void stop() throws Exception {
    router.close();
    processes.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void historyUnderKillsIsLinearizable(long seed) throws Exception {
    System.out.println("KillIT: seed " + seed);
    Random random = new Random(seed);
    try (WorkloadClient client = client()) {
      SingleItemWorkload.Plan plan =
          new SingleItemWorkload.Plan(
              seed, "seed" + seed + "-", 10, 6, 100_000, Duration.ofMillis(10));
      try (SingleItemWorkload workload = SingleItemWorkload.start(List.of(client), plan)) {
        for (int kill = 0; kill < KILLS; kill++) {
          pause(random, 500, 1_500);
          killAndRestart(kill == 0 ? leader() : anyNode(random), random);
        }
        pause(random, 500, 1_000);
        workload.stop();
        workload.readEveryKey(PATIENCE);
        judge(seed, workload.history());
      }
    }
    compareReplicas(random);
  }

  private static void killAndRestart(String node, Random random) throws Exception {
    processes.kill(node);
    pause(random, 100, 4_000);
    processes.start(node);
    processes.awaitReady(node);
  }

  private static String leader() throws Exception {
    return router.leader(router.partitionOf(TABLE));
  }

  private static String anyNode(Random random) {
    return ClusterProcesses.NODES.get(random.nextInt(ClusterProcesses.NODES.size()));
  }

  private static void judge(long seed, History history) {
    assertTrue(
        history.operations().size() > 500,
        "seed " + seed + ": too few operations to say anything: " + history.operations().size());
    Verdict verdict = new LinearizabilityChecker().check(history);
    assertInstanceOf(Verdict.Linearizable.class, verdict, "seed " + seed + ": " + verdict.report());
    System.out.println(
        "KillIT: seed " + seed + ": " + history.operations().size() + " operations, linearizable");
  }

  private static void compareReplicas(Random random) throws Exception {
    var digests =
        router.digestsAtBarrier(
            router.partitionOf(TABLE), new UUID(random.nextLong(), random.nextLong()));
    assertTrue(
        digests.size() == ClusterProcesses.NODES.size()
            && digests.values().stream().distinct().count() == 1,
        "replicas differ: " + digests);
  }

  private static void pause(Random random, int minMs, int maxMs) {
    LockSupport.parkNanos(random.nextLong(minMs, maxMs) * 1_000_000);
  }
}
