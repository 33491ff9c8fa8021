package dev.assay.replicastore.consensus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.consensus.Group.NotLeading;
import dev.assay.replicastore.consensus.Group.OutcomeUnknown;
import dev.assay.replicastore.consensus.Group.Role;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a member does for its partition while members come, go, fail and lead. */
@Execution(ExecutionMode.CONCURRENT)
class GroupTest {
  @TempDir Path folder;

  private static Throwable failure(CompletableFuture<?> future) {
    ExecutionException e =
        assertThrows(
            ExecutionException.class,
            () -> future.get(TestCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS));
    return e.getCause() == null ? e : e.getCause();
  }

  private static void succeeds(CompletableFuture<?> future) throws Exception {
    future.get(TestCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void aFollowerRefusesAndNamesTheLeader() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      cluster.startAll();
      String leader = cluster.leader();
      String follower = cluster.others(leader).getFirst();
      cluster.awaitAgreement(cluster.append("entry"));
      NotLeading refused =
          assertInstanceOf(
              NotLeading.class, failure(cluster.group(follower).append("x".getBytes(UTF_8))));
      assertEquals(leader, refused.leader());
      assertInstanceOf(NotLeading.class, failure(cluster.group(follower).confirmLeadership()));
    }
  }

  @Test
  void anEntryThatReachedTheLogOfALeaderWithoutFollowersHasAnUnknownOutcome() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      cluster.startAll();
      cluster.append("before");
      String leader = cluster.leader();
      for (String other : cluster.others(leader)) {
        cluster.stop(other);
      }
      CompletableFuture<Long> lost = cluster.group(leader).append("in between".getBytes(UTF_8));
      Throwable failure = failure(lost);
      if (failure instanceof NotLeading) {
        // It had already noticed; then the entry is in no log.
        assertTrue(!cluster.applier(leader).payloads().contains("in between"));
      } else {
        assertInstanceOf(OutcomeUnknown.class, failure);
      }
      TestCluster.await(
          "stepping down", () -> cluster.group(leader).status().role() != Role.LEADER);
      assertInstanceOf(
          NotLeading.class, failure(cluster.group(leader).append("after".getBytes(UTF_8))));
    }
  }

  @Test
  void leadershipIsConfirmedWithAndWithoutALease() throws Exception {
    for (boolean lease : new boolean[] {true, false}) {
      try (TestCluster cluster =
          TestCluster.inProcess(
              folder.resolve("lease-" + lease), options -> options.withLeaderLease(lease))) {
        cluster.startAll();
        cluster.append("entry");
        Group leader = cluster.group(cluster.leader());
        List<CompletableFuture<Void>> confirmed = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
          confirmed.add(leader.confirmLeadership());
        }
        for (CompletableFuture<Void> each : confirmed) {
          succeeds(each);
        }
      }
    }
  }

  @Test
  void aLeaderWithoutFollowersConfirmsNothing() throws Exception {
    try (TestCluster cluster =
        TestCluster.inProcess(folder, options -> options.withLeaderLease(false))) {
      cluster.startAll();
      cluster.append("entry");
      String leader = cluster.leader();
      for (String other : cluster.others(leader)) {
        cluster.stop(other);
      }
      assertInstanceOf(NotLeading.class, failure(cluster.group(leader).confirmLeadership()));
    }
  }

  @Test
  void steppingDownMakesAnotherMemberLead() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      cluster.startAll();
      cluster.append("before");
      String leader = cluster.leader();
      long term = cluster.group(leader).status().term();
      cluster.group(leader).stepDown();
      TestCluster.await(
          "a later leader",
          () -> {
            String now = cluster.leaderNow();
            return now != null && cluster.group(now).status().term() > term;
          });
      TestCluster.await(
          "being told",
          () -> cluster.applier(leader).told().stream().anyMatch(t -> t.startsWith("following")));
      cluster.awaitAgreement(cluster.append("after"));
    }
  }

  @Test
  void aSnapshotDropsTheLogAndTheMemberStartsAgainWithoutItsBeginning() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      cluster.startAll();
      fillSeveralFiles(cluster);
      for (String node : cluster.nodes()) {
        cluster.group(node).requestSnapshot();
      }
      for (String node : cluster.nodes()) {
        TestCluster.await(
            "a shorter log on " + node, () -> cluster.group(node).status().firstLsn() > 0);
      }
      cluster.stopAll();
      cluster.nodes().forEach(node -> cluster.applier(node).loseWhatIsNotDurable());
      cluster.startAll();
      cluster.awaitAgreement(cluster.append("after"));
      assertEquals(List.of(), cluster.fatal);
      assertEquals(List.of(), cluster.findings);
    }
  }

  private static void fillSeveralFiles(TestCluster cluster) {
    for (int i = 0; i < 4; i++) {
      cluster.append("x".repeat(200_000) + i);
    }
    cluster.awaitAgreement(cluster.append("end"));
  }

  @Test
  void aMemberFarBehindInstallsASnapshot() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      farBehind(cluster);
    }
  }

  @Test
  void aMemberFarBehindInstallsASnapshotOverSockets() throws Exception {
    try (TestCluster cluster = TestCluster.overSockets(folder, Map.of())) {
      farBehind(cluster);
    }
  }

  private static void farBehind(TestCluster cluster) throws Exception {
    cluster.startAll();
    cluster.awaitAgreement(cluster.append("before"));
    String behind = cluster.others(cluster.leader()).getFirst();
    cluster.stop(behind);
    fillSeveralFiles(cluster);
    dropLogs(cluster, behind);
    cluster.start(behind);
    cluster.awaitAgreement(cluster.append("after"));
    assertTrue(cluster.applier(behind).installed() > 0);

    // And it starts again from there.
    cluster.stop(behind);
    cluster.applier(behind).loseWhatIsNotDurable();
    cluster.start(behind);
    cluster.awaitAgreement(cluster.append("again"));
    assertEquals(List.of(), cluster.fatal);
    assertEquals(List.of(), cluster.findings);
  }

  private static void dropLogs(TestCluster cluster, String without) {
    for (String node : cluster.others(without)) {
      cluster.group(node).requestSnapshot();
      TestCluster.await(
          "a shorter log on " + node, () -> cluster.group(node).status().firstLsn() > 2);
    }
  }

  @Test
  void snapshotsAreTakenEverySoManyEntries() throws Exception {
    try (TestCluster cluster =
        TestCluster.inProcess(folder, options -> options.withSnapshotEvery(3))) {
      cluster.startAll();
      fillSeveralFiles(cluster);
      for (String node : cluster.nodes()) {
        TestCluster.await(
            "a shorter log on " + node, () -> cluster.group(node).status().firstLsn() > 0);
      }
    }
  }

  @Test
  void anInstallationThatFailsIsTriedAgain() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      String behind = leaveBehind(cluster);
      cluster.applier(behind).failInstallations(2);
      cluster.start(behind);
      cluster.awaitAgreement(cluster.append("after"));
      assertTrue(cluster.applier(behind).installed() > 0);
      assertEquals(List.of(), cluster.fatal);
    }
  }

  @Test
  void anInstallationThatFailsUnforeseenStopsTheProcess() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      String behind = leaveBehind(cluster);
      cluster.applier(behind).breakInstallations();
      cluster.start(behind);
      TestCluster.await("a fatal stop", () -> !cluster.fatal.isEmpty());
      assertTrue(
          cluster.fatal.getFirst().startsWith(behind + ": installing a snapshot failed: planted"),
          cluster.fatal.getFirst());
    }
  }

  /** Stops a member and drops what it lacks from the others' logs. */
  private static String leaveBehind(TestCluster cluster) throws Exception {
    cluster.startAll();
    cluster.awaitAgreement(cluster.append("before"));
    String behind = cluster.others(cluster.leader()).getFirst();
    cluster.stop(behind);
    fillSeveralFiles(cluster);
    dropLogs(cluster, behind);
    return behind;
  }

  @Test
  void aLogFileDamagedUnderARunningLeaderStopsIt() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      cluster.startAll();
      cluster.awaitAgreement(cluster.append("before"));
      String leader = cluster.leader();
      String behind = cluster.others(leader).getFirst();
      cluster.stop(behind);
      // More files than are kept in memory.
      for (int i = 0; i < 8; i++) {
        cluster.append("x".repeat(200_000) + i);
      }
      for (Path file : cluster.logFiles(leader).subList(1, 4)) {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
          bytes.seek(1000);
          bytes.write('y');
        }
      }
      cluster.start(behind);
      TestCluster.await(
          "the stop", () -> cluster.fatal.stream().anyMatch(what -> what.startsWith(leader)));
      assertTrue(cluster.fatal.getFirst().contains("damaged"), cluster.fatal.getFirst());
    }
  }

  @Test
  void anAddressInUseIsAnErrorThatNamesIt() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      IOException e =
          assertThrows(
              IOException.class,
              () ->
                  RatisConsensus.start(
                      ConsensusOptions.of("node-a", folder, new Transport.Sockets(address, null)),
                      (what, cause) -> {},
                      finding -> {},
                      RandomGenerator.getDefault()));
      assertTrue(String.valueOf(e.getMessage()).contains(address));
    }
  }

  @Test
  void aMemberThatLostEverythingInstallsASnapshot() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      cluster.startAll();
      cluster.awaitAgreement(cluster.append("before"));
      String lost = cluster.others(cluster.leader()).getFirst();
      cluster.stop(lost);
      TestCluster.delete(cluster.groupFolder(lost));
      cluster.applier(lost).loseEverything();
      fillSeveralFiles(cluster);
      dropLogs(cluster, lost);
      cluster.start(lost);
      TestCluster.await("a vote", () -> cluster.group(lost).status().role() == Role.FOLLOWER);
      cluster.awaitAgreement(cluster.append("after"));
      assertTrue(cluster.applier(lost).installed() > 0);
      assertEquals(List.of(), cluster.fatal);
    }
  }

  @Test
  void aReplicaThatCannotApplyStopsAloneAndHandsOverItsLeadership() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      cluster.startAll();
      PartitionId other = new PartitionId(new UUID(8, 8), 0);
      Map<String, RecordingApplier> otherAppliers = new HashMap<>();
      Map<String, Group> otherGroups = new HashMap<>();
      for (String node : cluster.nodes()) {
        otherAppliers.put(node, new RecordingApplier(otherAppliers));
      }
      for (String node : cluster.nodes()) {
        otherGroups.put(
            node,
            cluster.join(node, other, java.util.Objects.requireNonNull(otherAppliers.get(node))));
      }
      long last = cluster.append("before");
      cluster.awaitAgreement(last);
      String leader = cluster.leader();
      long term = cluster.group(leader).status().term();
      cluster.applier(leader).refuse(last + 1);
      Throwable failure = failure(cluster.group(leader).append("poison".getBytes(UTF_8)));
      assertInstanceOf(OutcomeUnknown.class, failure);

      TestCluster.await("stopping", () -> cluster.applier(leader).stoppedBecause() != null);
      assertEquals(Role.STOPPED, cluster.group(leader).status().role());
      assertEquals(last, cluster.applier(leader).applied().lsn());
      TestCluster.await(
          "another leader",
          () -> {
            String now = cluster.leaderNow();
            return now != null && cluster.group(now).status().term() > term;
          });
      long after = cluster.append("after");
      for (String node : cluster.others(leader)) {
        TestCluster.await("applied", () -> cluster.applier(node).applied().lsn() >= after);
        assertEquals(List.of("before", "poison", "after"), cluster.applier(node).payloads());
      }
      assertEquals(last, cluster.applier(leader).applied().lsn());
      // The process and the other group on it go on.
      assertEquals(List.of(), cluster.fatal);
      TestCluster.await(
          "the other group",
          () -> otherGroups.values().stream().anyMatch(g -> g.status().role() == Role.LEADER));
      for (Group group : otherGroups.values()) {
        assertTrue(group.status().role() != Role.STOPPED);
      }
      // It can be joined again, with a store that was made anew.
      cluster.applier(leader).refuse(-1);
      cluster.joinAgain(leader);
      cluster.awaitAgreement(cluster.append("and back"));
    }
  }

  @Test
  void anApplyThatFailsUnforeseenStopsTheProcessAndAcknowledgesNothing() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      cluster.startAll();
      cluster.awaitAgreement(cluster.append("before"));
      String leader = cluster.leader();
      cluster.applier(leader).failToApply();
      Throwable failure = failure(cluster.group(leader).append("poison".getBytes(UTF_8)));
      assertInstanceOf(OutcomeUnknown.class, failure);
      TestCluster.await("the stop", () -> !cluster.fatal.isEmpty());
      assertTrue(cluster.fatal.getFirst().contains("applying entry"), cluster.fatal.getFirst());
    }
  }

  @Test
  void aMemberThatLeavesKeepsItsLogAndOneThatForgetsDoesNot() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      cluster.startAll();
      cluster.awaitAgreement(cluster.append("before"));
      String follower = cluster.others(cluster.leader()).getFirst();
      cluster.consensus(follower).leave(TestCluster.PARTITION);
      assertEquals(Role.STOPPED, cluster.group(follower).status().role());
      assertTrue(Files.exists(cluster.logFolder(follower)));
      cluster.joinAgain(follower);
      cluster.awaitAgreement(cluster.append("after"));
      cluster.consensus(follower).forget(TestCluster.PARTITION);
      assertTrue(Files.notExists(cluster.groupFolder(follower)));
      assertEquals(List.of(), cluster.fatal);
    }
  }

  @Test
  void anEntryOfTheLargestSizeIsAgreedOnAndALargerOneRefused() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      cluster.startAll();
      cluster.awaitAgreement(cluster.append("x".repeat(256 * 1024)));
      Group leader = cluster.group(cluster.leader());
      assertThrows(IllegalArgumentException.class, () -> leader.append(new byte[256 * 1024 + 1]));
    }
  }
}
