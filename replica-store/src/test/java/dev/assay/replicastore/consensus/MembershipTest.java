package dev.assay.replicastore.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What stands between the members and Ratis. */
@Execution(ExecutionMode.CONCURRENT)
class MembershipTest {
  @TempDir Path folder;

  private static AppendEntriesRequestProto.Builder message(long leaderCommit) {
    return AppendEntriesRequestProto.newBuilder().setLeaderCommit(leaderCommit);
  }

  @Test
  void aMessageThatNamesNoEntryBeforeItCommitsOnlyWhatItCarries() {
    assertEquals(-1, Membership.commitOnlyWhatIsCovered(message(0).build()).getLeaderCommit());
    AppendEntriesRequestProto first =
        message(7).addEntries(LogEntryProto.newBuilder().setIndex(2)).build();
    assertEquals(2, Membership.commitOnlyWhatIsCovered(first).getLeaderCommit());
    AppendEntriesRequestProto known =
        message(7).setPreviousLog(TermIndexProto.newBuilder().setIndex(9)).build();
    assertSame(known, Membership.commitOnlyWhatIsCovered(known));
  }

  private static RequestVoteRequestProto askForVote(
      String candidate, String voter, long term, long lastTerm, long lastLsn) {
    return RequestVoteRequestProto.newBuilder()
        .setServerRequest(
            RaftRpcRequestProto.newBuilder()
                .setRequestorId(ByteString.copyFromUtf8(candidate))
                .setReplyId(ByteString.copyFromUtf8(voter))
                .setRaftGroupId(
                    RaftGroupIdProto.newBuilder()
                        .setId(
                            RaftGroupId.valueOf(TestCluster.PARTITION.groupId()).toByteString())))
        .setCandidateTerm(term)
        .setCandidateLastEntry(TermIndexProto.newBuilder().setTerm(lastTerm).setIndex(lastLsn))
        .setPreVote(false)
        .build();
  }

  @Test
  void aVoterThatHearsFromALeaderElectsNoOther() throws Exception {
    InProcessNetwork network = new InProcessNetwork();
    // Long enough that a busy machine does not keep the voter from hearing.
    try (TestCluster cluster =
        TestCluster.inProcess(
            folder,
            network,
            options -> options.withElectionTimeout(Duration.ofSeconds(6), Duration.ofSeconds(7)))) {
      cluster.startAll();
      long last = cluster.append("entry");
      cluster.awaitAgreement(last);
      String leader = cluster.leader();
      String voter = cluster.others(leader).getFirst();
      String candidate = cluster.others(leader).getLast();
      long term = cluster.group(voter).status().term();
      RequestVoteRequestProto request = askForVote(candidate, voter, term + 1, term, last + 10);
      RequestVoteReplyProto reply = network.target(request.getServerRequest()).requestVote(request);
      assertFalse(reply.getServerReply().getSuccess());
      assertEquals(term, reply.getTerm());
      assertEquals(leader, cluster.group(voter).status().leader());
    }
  }

  @Test
  void aVoteIsVouchedForBeforeItIsAnswered() throws Exception {
    InProcessNetwork network = new InProcessNetwork();
    try (TestCluster cluster = TestCluster.inProcess(folder, network, options -> options)) {
      cluster.start("node-a");
      // Alone, it hears from nobody, and a vote is asked of it for a far later term.
      RequestVoteRequestProto request = askForVote("node-b", "node-a", 100, 1, 1);
      RequestVoteReplyProto reply = network.target(request.getServerRequest()).requestVote(request);
      assertTrue(reply.getServerReply().getSuccess());
      try (VouchFile vouches = VouchFile.open(cluster.folder("node-a").resolve("vouch"))) {
        Vouch vouch = vouches.of(TestCluster.PARTITION.groupId());
        assertNotNull(vouch);
        assertEquals(100, vouch.term());
        assertEquals("node-b", vouch.vote());
      }
      assertEquals(new VoteFile.Vote(100, "node-b"), VoteFile.read(cluster.logFolder("node-a")));
    }
  }

  @Test
  void aMemberThatHasJustStartedAgainElectsNobodyForAMoment() throws Exception {
    InProcessNetwork network = new InProcessNetwork();
    try (TestCluster cluster =
        TestCluster.inProcess(
            folder,
            network,
            options ->
                options
                    .withLeaderLease(true)
                    .withElectionTimeout(Duration.ofSeconds(20), Duration.ofSeconds(40)))) {
      cluster.start("node-a");
      RequestVoteRequestProto first = askForVote("node-b", "node-a", 100, 1, 1);
      assertTrue(
          network
              .target(first.getServerRequest())
              .requestVote(first)
              .getServerReply()
              .getSuccess());
      cluster.stop("node-a");
      cluster.start("node-a");
      RequestVoteRequestProto second = askForVote("node-c", "node-a", 101, 1, 1);
      assertFalse(
          network
              .target(second.getServerRequest())
              .requestVote(second)
              .getServerReply()
              .getSuccess());
    }
  }
}
