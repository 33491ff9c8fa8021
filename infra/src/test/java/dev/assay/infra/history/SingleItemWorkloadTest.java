package dev.assay.infra.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.infra.history.FakeDynamo.Trouble;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SingleItemWorkloadTest {
  private static final Duration WAIT = Duration.ofSeconds(30);
  private static final int CLIENTS = 6;
  private static final int OPERATIONS_PER_CLIENT = 150;
  private static final long SEED = 20_261_120;

  private static History run(Trouble trouble) throws Exception {
    try (FakeDynamo dynamo = new FakeDynamo(trouble, SEED);
        WorkloadClient client = new WorkloadClient(dynamo.endpoint(), "t", CLIENTS, WAIT)) {
      client.createTable(WAIT);
      var plan =
          new SingleItemWorkload.Plan(SEED, "k", CLIENTS, 4, OPERATIONS_PER_CLIENT, Duration.ZERO);
      try (SingleItemWorkload workload = SingleItemWorkload.start(List.of(client), plan)) {
        workload.awaitClients();
        workload.readEveryKey(WAIT);
        return workload.history();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Trouble.class,
      names = {"NONE", "FAILS_UNDONE", "FAILS_DONE", "HANGS_UP", "THROTTLES"})
  void honestTroubleIsLinearizable(Trouble trouble) throws Exception {
    History history = run(trouble);
    Verdict verdict = new LinearizabilityChecker().check(history);
    assertInstanceOf(Verdict.Linearizable.class, verdict, verdict::report);
    assertTrue(history.operations().size() >= CLIENTS * OPERATIONS_PER_CLIENT);
    assertTrue(history.count(Outcome.ConditionFailed.class) > 0);
    boolean unknown = trouble != Trouble.NONE && trouble != Trouble.THROTTLES;
    assertEquals(unknown, history.count(Outcome.Unknown.class) > 0);
    assertEquals(trouble == Trouble.THROTTLES, history.count(Outcome.NotDone.class) > 0);
  }

  @ParameterizedTest
  @EnumSource(
      value = Trouble.class,
      names = {"STALE_READ", "LOSES_WRITE", "DOUBLES_ADD", "STALE_CONDITION"})
  void wrongAnswersAreNotLinearizable(Trouble trouble) throws Exception {
    Verdict verdict = new LinearizabilityChecker().check(run(trouble));
    assertInstanceOf(Verdict.NotLinearizable.class, verdict, verdict::report);
  }

  @ParameterizedTest
  @EnumSource(
      value = Trouble.class,
      names = {"MIXES_ITEMS", "REFUSES"})
  void answerThatNoCorrectDatabaseGivesEndsTheRun(Trouble trouble) {
    IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> run(trouble));
    assertTrue(thrown.toString().contains("seed " + SEED));
  }

  @Test
  void refusedConnectionIsNotDone() throws Exception {
    URI nobody;
    try (FakeDynamo dynamo = new FakeDynamo(Trouble.NONE, SEED)) {
      nobody = dynamo.endpoint();
    }
    try (WorkloadClient client = new WorkloadClient(nobody, "t", 1, WAIT)) {
      assertInstanceOf(Outcome.NotDone.class, client.perform("k", new Action.Put(1), true));
    }
  }

  @Test
  void clientGoesOnWithTheNextEndpoint() throws Exception {
    URI nobody;
    try (FakeDynamo dynamo = new FakeDynamo(Trouble.NONE, SEED)) {
      nobody = dynamo.endpoint();
    }
    try (FakeDynamo dynamo = new FakeDynamo(Trouble.NONE, SEED);
        WorkloadClient dead = new WorkloadClient(nobody, "t", 1, WAIT);
        WorkloadClient alive = new WorkloadClient(dynamo.endpoint(), "t", 1, WAIT)) {
      var plan = new SingleItemWorkload.Plan(SEED, "k", 1, 1, 10, Duration.ZERO);
      try (SingleItemWorkload workload = SingleItemWorkload.start(List.of(dead, alive), plan)) {
        workload.awaitClients();
        assertEquals(1, workload.history().count(Outcome.NotDone.class));
      }
    }
  }

  @Test
  void stoppedWorkloadKeepsWhatItRecorded() throws Exception {
    try (FakeDynamo dynamo = new FakeDynamo(Trouble.NONE, SEED);
        WorkloadClient client = new WorkloadClient(dynamo.endpoint(), "t", 2, WAIT)) {
      var plan =
          new SingleItemWorkload.Plan(SEED, "k", 2, 1, Integer.MAX_VALUE, Duration.ofMillis(1));
      try (SingleItemWorkload workload = SingleItemWorkload.start(List.of(client), plan)) {
        while (workload.history().operations().size() < 20) {
          Thread.onSpinWait();
        }
        workload.stop();
        assertEquals(0, workload.history().count(Outcome.Unknown.class));
      }
    }
  }
}
