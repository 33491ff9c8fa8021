package dev.assay.replicastore;

import dev.assay.logformat.Batch;
import dev.assay.logformat.BatchCodec;
import dev.assay.logformat.Fence;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.HybridTime;
import dev.assay.logformat.Mutation;
import dev.assay.replicastore.PartitionReply.NotLeader;
import dev.assay.replicastore.PartitionReply.OutcomeUnknown;
import dev.assay.replicastore.PartitionReply.Overloaded;
import dev.assay.replicastore.PartitionReply.Unavailable;
import dev.assay.replicastore.PartitionRequest.Write;
import dev.assay.replicastore.consensus.Group;
import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the writes of one partition into batches of after-images, on its leader.
 *
 * <p>One thread evaluates requests in order, each over the store plus an {@link Overlay} of what is
 * in flight, and appends the results as batches. A batch takes whatever waits: one request when
 * idle, many under load. Each batch names the batch that it was evaluated after ({@link Fence}), so
 * that a batch of another state is refused by everybody who applies it.
 *
 * <p>When a batch fails after its submission, its outcome is unknown and so is the state that later
 * batches were evaluated on. The pipeline then evaluates nothing until every batch in flight is
 * resolved, drops the overlay, and begins again from what is applied.
 *
 * <p>{@link #write} and {@link #control} are called from any thread and block; {@link #leading},
 * {@link #following} and {@link #applied} from the thread that applies the log.
 */
final class WritePipeline implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WritePipeline.class);
  private static final long CONFIRM_RETRY_MS = 100;

  private final PartitionId partition;
  private final String node;
  private final Group group;
  private final AppliedState state;
  private final Evaluator evaluator;
  private final InstantSource clock;
  private final PipelineOptions options;
  private final Consumer<ReplicaStopped> stopReplica;
  private final Thread thread;

  private final Overlay overlay = new Overlay();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final Deque<InFlightBatch> inFlight = new ArrayDeque<>();
  private Mode mode = Mode.FOLLOWING;
  private @Nullable String leader;
  private long term;
  private long nextSequence;
  private long lastSubmitted;
  private long lastHybridTime;

  private enum Mode {
    FOLLOWING,
    /** Leads, but must first learn what is applied: no evaluation. */
    BEGINNING,
    LEADING,
    CLOSED
  }

  /** A request that is not evaluated yet: a write, or control mutations. */
  private record Waiting(
      @Nullable Write write,
      @Nullable List<Mutation> control,
      CompletableFuture<PartitionReply> reply) {}

  WritePipeline(
      PartitionId partition,
      String node,
      Group group,
      AppliedState state,
      Evaluator evaluator,
      InstantSource clock,
      PipelineOptions options,
      Consumer<ReplicaStopped> stopReplica) {
    this.partition = partition;
    this.node = node;
    this.group = group;
    this.state = state;
    this.evaluator = evaluator;
    this.clock = clock;
    this.options = options;
    this.stopReplica = stopReplica;
    this.thread = Thread.ofVirtual().name("pipeline-" + partition).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  PartitionReply write(Write write) {
    return await(new Waiting(write, null, new CompletableFuture<>()));
  }

  /**
   * Logs mutations that have no key, in one batch: a barrier, or a cut with what belongs to it.
   * Answers {@code Written} with their position.
   */
  PartitionReply control(List<Mutation> mutations) {
    return await(new Waiting(null, List.copyOf(mutations), new CompletableFuture<>()));
  }

  private PartitionReply await(Waiting request) {
    lock.lock();
    try {
      switch (mode) {
        case FOLLOWING -> {
          return new NotLeader(leader);
        }
        case CLOSED -> {
          return new Unavailable("the replica is stopped");
        }
        case BEGINNING, LEADING -> {
          if (waiting.size() >= options.waitingMax()) {
            return new Overloaded();
          }
          waiting.add(request);
          changed.signalAll();
        }
      }
    } finally {
      lock.unlock();
    }
    try {
      return request.reply.get(options.answerTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return withdraw(request, "no answer within " + options.answerTimeout().toMillis() + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return withdraw(request, "interrupted while waiting");
    } catch (ExecutionException e) {
      throw new AssertionError("replies never complete exceptionally", e);
    }
  }

  /**
   * Takes back a request that was not evaluated yet; what became of an evaluated one is unknown.
   */
  private PartitionReply withdraw(Waiting request, String reason) {
    lock.lock();
    try {
      return waiting.remove(request) ? new Unavailable(reason) : new OutcomeUnknown(reason);
    } finally {
      lock.unlock();
    }
  }

  void leading(long newTerm) {
    lock.lock();
    try {
      if (mode == Mode.CLOSED || (newTerm == term && mode != Mode.FOLLOWING)) {
        return;
      }
      giveUpInFlight("a new term began");
      if (newTerm != term) {
        term = newTerm;
        nextSequence = 1;
      }
      leader = node;
      mode = Mode.BEGINNING;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void following(@Nullable String newLeader) {
    lock.lock();
    try {
      leader = newLeader;
      if (mode == Mode.CLOSED || mode == Mode.FOLLOWING) {
        return;
      }
      mode = Mode.FOLLOWING;
      giveUpInFlight("leadership was lost");
      waiting.forEach(request -> request.reply.complete(new NotLeader(newLeader)));
      waiting.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void giveUpInFlight(String reason) {
    inFlight.forEach(batch -> batch.failed(new OutcomeUnknown(reason), new Unavailable(reason)));
    inFlight.clear();
  }

  /**
   * Told of every batch that was applied, after its effect is in the store. One node evaluates in a
   * term, so term and sequence say whether the batch is of this pipeline.
   */
  void applied(long batchTerm, long sequence, boolean accepted, long lsn) {
    lock.lock();
    try {
      InFlightBatch batch = inFlightAt(batchTerm, sequence);
      if (batch == null) {
        return;
      }
      inFlight.remove(batch);
      if (accepted) {
        overlay.applied(batch.sequence);
        batch.accepted(lsn);
      } else {
        PartitionReply nothingDone = new Unavailable("the batch came after another one");
        batch.failed(nothingDone, nothingDone);
        beginAgain();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable InFlightBatch inFlightAt(long batchTerm, long sequence) {
    for (InFlightBatch batch : inFlight) {
      if (batch.term == batchTerm && batch.sequence == sequence) {
        return batch;
      }
    }
    return null;
  }

  private void beginAgain() {
    if (mode == Mode.LEADING) {
      mode = Mode.BEGINNING;
    }
  }

  private void run() {
    try {
      while (true) {
        List<Waiting> requests = next();
        if (requests == null) {
          return;
        }
        if (requests.isEmpty()) {
          begin();
        } else {
          evaluateAndAppend(requests);
        }
      }
    } catch (ReplicaStopped e) {
      close();
      stopReplica.accept(e);
    } catch (RuntimeException | Error e) {
      close();
      stopReplica.accept(new ReplicaStopped(partition + ": writes can't be evaluated any more", e));
    } catch (InterruptedException e) {
      close();
    }
  }

  /** What to do next: requests to evaluate, nothing (begin first), or null (closed). */
  private @Nullable List<Waiting> next() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        switch (mode) {
          case CLOSED -> {
            return null;
          }
          case BEGINNING -> {
            if (inFlight.isEmpty()) {
              return List.of();
            }
          }
          case LEADING -> {
            if (!waiting.isEmpty() && inFlight.size() < options.batchesInFlightMax()) {
              return takeWaiting();
            }
          }
          case FOLLOWING -> {}
        }
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private List<Waiting> takeWaiting() {
    int count = Math.min(waiting.size(), options.batchMutationsMax());
    List<Waiting> taken = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      taken.add(waiting.remove());
    }
    return taken;
  }

  /** Learns what is applied, once leadership is confirmed, and starts to evaluate on it. */
  private void begin() throws InterruptedException {
    long confirmedTerm = currentTerm();
    boolean confirmed = confirmLeadership();
    lock.lock();
    try {
      if (mode != Mode.BEGINNING || term != confirmedTerm || !inFlight.isEmpty()) {
        return;
      }
      if (!confirmed) {
        changed.await(CONFIRM_RETRY_MS, TimeUnit.MILLISECONDS);
        return;
      }
      overlay.clear();
      lastSubmitted = state.acceptedSequence(term);
      nextSequence = Math.max(nextSequence, lastSubmitted + 1);
      lastHybridTime = Math.max(lastHybridTime, state.hybridTime());
      mode = Mode.LEADING;
      log.debug("{}: {} evaluates in term {} after batch {}", partition, node, term, lastSubmitted);
    } finally {
      lock.unlock();
    }
  }

  private long currentTerm() {
    lock.lock();
    try {
      return term;
    } finally {
      lock.unlock();
    }
  }

  private boolean confirmLeadership() throws InterruptedException {
    try {
      group.confirmLeadership().get(options.answerTimeout().toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      log.debug("{}: leadership is not confirmed: {}", partition, e.toString());
      return false;
    }
  }

  private void evaluateAndAppend(List<Waiting> requests) throws ReplicaStopped {
    InFlightBatch batch = new InFlightBatch(term, nextSequence);
    List<Mutation> mutations = new ArrayList<>(requests.size());
    int bytes = 0;
    int evaluated = 0;
    while (evaluated < requests.size() && bytes < options.batchSizeBytes()) {
      bytes += evaluate(requests.get(evaluated++), batch, mutations);
    }
    putBack(requests.subList(evaluated, requests.size()));
    if (mutations.isEmpty()) {
      answerWhenConfirmed(batch);
    } else {
      append(batch, mutations);
    }
  }

  private void putBack(List<Waiting> requests) {
    lock.lock();
    try {
      for (Waiting request : requests.reversed()) {
        if (mode == Mode.FOLLOWING || mode == Mode.CLOSED) {
          request.reply.complete(new NotLeader(leader));
        } else {
          waiting.addFirst(request);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Evaluates one request into the batch; returns about how many bytes it adds. */
  private int evaluate(Waiting request, InFlightBatch batch, List<Mutation> mutations)
      throws ReplicaStopped {
    if (request.control != null) {
      mutations.addAll(request.control);
      batch.addWriter(request.reply, null);
      return 0;
    }
    Write write = Objects.requireNonNull(request.write);
    switch (evaluateWrite(write)) {
      case EvaluatedWrite.Answered(PartitionReply answer) -> {
        batch.addReader(request.reply, answer);
        return 0;
      }
      case EvaluatedWrite.Logged logged -> {
        overlay.put(write.key(), logged.afterImage(), batch.sequence);
        mutations.add(logged.mutation());
        batch.addWriter(request.reply, logged);
        return write.key().length + (logged.afterImage() == null ? 0 : logged.afterImage().length);
      }
    }
  }

  private EvaluatedWrite evaluateWrite(Write write) throws ReplicaStopped {
    Overlay.Image image = overlay.get(write.key());
    byte[] current = image == null ? state.itemAt(write.key()) : image.bytes();
    try {
      return evaluator.evaluate(write, current);
    } catch (FormatException.TooNew e) {
      return new EvaluatedWrite.Answered(new Unavailable(String.valueOf(e.getMessage())));
    } catch (FormatException e) {
      throw new ReplicaStopped(partition + ": an item in the store can't be decoded", e);
    } catch (RuntimeException e) {
      log.error("{}: a request could not be evaluated; nothing was logged for it", partition, e);
      return new EvaluatedWrite.Answered(new OutcomeUnknown("internal error"));
    }
  }

  /**
   * Answers requests that changed nothing: everything that they saw must be applied, and this node
   * must have led after they were evaluated.
   */
  private void answerWhenConfirmed(InFlightBatch readersOnly) {
    CompletableFuture<Boolean> seenApplied;
    lock.lock();
    try {
      if (mode != Mode.LEADING || term != readersOnly.term) {
        readersOnly.refuseReaders(new Unavailable("what it saw in flight may never come to be"));
        return;
      }
      InFlightBatch last = inFlight.peekLast();
      seenApplied = last == null ? CompletableFuture.completedFuture(true) : last.resolved;
    } finally {
      lock.unlock();
    }
    group
        .confirmLeadership()
        .thenCombine(seenApplied, (confirmed, applied) -> applied)
        .whenComplete(
            (applied, failure) -> {
              if (failure == null && applied) {
                readersOnly.answerReaders();
              } else {
                readersOnly.refuseReaders(nothingDone(failure));
              }
            });
  }

  private static PartitionReply nothingDone(@Nullable Throwable failure) {
    if (unwrap(failure) instanceof Group.NotAppended notAppended) {
      return switch (notAppended) {
        case Group.NotLeading notLeading -> new NotLeader(notLeading.leader());
        case Group.TooMuchInFlight _ -> new Overloaded();
      };
    }
    return new Unavailable("leadership could not be confirmed");
  }

  private void append(InFlightBatch batch, List<Mutation> mutations) {
    byte[] payload;
    lock.lock();
    try {
      if (mode != Mode.LEADING || term != batch.term) {
        PartitionReply nothingDone = new NotLeader(leader);
        batch.failed(nothingDone, nothingDone);
        return;
      }
      lastHybridTime = HybridTime.next(lastHybridTime, clock.millis());
      Fence fence = new Fence(term, nextSequence, lastSubmitted, node);
      payload =
          BatchCodec.encode(
              new Batch(partition.table(), partition.number(), fence, lastHybridTime, mutations));
      lastSubmitted = nextSequence++;
      inFlight.add(batch);
    } finally {
      lock.unlock();
    }
    group
        .append(payload)
        .whenComplete(
            (lsn, failure) -> {
              if (failure != null) {
                failed(batch, Objects.requireNonNull(unwrap(failure)));
              }
            });
  }

  private void failed(InFlightBatch batch, Throwable failure) {
    lock.lock();
    try {
      if (!inFlight.remove(batch)) {
        return;
      }
      if (failure instanceof Group.NotAppended notAppended) {
        PartitionReply nothingDone = nothingDone(notAppended);
        batch.failed(nothingDone, nothingDone);
      } else {
        batch.failed(
            new OutcomeUnknown(failure.toString()), new Unavailable("the batch before it failed"));
      }
      beginAgain();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static @Nullable Throwable unwrap(@Nullable Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  int waitingCount() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** Answers everybody who waits and ends the thread. */
  @Override
  public void close() {
    lock.lock();
    try {
      mode = Mode.CLOSED;
      giveUpInFlight("the replica stopped");
      waiting.forEach(request -> request.reply.complete(new Unavailable("the replica stopped")));
      waiting.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
