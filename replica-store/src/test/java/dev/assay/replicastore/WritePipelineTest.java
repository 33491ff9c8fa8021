package dev.assay.replicastore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.HybridTime;
import dev.assay.logformat.Item;
import dev.assay.logformat.ItemCodec;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.Value;
import dev.assay.replicastore.FakeGroup.Appended;
import dev.assay.replicastore.PartitionReply.ConditionFailed;
import dev.assay.replicastore.PartitionReply.NotLeader;
import dev.assay.replicastore.PartitionReply.OutcomeUnknown;
import dev.assay.replicastore.PartitionReply.Overloaded;
import dev.assay.replicastore.PartitionReply.Unavailable;
import dev.assay.replicastore.PartitionReply.Written;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.PartitionRequest.Write;
import dev.assay.replicastore.consensus.Group;
import dev.assay.replicastore.expression.Bindings;
import dev.assay.replicastore.expression.ParsedExpressions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WritePipelineTest {
  private static final PartitionId PARTITION = new PartitionId(new UUID(1, 2), 0);
  private static final PipelineOptions OPTIONS =
      new PipelineOptions(1, 100, 1 << 20, 20, Duration.ofSeconds(60));

  private final FakeGroup group = new FakeGroup();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private WritePipeline pipeline;

  @BeforeEach
  void lead() {
    pipeline = pipelineWith(OPTIONS);
    pipeline.leading(1);
  }

  @AfterEach
  void close() {
    pipeline.close();
    callers.close();
  }

  private WritePipeline pipelineWith(PipelineOptions options) {
    WritePipeline made =
        new WritePipeline(
            PARTITION,
            "node-a",
            group,
            group,
            new Evaluator(new ParsedExpressions(10_000)),
            InstantSource.fixed(Instant.ofEpochMilli(1_000)),
            options,
            stopped -> {
              throw new AssertionError(stopped);
            });
    made.start();
    return made;
  }

  @Test
  void aLoneRequestTravelsAlone() throws Exception {
    var reply = put("k", 1);
    Appended batch = group.next();
    assertEquals(1, batch.batch().mutations().size());
    assertFalse(reply.isDone());
    assertTrue(group.apply(batch, 1, pipeline));
    assertInstanceOf(Written.class, get(reply));
  }

  @Test
  void requestsThatWaitTravelTogether() throws Exception {
    var first = put("first", 1);
    Appended lone = group.next();
    List<CompletableFuture<PartitionReply>> gathered = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      gathered.add(put("k" + i, i));
    }
    until(() -> pipeline.waitingCount() == 10);
    group.apply(lone, 1, pipeline);
    Appended many = group.next();
    assertEquals(10, many.batch().mutations().size());
    group.apply(many, 1, pipeline);
    assertInstanceOf(Written.class, get(first));
    for (var reply : gathered) {
      assertInstanceOf(Written.class, get(reply));
    }
  }

  @Test
  void aRequestIsEvaluatedOnWhatIsInFlight() throws Exception {
    useTwoInFlight();
    var first = put("k", 1);
    Appended one = group.next();
    var second = write("k", putOf("k", 2), "v = :one", bind(":one", 1));
    Appended two = group.next();
    assertEquals(one.batch().fence().sequence(), two.batch().fence().follows());
    group.apply(one, 1, pipeline);
    group.apply(two, 1, pipeline);
    assertInstanceOf(Written.class, get(first));
    Written written = assertInstanceOf(Written.class, get(second));
    assertEquals(item("k", 1), written.before());
    assertEquals(item("k", 2), written.after());
  }

  @Test
  void aRefusedConditionWaitsForWhatItSaw() throws Exception {
    useTwoInFlight();
    var first = put("k", 1);
    Appended one = group.next();
    int confirmations = group.confirmations.get();
    var refused = write("k", putOf("k", 2), "v = :two", bind(":two", 2));
    until(() -> group.confirmations.get() > confirmations);
    assertFalse(refused.isDone(), "what it saw is not applied yet");
    group.apply(one, 1, pipeline);
    assertInstanceOf(Written.class, get(first));
    ConditionFailed failed = assertInstanceOf(ConditionFailed.class, get(refused));
    assertEquals(item("k", 1), failed.current());
  }

  @Test
  void aRefusedConditionWaitsForConfirmedLeadership() throws Exception {
    put("k", 1);
    group.apply(group.next(), 1, pipeline);
    CompletableFuture<Void> held = new CompletableFuture<>();
    group.heldConfirmation = held;
    int confirmations = group.confirmations.get();
    var refused = write("k", putOf("k", 2), "v = :two", bind(":two", 2));
    until(() -> group.confirmations.get() > confirmations);
    assertFalse(refused.isDone());
    held.complete(null);
    assertInstanceOf(ConditionFailed.class, get(refused));
  }

  @Test
  void aRefusedConditionOfALeaderThatWasReplacedIsNotAnswered() throws Exception {
    put("k", 1);
    group.apply(group.next(), 1, pipeline);
    group.confirms = false;
    var refused = write("k", putOf("k", 2), "v = :two", bind(":two", 2));
    assertEquals(new NotLeader("node-b"), get(refused));
  }

  @Test
  void anErrorAfterSubmissionIsAnUnknownOutcomeAndDropsTheOverlay() throws Exception {
    var lost = put("k", 1);
    group.next().future().completeExceptionally(new IOException("unavailable"));
    assertInstanceOf(OutcomeUnknown.class, get(lost));
    var next = write("k", putOf("k", 2), "attribute_not_exists(k)", Bindings.NONE);
    Appended batch = group.next();
    assertEquals(0, batch.batch().fence().follows());
    assertTrue(group.apply(batch, 1, pipeline), "the lost put is not in the overlay any more");
    assertInstanceOf(Written.class, get(next));
  }

  @Test
  void afterAnErrorNothingIsEvaluatedBeforeAllThatWasInFlightIsResolved() throws Exception {
    useTwoInFlight();
    put("one", 1);
    Appended one = group.next();
    put("two", 2);
    Appended two = group.next();
    one.future().completeExceptionally(new IOException("unavailable"));
    var third = put("three", 3);
    assertTrue(group.nothingComes());
    group.apply(one, 1, pipeline);
    assertTrue(group.nothingComes());
    group.apply(two, 1, pipeline);
    group.apply(group.next(), 1, pipeline);
    assertInstanceOf(Written.class, get(third));
  }

  @Test
  void aNewTermEvaluatesNothingBeforeLeadershipIsConfirmed() throws Exception {
    CompletableFuture<Void> held = new CompletableFuture<>();
    group.heldConfirmation = held;
    pipeline.following(null);
    pipeline.leading(2);
    var reply = put("k", 1);
    assertTrue(group.nothingComes());
    held.complete(null);
    group.apply(group.next(), 2, pipeline);
    assertInstanceOf(Written.class, get(reply));
  }

  @Test
  void timeDoesNotGoBackWhenTheNewLeadersClockIsBehind() throws Exception {
    pipeline.following(null);
    group.hybridTime = HybridTime.next(0, 5_000);
    pipeline.leading(2);
    put("k", 1);
    long first = group.next().batch().hybridTime();
    assertTrue(first > group.hybridTime, "this leader's clock says 1,000 ms");
  }

  @Test
  void aConditionRefusedOnWhatNeverCameToBeIsNotAnswered() throws Exception {
    useTwoInFlight();
    put("other", 1);
    Appended accepted = group.next();
    put("k", 1);
    Appended refusedLater = group.next();
    var onOverlay = write("k", putOf("k", 2), "v = :two", bind(":two", 2));
    until(() -> pipeline.waitingCount() == 1);
    var last = write("hook", putOf("hook", 2), "v = :two", bind(":two", 2));
    until(() -> pipeline.waitingCount() == 2);
    group.onRead =
        key -> {
          if (Arrays.equals(key, key("hook"))) {
            group.apply(refusedLater, 2, pipeline);
          }
        };
    group.apply(accepted, 1, pipeline);
    assertInstanceOf(Unavailable.class, get(onOverlay));
    assertInstanceOf(Unavailable.class, get(last));
  }

  @Test
  void aSequenceIsNeverUsedTwiceInATerm() throws Exception {
    put("k", 1);
    Appended lost = group.next();
    lost.future().completeExceptionally(new IOException("unavailable"));
    put("k", 2);
    Appended next = group.next();
    assertTrue(next.batch().fence().sequence() > lost.batch().fence().sequence());
    pipeline.following(null);
    pipeline.leading(1);
    put("k", 3);
    assertTrue(group.next().batch().fence().sequence() > next.batch().fence().sequence());
  }

  @Test
  void aBatchThatComesLateIsNotMixedWithItsSuccessors() throws Exception {
    put("k", 1);
    Appended late = group.next();
    late.future().completeExceptionally(new IOException("unavailable"));
    var next = write("k", putOf("k", 2), "attribute_not_exists(k)", Bindings.NONE);
    Appended evaluatedWithoutIt = group.next();
    assertTrue(group.apply(late, 1, pipeline), "it was in the log after all");
    assertFalse(group.apply(evaluatedWithoutIt, 1, pipeline), "evaluated on another state");
    assertInstanceOf(Unavailable.class, get(next), "certainly nothing was done for it");
    var third = write("k", putOf("k", 3), "v = :one", bind(":one", 1));
    Appended batch = group.next();
    assertTrue(group.apply(batch, 1, pipeline));
    assertInstanceOf(Written.class, get(third));
  }

  @Test
  void aBatchThatComesAfterItsSuccessorIsRefused() throws Exception {
    put("k", 1);
    Appended late = group.next();
    late.future().completeExceptionally(new IOException("unavailable"));
    put("k", 2);
    assertTrue(group.apply(group.next(), 1, pipeline));
    assertFalse(group.apply(late, 1, pipeline));
    assertEquals(item("k", 2), ItemCodec.decode(Objects.requireNonNull(group.itemAt(key("k")))));
  }

  @Test
  void aBatchOfAnEarlierTermIsRefused() throws Exception {
    var lost = put("k", 1);
    Appended early = group.next();
    pipeline.following("node-b");
    assertInstanceOf(OutcomeUnknown.class, get(lost));
    assertFalse(group.apply(early, 2, pipeline));
  }

  @Test
  void losingLeadershipAnswersThoseWhoWait() throws Exception {
    var submitted = put("k", 1);
    group.next();
    var waiting = put("k", 2);
    until(() -> pipeline.waitingCount() == 1);
    pipeline.following("node-b");
    assertInstanceOf(OutcomeUnknown.class, get(submitted));
    assertEquals(new NotLeader("node-b"), get(waiting));
    assertEquals(new NotLeader("node-b"), get(put("k", 3)));
  }

  @Test
  void anAppendRefusedForWantOfLeadershipDidNothing() throws Exception {
    var refused = put("k", 1);
    group.next().future().completeExceptionally(new Group.NotLeading("node-c"));
    assertEquals(new NotLeader("node-c"), get(refused));
  }

  @Test
  void tooManyWaitingAreTurnedAway() throws Exception {
    put("first", 1);
    group.next();
    for (int i = 0; i < OPTIONS.waitingMax(); i++) {
      put("k" + i, i);
    }
    until(() -> pipeline.waitingCount() == OPTIONS.waitingMax());
    assertEquals(new Overloaded(), get(put("one more", 1)));
  }

  @Test
  void aRequestThatIsNotEvaluatedInTimeIsCertainlyNotDone() throws Exception {
    pipeline.close();
    pipeline = pipelineWith(new PipelineOptions(1, 100, 1 << 20, 20, Duration.ofMillis(50)));
    pipeline.leading(2);
    var submitted = put("first", 1);
    group.next();
    var waiting = put("second", 2);
    assertInstanceOf(OutcomeUnknown.class, get(submitted));
    assertInstanceOf(Unavailable.class, get(waiting));
  }

  @Test
  void anInvalidUpdateChangesNothing() throws Exception {
    put("k", 1);
    group.apply(group.next(), 1, pipeline);
    var invalid =
        write(
            "k",
            new Change.Update(keyItem("k"), "SET v = v + :text"),
            null,
            new Bindings(Map.of(), Map.of(":text", new Value.Text("x"))));
    assertEquals(
        new PartitionReply.Invalid(
            "Invalid UpdateExpression: Incorrect operand type for operator or function;"
                + " operator or function: +, operand type: S"),
        get(invalid));
    assertTrue(group.nothingAppended());
  }

  @Test
  void anUpdateThatOnlyRemovesMakesNoItem() throws Exception {
    var reply = write("k", new Change.Update(keyItem("k"), "REMOVE v"), null, Bindings.NONE);
    group.apply(group.next(), 1, pipeline);
    assertEquals(null, assertInstanceOf(Written.class, get(reply)).after());
    assertEquals(null, group.itemAt(key("k")));
  }

  @Test
  void aBarrierIsLoggedInItsTurn() throws Exception {
    UUID run = new UUID(3, 4);
    var reply =
        CompletableFuture.supplyAsync(
            () -> pipeline.control(List.of(new Mutation.Barrier(run))), callers);
    Appended batch = group.next();
    assertEquals(List.of(new Mutation.Barrier(run)), batch.batch().mutations());
    group.apply(batch, 1, pipeline);
    assertInstanceOf(Written.class, get(reply));
  }

  @Test
  void aHeadTravelsInOneBatchWithItsCut() throws Exception {
    List<Mutation> both =
        List.of(new Mutation.ArchiveHead(7, Sha256.of(new byte[] {7})), new Mutation.Cut());
    var reply = CompletableFuture.supplyAsync(() -> pipeline.control(both), callers);
    Appended batch = group.next();
    assertEquals(both, batch.batch().mutations());
    group.apply(batch, 1, pipeline);
    assertInstanceOf(Written.class, get(reply));
  }

  private void useTwoInFlight() {
    pipeline.close();
    pipeline = pipelineWith(new PipelineOptions(2, 100, 1 << 20, 20, Duration.ofSeconds(60)));
    pipeline.leading(1);
  }

  private CompletableFuture<PartitionReply> put(String key, long value) {
    return write(key, putOf(key, value), null, Bindings.NONE);
  }

  private CompletableFuture<PartitionReply> write(
      String key, Change change, @Nullable String condition, Bindings bindings) {
    Write write = new Write(PARTITION, key(key), change, condition, bindings);
    return CompletableFuture.supplyAsync(() -> pipeline.write(write), callers);
  }

  private static byte[] key(String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }

  private static Change putOf(String key, long value) {
    return new Change.Put(item(key, value));
  }

  private static Item item(String key, long value) {
    return new Item(Map.of("k", new Value.Text(key), "v", Value.Num.of(value)));
  }

  private static Item keyItem(String key) {
    return new Item(Map.of("k", new Value.Text(key)));
  }

  private static Bindings bind(String name, long value) {
    return new Bindings(Map.of(), Map.of(name, Value.Num.of(value)));
  }

  private static PartitionReply get(CompletableFuture<PartitionReply> reply) throws Exception {
    return reply.get(20, TimeUnit.SECONDS);
  }

  private static void until(BooleanSupplier condition) {
    for (int i = 0; i < 20_000; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      LockSupport.parkNanos(1_000_000);
    }
    throw new AssertionError("waited in vain");
  }
}
