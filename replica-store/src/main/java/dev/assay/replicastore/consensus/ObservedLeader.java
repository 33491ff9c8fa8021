package dev.assay.replicastore.consensus;

import java.util.List;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;

/** Ratis's leader, and beside it the {@link LeadershipProof}, which hears of every acceptance. */
final class ObservedLeader implements LeaderState {
  private final LeaderState leader;
  private final LeadershipProof proof;

  /** An appender that knows when its messages were made. */
  interface Timed {
    SentMessages sent();
  }

  ObservedLeader(LeaderState leader, LeadershipProof proof) {
    this.leader = leader;
    this.proof = proof;
  }

  @Override
  public void onAppendEntriesReply(LogAppender appender, AppendEntriesReplyProto reply) {
    leader.onAppendEntriesReply(appender, reply);
    boolean accepted =
        reply.getResult() == AppendResult.SUCCESS
            || reply.getResult() == AppendResult.INCONSISTENCY;
    if (accepted && appender instanceof Timed timed) {
      timed
          .sent()
          .answered(
              reply.getServerReply().getCallId(),
              madeNanos ->
                  proof.acknowledged(
                      appender.getFollowerId().toString(), reply.getTerm(), madeNanos));
    }
  }

  @Override
  public void restart(LogAppender appender) {
    leader.restart(appender);
  }

  @Override
  public AppendEntriesRequestProto newAppendEntriesRequestProto(
      FollowerInfo follower, List<LogEntryProto> entries, TermIndex previous, long callId) {
    return leader.newAppendEntriesRequestProto(follower, entries, previous, callId);
  }

  @Override
  public void checkHealth(FollowerInfo follower) {
    leader.checkHealth(follower);
  }

  @Override
  public boolean onFollowerTerm(FollowerInfo follower, long followerTerm) {
    return leader.onFollowerTerm(follower, followerTerm);
  }

  @Override
  public void onFollowerCommitIndex(FollowerInfo follower, long commitIndex) {
    leader.onFollowerCommitIndex(follower, commitIndex);
  }

  @Override
  public void onFollowerSuccessAppendEntries(FollowerInfo follower) {
    leader.onFollowerSuccessAppendEntries(follower);
  }

  @Override
  public boolean isFollowerBootstrapping(FollowerInfo follower) {
    return leader.isFollowerBootstrapping(follower);
  }
}
