package dev.assay.infra.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * Clients that work on a few keys at once and record what they see, while a test harms the database
 * under them. Start it, do the harm, {@link #stop}, heal, {@link #readEveryKey}, then judge {@link
 * #history}. One thread controls it.
 *
 * <p>The seed decides what each client asks for, as far as that does not depend on the answers.
 */
public final class SingleItemWorkload implements AutoCloseable {
  private static final long PAUSE_AFTER_TROUBLE_NS = Duration.ofMillis(20).toNanos();
  private static final double ASKING_SHARE = 0.9;

  private final Plan plan;
  private final List<WorkloadClient> endpoints;
  private final HistoryRecorder recorder = new HistoryRecorder(System::nanoTime);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> clients = new ArrayList<>();
  private volatile boolean stopping;

  /**
   * How much of it.
   *
   * @param keyPrefix keys are this and a number; use one that no earlier run used on the table
   * @param operationsPerClient after which a client ends on its own
   * @param pause between an answer and the client's next operation
   */
  public record Plan(
      long seed,
      String keyPrefix,
      int clients,
      int keys,
      int operationsPerClient,
      Duration pause) {}

  private SingleItemWorkload(List<WorkloadClient> endpoints, Plan plan) {
    this.endpoints = List.copyOf(endpoints);
    this.plan = plan;
  }

  /**
   * Starts all clients.
   *
   * @param endpoints a client that meets trouble at one goes on with the next; the caller closes
   *     them
   */
  public static SingleItemWorkload start(List<WorkloadClient> endpoints, Plan plan) {
    SingleItemWorkload workload = new SingleItemWorkload(endpoints, plan);
    for (int client = 0; client < plan.clients; client++) {
      int number = client;
      workload.clients.add(workload.threads.submit(() -> workload.new Client(number).work()));
    }
    return workload;
  }

  /** Everything that was recorded so far; unanswered operations count as unknown. */
  public History history() {
    return recorder.history();
  }

  /**
   * Lets every client finish the operation that it is in.
   *
   * @throws IllegalStateException when a client met an answer that no correct database gives
   */
  public void stop() throws InterruptedException {
    stopping = true;
    awaitClients();
  }

  /** Waits until every client has done all its operations. */
  public void awaitClients() throws InterruptedException {
    for (Future<?> client : clients) {
      try {
        client.get();
      } catch (ExecutionException failed) {
        throw new IllegalStateException(
            "seed " + plan.seed + ": a client could not go on", failed.getCause());
      }
    }
  }

  /**
   * Reads every key once more, each until it answers, so that whatever was acknowledged has to be
   * there.
   *
   * @throws IllegalStateException when a key can't be read within {@code wait}
   */
  public void readEveryKey(Duration wait) {
    long untilNs = System.nanoTime() + wait.toNanos();
    Client reader = new Client(plan.clients);
    for (int key = 0; key < plan.keys; key++) {
      while (!(reader.perform(key(key), new Action.Read(), true) instanceof Outcome.Done)) {
        if (System.nanoTime() > untilNs) {
          throw new IllegalStateException(key(key) + " can't be read after " + wait);
        }
        LockSupport.parkNanos(PAUSE_AFTER_TROUBLE_NS);
      }
    }
  }

  @Override
  public void close() {
    stopping = true;
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("clients still run");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private String key(int number) {
    return plan.keyPrefix + number;
  }

  /** One client: one operation at a time. Its thread alone uses it. */
  private final class Client {
    private final int number;
    private final RandomGenerator random;
    private final Map<String, KeyState> lastSeen = new HashMap<>();
    private int endpoint;

    Client(int number) {
      this.number = number;
      this.random = new Random(plan.seed * 1_000_003 + number);
      this.endpoint = number % endpoints.size();
    }

    void work() {
      for (int serial = 0; serial < plan.operationsPerClient && !stopping; serial++) {
        String key = key(random.nextInt(plan.keys));
        Action action = action(key, serial);
        boolean ask = random.nextDouble() < ASKING_SHARE;
        boolean trouble =
            switch (perform(key, action, ask)) {
              case Outcome.Done _, Outcome.ConditionFailed _ -> false;
              case Outcome.Unknown _, Outcome.NotDone _ -> true;
            };
        if (trouble) {
          endpoint = (endpoint + 1) % endpoints.size();
        }
        LockSupport.parkNanos(trouble ? PAUSE_AFTER_TROUBLE_NS : plan.pause.toNanos());
      }
    }

    Outcome perform(String key, Action action, boolean ask) {
      HistoryRecorder.Invocation invocation = recorder.invoke(number, key, action);
      Outcome outcome = endpoints.get(endpoint).perform(key, action, ask);
      recorder.finish(invocation, outcome);
      remember(key, action, outcome);
      return outcome;
    }

    private void remember(String key, Action action, Outcome outcome) {
      switch (outcome) {
        case Outcome.Done(KeyState seen) when seen != null -> lastSeen.put(key, action.after(seen));
        case Outcome.ConditionFailed(KeyState seen) when seen != null -> lastSeen.put(key, seen);
        case Outcome.Done _, Outcome.ConditionFailed _, Outcome.Unknown _, Outcome.NotDone _ -> {}
      }
    }

    /** Puts write numbers that nobody else writes, with room above each for increments. */
    private Action action(String key, int serial) {
      Action put = new Action.Put((number + 1) * 1_000_000_000_000L + serial * 1_000_000L);
      KeyState expected =
          random.nextInt(10) == 0 ? KeyState.ABSENT : lastSeen.getOrDefault(key, KeyState.ABSENT);
      return switch (random.nextInt(20)) {
        case 0, 1, 2, 3, 4, 5 -> new Action.Read();
        case 6, 7, 8, 9 -> put;
        case 10 -> new Action.Delete();
        case 11, 12, 13 -> new Action.Add(1);
        case 14, 15, 16 -> new Action.If(expected, put);
        case 17, 18 -> new Action.If(expected, new Action.Add(1));
        default -> new Action.If(expected, new Action.Delete());
      };
    }
  }
}
