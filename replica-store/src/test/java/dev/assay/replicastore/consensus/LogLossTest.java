package dev.assay.replicastore.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.replicastore.consensus.Group.Role;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Plants losses in a member's files while it is down, and starts it again. */
@Execution(ExecutionMode.CONCURRENT)
class LogLossTest {
  @TempDir Path folder;

  /** Three members with some history, the last of them closed. */
  private TestCluster withHistory() throws IOException {
    TestCluster cluster = TestCluster.inProcess(folder);
    cluster.startAll();
    cluster.appendMany("entry ", 20);
    cluster.awaitAgreement(cluster.append("last"));
    String node = follower(cluster);
    awaitVouched(cluster, node);
    cluster.stop(node);
    return cluster;
  }

  private static String follower(TestCluster cluster) {
    return cluster.others(cluster.leader()).getFirst();
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage());
  }

  private static String down(TestCluster cluster) {
    return cluster.nodes().stream().filter(node -> !cluster.isUp(node)).findFirst().orElseThrow();
  }

  private static void awaitVouched(TestCluster cluster, String node) {
    long lsn = cluster.applier(node).applied().lsn();
    TestCluster.await(
        "a vouch",
        () -> {
          try (VouchFile vouches = VouchFile.open(cluster.folder(node).resolve("vouch"))) {
            Vouch vouch = vouches.of(TestCluster.PARTITION.groupId());
            return vouch != null && vouch.flushed().lsn() >= lsn;
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** Zeros from the middle of the last log file on: Ratis reads them as the end of the log. */
  private static void zeroTheSecondHalf(Path file) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long half = bytes.length() / 2;
      // Find the end of an entry: the first position from which the reader is content.
      for (long end = half; ; end--) {
        byte[] before = new byte[(int) (bytes.length() - end)];
        bytes.seek(end);
        bytes.readFully(before);
        bytes.seek(end);
        bytes.write(new byte[before.length]);
        if (LogFile.at(file).orElseThrow().read(entry -> {}).tail() == LogFile.Tail.CLEAN) {
          return;
        }
        bytes.seek(end);
        bytes.write(before);
      }
    }
  }

  @Test
  void aMemberWhoseLogIsShorterThanItVouchedForCatchesUpWithoutAVote() throws Exception {
    try (TestCluster cluster = withHistory()) {
      String node = down(cluster);
      zeroTheSecondHalf(cluster.logFiles(node).getLast());
      cluster.stopAll();
      cluster.applier(node).loseWhatIsNotDurable();

      // With one healthy member alone there is no majority: the other one has no vote.
      String healthy = cluster.others(node).getFirst();
      cluster.start(node);
      cluster.start(healthy);
      assertEquals(
          List.of(LogFinding.Kind.LOG_SHORT),
          cluster.findings.stream().map(LogFinding::kind).toList());
      assertEquals(Role.CATCHING_UP, cluster.group(node).status().role());
      long term = cluster.group(healthy).status().term();
      TestCluster.await(
          "elections without success",
          () -> cluster.group(healthy).status().role() == Role.CANDIDATE);
      TestCluster.await(
          "a failed election", () -> cluster.group(healthy).status().role() == Role.FOLLOWER);
      assertEquals(term, cluster.group(healthy).status().term());
      assertEquals(Role.CATCHING_UP, cluster.group(node).status().role());

      cluster.start(cluster.others(node).getLast());
      TestCluster.await("a vote again", () -> cluster.group(node).status().role() == Role.FOLLOWER);
      cluster.awaitAgreement(cluster.append("more"));

      // And now it votes: the two of them elect a leader.
      String leader = cluster.leader();
      cluster.stop(leader.equals(node) ? healthy : leader);
      cluster.awaitAgreement(cluster.append("with its vote"));
      assertEquals(List.of(), cluster.fatal);
    }
  }

  @Test
  void aMemberThatLostItsFolderCatchesUpWithoutAVote() throws Exception {
    try (TestCluster cluster = withHistory()) {
      String node = down(cluster);
      TestCluster.delete(cluster.groupFolder(node));
      cluster.applier(node).loseEverything();
      cluster.start(node);
      assertEquals(
          List.of(LogFinding.Kind.VOTE_FILE, LogFinding.Kind.LOG_SHORT),
          cluster.findings.stream().map(LogFinding::kind).toList());
      TestCluster.await("a vote again", () -> cluster.group(node).status().role() == Role.FOLLOWER);
      cluster.awaitAgreement(cluster.append("more"));
    }
  }

  @Test
  void anEmptyReturningMemberCatchesUpWithoutAVote() throws Exception {
    try (TestCluster cluster = withHistory()) {
      String node = down(cluster);
      TestCluster.delete(cluster.folder(node));
      cluster.applier(node).loseEverything();
      cluster.rejoin(node);
      assertEquals(
          List.of(LogFinding.Kind.VOUCH_LOST),
          cluster.findings.stream().map(LogFinding::kind).toList());
      TestCluster.await("a vote again", () -> cluster.group(node).status().role() == Role.FOLLOWER);
      cluster.awaitAgreement(cluster.append("more"));
    }
  }

  @Test
  void aMemberWithoutARecordOfWhatItVouchedForCatchesUpWithoutAVote() throws Exception {
    try (TestCluster cluster = withHistory()) {
      String node = down(cluster);
      TestCluster.delete(cluster.folder(node).resolve("vouch"));
      cluster.start(node);
      assertEquals(
          List.of(LogFinding.Kind.VOUCH_LOST),
          cluster.findings.stream().map(LogFinding::kind).toList());
      TestCluster.await("a vote again", () -> cluster.group(node).status().role() == Role.FOLLOWER);
    }
  }

  @Test
  void aDamagedVoteFileIsReplacedByWhatWasVouchedFor() throws Exception {
    try (TestCluster cluster = withHistory()) {
      String node = down(cluster);
      VoteFile.Vote before = VoteFile.read(cluster.logFolder(node));
      Files.writeString(cluster.logFolder(node).resolve(VoteFile.NAME), "trem=x");
      cluster.start(node);
      assertEquals(
          List.of(LogFinding.Kind.VOTE_FILE),
          cluster.findings.stream().map(LogFinding::kind).toList());
      assertEquals(before, VoteFile.read(cluster.logFolder(node)));
      cluster.awaitAgreement(cluster.append("more"));
    }
  }

  @Test
  void anOlderVoteFileIsReplacedByWhatWasVouchedFor() throws Exception {
    try (TestCluster cluster = withHistory()) {
      String node = down(cluster);
      VoteFile.Vote before = VoteFile.read(cluster.logFolder(node));
      VoteFile.write(cluster.logFolder(node), new VoteFile.Vote(0, null));
      cluster.start(node);
      assertEquals(
          List.of(LogFinding.Kind.VOTE_FILE),
          cluster.findings.stream().map(LogFinding::kind).toList());
      assertEquals(before, VoteFile.read(cluster.logFolder(node)));
    }
  }

  @Test
  void aFlippedBitInTheLogIsAnErrorThatNamesTheFile() throws Exception {
    try (TestCluster cluster = withHistory()) {
      String node = down(cluster);
      Path file = cluster.logFiles(node).getFirst();
      try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
        bytes.seek(100);
        int old = bytes.read();
        bytes.seek(100);
        bytes.write(old ^ 4);
      }
      IOException e = assertThrows(IOException.class, () -> cluster.start(node));
      assertTrue(message(e).contains(file.toString()), message(e));
      assertTrue(message(e).contains("aside"), message(e));

      // What the message says to do works.
      TestCluster.delete(cluster.groupFolder(node));
      cluster.applier(node).loseEverything();
      cluster.joinAgain(node);
      cluster.awaitAgreement(cluster.append("more"));
    }
  }

  @Test
  void aMissingLogFileIsAnErrorThatNamesTheNextOne() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      cluster.startAll();
      String node = cluster.others(cluster.leader()).getFirst();
      cluster.append("x".repeat(200_000));
      cluster.append("y".repeat(200_000));
      cluster.awaitAgreement(cluster.append("z".repeat(200_000)));
      awaitVouched(cluster, node);
      cluster.stop(node);
      List<Path> files = cluster.logFiles(node);
      Files.delete(files.get(1));
      IOException e = assertThrows(IOException.class, () -> cluster.start(node));
      assertTrue(message(e).contains(files.get(2).toString()), message(e));
      assertTrue(message(e).contains("hole"), message(e));
    }
  }

  @Test
  void aLogThatEndsBelowWhatTheApplierHoldsIsDropped() throws Exception {
    try (TestCluster cluster = withHistory()) {
      String node = down(cluster);
      cluster.applier(node).takeSnapshot();
      zeroTheSecondHalf(cluster.logFiles(node).getLast());
      cluster.start(node);
      cluster.awaitAgreement(cluster.append("more"));
      assertEquals(List.of(), cluster.findings);
      assertEquals(List.of(), cluster.fatal);
    }
  }

  @Test
  void aLogThatBeginsAfterWhatTheApplierHoldsIsAnError() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      cluster.startAll();
      cluster.append("x".repeat(200_000));
      cluster.append("y".repeat(200_000));
      cluster.awaitAgreement(cluster.append("z".repeat(200_000)));
      String node = cluster.nodes().getFirst();
      cluster.group(node).requestSnapshot();
      TestCluster.await("a shorter log", () -> cluster.group(node).status().firstLsn() > 0);
      cluster.stop(node);
      cluster.applier(node).loseEverything();
      IOException e = assertThrows(IOException.class, () -> cluster.start(node));
      assertTrue(message(e).contains("the store holds no more than"), message(e));
    }
  }

  @Test
  void aTornEndThatWasNotVouchedForIsCutOff() throws Exception {
    try (TestCluster cluster = withHistory()) {
      String node = down(cluster);
      Path file = cluster.logFiles(node).getLast();
      try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
        bytes.seek(bytes.length());
        bytes.write(new byte[] {20, 8, 1, 16, 99, 7, 7, 7, 7, 7});
      }
      cluster.start(node);
      assertEquals(List.of(), cluster.findings);
      cluster.awaitAgreement(cluster.append("more"));
    }
  }
}
