package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Sha256;
import dev.assay.replicastore.LeaderAccess;
import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionRequest;
import dev.assay.replicastore.Signer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class SignerPublicationTest {
  private static final List<String> NODES = List.of("node-a", "node-b", "node-c");
  private static final Signer SIGNER =
      new Signer(Sha256.of(new byte[] {1}), "node-a", "a certificate", Sha256.of(new byte[] {2}));
  private static final int PATIENCE_SECONDS = 60;

  /** A metadata leader that gives these answers, one after the other. */
  private static final class Answers implements LeaderAccess {
    private final Queue<PartitionReply> left;
    private final CountDownLatch allGiven = new CountDownLatch(1);

    Answers(PartitionReply... answers) {
      left = new ArrayDeque<>(List.of(answers));
    }

    @Override
    public synchronized PartitionReply ask(List<String> replicas, PartitionRequest request) {
      assertEquals(NODES, replicas);
      PartitionReply answer = left.remove();
      if (left.isEmpty()) {
        allGiven.countDown();
      }
      return answer;
    }

    void awaitAllGiven() throws InterruptedException {
      assertTrue(allGiven.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }
  }

  @Test
  void aKeyIsPublishedAgainUntilItIsThere() throws Exception {
    Answers answers =
        new Answers(
            new PartitionReply.Unavailable("no leader yet"),
            new PartitionReply.OutcomeUnknown("no answer in time"),
            new PartitionReply.Written(7, null, null));
    try (SignerPublication publication = SignerPublication.start(SIGNER, answers, NODES)) {
      answers.awaitAllGiven();
      assertEquals("signer-node-a", publication.name());
      assertNull(publication.problem());
    }
  }

  @Test
  void anotherCertificateUnderTheSameFingerprintIsAProblem() throws Exception {
    Answers answers =
        new Answers(new PartitionReply.ConditionFailed(null), new PartitionReply.Got(null));
    try (SignerPublication publication = SignerPublication.start(SIGNER, answers, NODES)) {
      String problem = awaitProblem(publication);
      assertTrue(problem.contains("another certificate, node or root"), problem);
      assertTrue(problem.contains(SIGNER.fingerprint().toString()), problem);
    }
  }

  @Test
  void whatNobodyForesawIsAProblem() throws Exception {
    try (SignerPublication publication = SignerPublication.start(SIGNER, new Answers(), NODES)) {
      assertTrue(awaitProblem(publication).contains("can't be published"), publication.problem());
    }
  }

  private static String awaitProblem(SignerPublication publication) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (publication.problem() == null && System.nanoTime() < deadline) {
      LockSupport.parkNanos(10_000_000);
    }
    return String.valueOf(publication.problem());
  }

  @Test
  void stoppingEndsTheAttempts() throws Exception {
    LeaderAccess nobody = (_, _) -> new PartitionReply.Unavailable("no leader");
    SignerPublication publication = SignerPublication.start(SIGNER, nobody, NODES);
    publication.close();
    assertNull(publication.problem());
  }
}
