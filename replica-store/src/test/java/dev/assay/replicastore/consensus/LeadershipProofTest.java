package dev.assay.replicastore.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LeadershipProofTest {
  private static final long LEASE = 800;
  private static final long PATIENCE = 2000;

  private long now = 1_000_000;
  private final Leader leader = new Leader();

  private static final class Leader implements LeadershipProof.Leadership {
    long term = 5;
    int othersNeeded = 1;
    int asked;

    @Override
    public long readyTerm() {
      return term;
    }

    @Override
    public int othersNeeded() {
      return othersNeeded;
    }

    @Override
    public void askFollowers() {
      asked++;
    }

    @Override
    public @Nullable String otherLeader() {
      return null;
    }
  }

  private LeadershipProof proof(boolean lease) {
    return new LeadershipProof(
        leader, lease, Duration.ofNanos(LEASE), Duration.ofNanos(PATIENCE), () -> now);
  }

  @Test
  void onlyAMessageMadeAfterTheCallProves() {
    LeadershipProof proof = proof(false);
    CompletableFuture<Void> confirmed = proof.confirm();
    assertEquals(1, leader.asked);
    proof.acknowledged("b", 5, now - 1);
    assertFalse(confirmed.isDone());
    proof.acknowledged("b", 5, now);
    assertTrue(confirmed.isDone());
  }

  @Test
  void anAcknowledgementInAnEarlierTermProvesNothing() {
    LeadershipProof proof = proof(false);
    CompletableFuture<Void> confirmed = proof.confirm();
    proof.acknowledged("b", 4, now + 1);
    assertFalse(confirmed.isDone());
  }

  @Test
  void whoComesDuringARoundWaitsForTheNext() {
    LeadershipProof proof = proof(false);
    CompletableFuture<Void> first = proof.confirm();
    long roundBegan = now;
    now += 10;
    CompletableFuture<Void> second = proof.confirm();
    CompletableFuture<Void> third = proof.confirm();
    assertEquals(1, leader.asked);
    now += 10;
    proof.acknowledged("b", 5, roundBegan + 1);
    assertTrue(first.isDone());
    assertFalse(second.isDone());
    assertEquals(2, leader.asked);
    proof.acknowledged("c", 5, now);
    assertTrue(second.isDone());
    assertTrue(third.isDone());
  }

  @Test
  void aMajorityIsNeeded() {
    leader.othersNeeded = 2;
    LeadershipProof proof = proof(false);
    CompletableFuture<Void> confirmed = proof.confirm();
    proof.acknowledged("b", 5, now);
    proof.acknowledged("b", 5, now + 1);
    assertFalse(confirmed.isDone());
    proof.acknowledged("c", 5, now);
    assertTrue(confirmed.isDone());
  }

  @Test
  void aLeaseProvesUntilItIsOver() {
    LeadershipProof proof = proof(true);
    proof.acknowledged("b", 5, now);
    now += LEASE - 1;
    assertTrue(proof.confirm().isDone());
    assertEquals(0, leader.asked);
    now += 1;
    assertFalse(proof.confirm().isDone());
    assertEquals(1, leader.asked);
  }

  @Test
  void aLeaseOfAnotherTermProvesNothing() {
    LeadershipProof proof = proof(true);
    proof.acknowledged("b", 5, now);
    leader.term = 6;
    assertFalse(proof.confirm().isDone());
  }

  @Test
  void thereIsNoLeaseOnceLeadershipIsHandedOver() {
    LeadershipProof proof = proof(true);
    proof.acknowledged("b", 5, now);
    proof.noLease(5);
    assertFalse(proof.confirm().isDone());
    leader.term = 6;
    proof.acknowledged("b", 6, now);
    assertTrue(proof.confirm().isDone());
  }

  @Test
  void roundsEndWhenLeadershipDoes() {
    LeadershipProof proof = proof(false);
    CompletableFuture<Void> first = proof.confirm();
    CompletableFuture<Void> second = proof.confirm();
    leader.term = -1;
    proof.tick();
    assertTrue(first.isCompletedExceptionally());
    assertTrue(second.isCompletedExceptionally());
    assertTrue(proof.confirm().isCompletedExceptionally());
  }

  @Test
  void aRoundThatNobodyAnswersEnds() {
    LeadershipProof proof = proof(false);
    CompletableFuture<Void> confirmed = proof.confirm();
    now += PATIENCE;
    proof.tick();
    assertFalse(confirmed.isDone());
    assertEquals(2, leader.asked);
    now += 1;
    proof.tick();
    assertTrue(confirmed.isCompletedExceptionally());
  }

  @Test
  void aMemberAloneNeedsNobody() {
    leader.othersNeeded = 0;
    assertTrue(proof(false).confirm().isDone());
  }

  @Test
  void answersToForgottenMessagesProveNothing() {
    SentMessages sent = new SentMessages(() -> now);
    sent.make(3);
    now += 5;
    sent.make(3 + 1024);
    long[] seen = {0};
    sent.answered(3, made -> seen[0] = made);
    assertEquals(0, seen[0]);
    sent.answered(3 + 1024, made -> seen[0] = made);
    assertEquals(now, seen[0]);
  }
}
