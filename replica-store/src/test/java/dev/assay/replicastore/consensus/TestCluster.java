package dev.assay.replicastore.consensus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.consensus.Consensus.Member;
import dev.assay.replicastore.consensus.Group.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Three nodes in this process; each can be closed and started again over the same folder. */
final class TestCluster implements AutoCloseable {
  static final PartitionId PARTITION = new PartitionId(new java.util.UUID(7, 7), 0);

  /** Kept, or its level would be forgotten. -Dassay.ratis.log=INFO shows what Ratis does. */
  private static final Logger RATIS = Logger.getLogger("org.apache.ratis");

  static {
    RATIS.setLevel(Level.parse(System.getProperty("assay.ratis.log", "OFF")));
  }

  static final Duration PATIENCE = Duration.ofSeconds(60);

  final Map<String, RecordingApplier> appliers = new ConcurrentHashMap<>();
  final List<String> fatal = new CopyOnWriteArrayList<>();
  final List<LogFinding> findings = new CopyOnWriteArrayList<>();

  private final Path folder;
  private final UnaryOperator<ConsensusOptions> change;
  private final Map<String, Transport> transports = new LinkedHashMap<>();
  private final List<Member> members = new ArrayList<>();
  private final Map<String, RatisConsensus> up = new ConcurrentHashMap<>();
  private final Map<String, Group> groups = new ConcurrentHashMap<>();

  private TestCluster(Path folder, UnaryOperator<ConsensusOptions> change) {
    this.folder = folder;
    this.change = change;
  }

  static TestCluster inProcess(Path folder, UnaryOperator<ConsensusOptions> change) {
    return inProcess(folder, new InProcessNetwork(), change);
  }

  static TestCluster inProcess(
      Path folder, InProcessNetwork network, UnaryOperator<ConsensusOptions> change) {
    TestCluster cluster = new TestCluster(folder, change);
    for (String node : List.of("node-a", "node-b", "node-c")) {
      cluster.add(node, node + ":0", new Transport.InProcess(network));
    }
    return cluster;
  }

  static TestCluster inProcess(Path folder) {
    return inProcess(folder, options -> options);
  }

  static TestCluster overSockets(Path folder, Map<String, Transport.Tls> tls) throws IOException {
    TestCluster cluster = new TestCluster(folder, options -> options);
    for (String node : List.of("node-a", "node-b", "node-c")) {
      String address = "127.0.0.1:" + freePort();
      cluster.add(node, address, new Transport.Sockets(address, tls.get(node)));
    }
    return cluster;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void add(String node, String address, Transport transport) {
    transports.put(node, transport);
    members.add(new Member(node, address));
    appliers.put(node, new RecordingApplier(appliers));
  }

  List<String> nodes() {
    return List.copyOf(transports.keySet());
  }

  String address(String node) {
    return members.stream()
        .filter(member -> member.node().equals(node))
        .findFirst()
        .orElseThrow()
        .address();
  }

  Path folder(String node) {
    return folder.resolve(node);
  }

  Path groupFolder(String node) {
    return folder(node).resolve("groups").resolve(PARTITION.groupId().toString());
  }

  Path logFolder(String node) {
    return groupFolder(node).resolve("current");
  }

  List<Path> logFiles(String node) throws IOException {
    try (Stream<Path> files = Files.list(logFolder(node))) {
      return files
          .filter(file -> LogFile.at(file).isPresent())
          .sorted(Comparator.comparingLong(file -> LogFile.at(file).orElseThrow().first()))
          .toList();
    }
  }

  void startAll() throws IOException {
    for (String node : nodes()) {
      start(node);
    }
  }

  void startBare(String node) throws IOException {
    ConsensusOptions options =
        ConsensusOptions.of(node, folder(node), requireNonNull(transports.get(node), node))
            .withElectionTimeout(Duration.ofMillis(1000), Duration.ofMillis(2000))
            .withSizes(256 * 1024, 256 * 1024)
            .withSnapshotEvery(0);
    up.put(
        node,
        RatisConsensus.start(
            change.apply(options),
            (what, cause) -> fatal.add(node + ": " + what),
            findings::add,
            RandomGenerator.getDefault()));
  }

  void start(String node) throws IOException {
    startBare(node);
    groups.put(node, join(node, PARTITION, applier(node)));
  }

  Group join(String node, PartitionId partition, LogApplier applier) throws IOException {
    return consensus(node).join(partition, members, applier);
  }

  RatisConsensus consensus(String node) {
    return requireNonNull(up.get(node), node);
  }

  RecordingApplier applier(String node) {
    return requireNonNull(appliers.get(node), node);
  }

  /** After a join that failed. */
  void joinAgain(String node) throws IOException {
    groups.put(node, join(node, PARTITION, applier(node)));
  }

  void rejoin(String node) throws IOException {
    startBare(node);
    groups.put(node, consensus(node).rejoin(PARTITION, members, applier(node)));
  }

  boolean isUp(String node) {
    return up.containsKey(node);
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  void stop(String node) throws IOException {
    RatisConsensus consensus = up.remove(node);
    groups.remove(node);
    if (consensus != null) {
      consensus.close();
    }
  }

  Group group(String node) {
    return requireNonNull(groups.get(node), node);
  }

  @Nullable String leaderNow() {
    for (Map.Entry<String, Group> each : groups.entrySet()) {
      if (each.getValue().status().role() == Role.LEADER) {
        return each.getKey();
      }
    }
    return null;
  }

  String leader() {
    return awaitValue("a leader", () -> leaderNow());
  }

  List<String> others(String node) {
    return nodes().stream().filter(each -> !each.equals(node)).toList();
  }

  /** Appends through whoever leads, until it is certain; no payload is appended twice. */
  long append(String payload) {
    return awaitValue(
        "the append of " + payload.substring(0, Math.min(20, payload.length())),
        () -> tryAppend(payload));
  }

  private @Nullable Long tryAppend(String payload) {
    String leader = leader();
    Group group = groups.get(leader);
    if (group == null) {
      return null;
    }
    try {
      return group.append(payload.getBytes(UTF_8)).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Group.OutcomeUnknown) {
        // On a busy machine leaders change. The next one has applied everything before its term.
        RecordingApplier applier = applier(leader());
        return applier.find(payload);
      }
      if (e.getCause() instanceof Group.NotAppended) {
        return null;
      }
      throw new AssertionError(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  void appendMany(String prefix, int count) {
    for (int i = 0; i < count; i++) {
      append(prefix + i);
    }
  }

  /** All nodes that are up have applied the same, at least to a position. */
  void awaitAgreement(long lsn) {
    for (String node : groups.keySet()) {
      await(
          node + " to apply " + lsn,
          () -> applier(node).applied().lsn() >= lsn,
          () ->
              "%s is at %s, %s; fatal: %s"
                  .formatted(node, applier(node).applied(), groups.get(node).status(), fatal));
    }
    List<String> first = null;
    for (String node : groups.keySet()) {
      List<String> history = applier(node).history().subList(0, (int) lsn + 1);
      if (first == null) {
        first = history;
      }
      assertTrue(first.equals(history), () -> node + " differs: " + history);
    }
  }

  static void await(String what, BooleanSupplier condition) {
    await(what, condition, () -> "");
  }

  static void await(String what, BooleanSupplier condition, Supplier<String> detail) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        fail("waited in vain for " + what + "; " + detail.get());
      }
      pause();
    }
  }

  static <T extends Object> T awaitValue(String what, Supplier<@Nullable T> value) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (; ; ) {
      T found = value.get();
      if (found != null) {
        return found;
      }
      if (System.nanoTime() > deadline) {
        fail("waited in vain for " + what);
      }
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(5);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** At the same time: Ratis takes up to a second for each. */
  void stopAll() {
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    List<Thread> stopping = new ArrayList<>();
    for (String node : nodes()) {
      stopping.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      stop(node);
                    } catch (IOException | RuntimeException e) {
                      failures.add(e);
                    }
                  }));
    }
    for (Thread thread : stopping) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    assertTrue(failures.isEmpty(), () -> "closing failed: " + failures);
  }

  @Override
  public void close() {
    stopAll();
  }
}
