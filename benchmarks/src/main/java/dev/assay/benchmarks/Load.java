package dev.assay.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Puts a steady load on an endpoint: so many connections, each with one request at a time.
 *
 * <p>The next request waits for the answer to the one before, so a server that stalls is asked less
 * while it stalls, and its worst latencies count for less than a customer would feel. Both sides
 * are measured the same way.
 */
final class Load {
  private static final long LATENCY_MAX_NS = TimeUnit.MINUTES.toNanos(1);
  private static final int DIGITS = 3;
  private static final int END = -1;

  private Load() {}

  /**
   * What one round gave.
   *
   * @param clientCpuNs of this process, which shares the machine with the server
   * @param serverCpuNs -1 when the server's process is not known
   * @param machineCpuNs of all processes
   */
  record Round(
      long answers,
      long errors,
      long elapsedNs,
      Histogram ns,
      long clientCpuNs,
      long serverCpuNs,
      long machineCpuNs) {

    /** What neither the client nor this server took of the machine's processors. */
    double othersShare() {
      double othersNs = machineCpuNs - clientCpuNs - (double) serverCpuNs;
      double allNs = (double) elapsedNs * Runtime.getRuntime().availableProcessors();
      return serverCpuNs < 0 ? Double.NaN : Math.max(0, othersNs / allNs);
    }

    double perSecond() {
      return answers * 1e9 / elapsedNs;
    }

    double microseconds(double percentile) {
      return ns.getValueAtPercentile(percentile) / 1e3;
    }

    double clientCpuMicrosecondsPerAnswer() {
      return clientCpuNs / 1e3 / Math.max(1, answers);
    }

    double serverCpuMicrosecondsPerAnswer() {
      return serverCpuNs < 0 ? Double.NaN : serverCpuNs / 1e3 / Math.max(1, answers);
    }
  }

  /**
   * Runs one round.
   *
   * @param keys requests choose uniformly among the numbers below this
   */
  static Round run(
      IntConsumer request,
      int connections,
      int keys,
      long durationNs,
      long seed,
      @Nullable ProcessUse server)
      throws IOException, InterruptedException {
    long endNs = System.nanoTime() + durationNs;
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      Random random = new Random(seed * 1_000 + i);
      all.add(
          new Connection(request, () -> System.nanoTime() < endNs ? random.nextInt(keys) : END));
    }
    return run(all, server);
  }

  /**
   * Runs one round at a fixed rate, as far as the connections can keep up with it. Each connection
   * asks at regular times, and a request's latency counts from the time at which it was due: so a
   * stall is felt by every request that it delays.
   *
   * @param perSecond of all connections together
   */
  static Round paced(
      IntConsumer request,
      int connections,
      double perSecond,
      int keys,
      long durationNs,
      long seed,
      @Nullable ProcessUse server)
      throws IOException, InterruptedException {
    long intervalNs = Math.max(1, Math.round(connections * 1e9 / perSecond));
    long startNs = System.nanoTime();
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      Random random = new Random(seed * 1_000 + i);
      long firstNs = startNs + intervalNs * i / connections;
      AtomicInteger sent = new AtomicInteger();
      all.add(
          new Connection(
              request,
              () -> sent.get() * intervalNs < durationNs ? random.nextInt(keys) : END,
              () -> firstNs + sent.getAndIncrement() * intervalNs));
    }
    return run(all, server);
  }

  /** Asks for each key once, in this order, and no connection waits for another. */
  static Round each(IntConsumer request, int connections, int[] keys)
      throws IOException, InterruptedException {
    AtomicInteger next = new AtomicInteger();
    IntSupplier following =
        () -> {
          int at = next.getAndIncrement();
          return at < keys.length ? keys[at] : END;
        };
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      all.add(new Connection(request, following));
    }
    return run(all, null);
  }

  private static Round run(List<Connection> connections, @Nullable ProcessUse server)
      throws IOException, InterruptedException {
    long clientBefore = clientCpuNs();
    long serverBefore = server == null ? 0 : server.cpuNs();
    long machineBefore = ProcessUse.machineCpuNs();
    long startNs = System.nanoTime();
    List<Future<Connection>> running = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(connections.size())) {
      connections.forEach(connection -> running.add(threads.submit(connection::work)));
    }
    long elapsedNs = System.nanoTime() - startNs;
    long machineCpuNs = ProcessUse.machineCpuNs() - machineBefore;
    long clientCpuNs = clientCpuNs() - clientBefore;
    long serverCpuNs = server == null ? -1 : server.cpuNs() - serverBefore;
    Histogram ns = new Histogram(LATENCY_MAX_NS, DIGITS);
    long errors = 0;
    for (Future<Connection> one : running) {
      try {
        ns.add(one.get().ns);
        errors += one.get().errors;
      } catch (ExecutionException failed) {
        throw new IllegalStateException("a connection's thread failed", failed.getCause());
      }
    }
    return new Round(
        ns.getTotalCount(), errors, elapsedNs, ns, clientCpuNs, serverCpuNs, machineCpuNs);
  }

  private static long clientCpuNs() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getProcessCpuTime();
  }

  /** One request after the other. Its thread alone uses it. */
  private static final class Connection {
    private final IntConsumer request;
    private final IntSupplier keys;
    private final LongSupplier due;
    private final Histogram ns = new Histogram(LATENCY_MAX_NS, DIGITS);
    private long errors;

    /**
     * @param keys gives {@link #END} after the last
     */
    Connection(IntConsumer request, IntSupplier keys) {
      this(request, keys, System::nanoTime);
    }

    /**
     * @param due when the next request is to be sent, from which its latency counts; asked once for
     *     each
     */
    Connection(IntConsumer request, IntSupplier keys, LongSupplier due) {
      this.request = request;
      this.keys = keys;
      this.due = due;
    }

    Connection work() {
      for (int key = keys.getAsInt(); key != END; key = keys.getAsInt()) {
        long sentNs = due.getAsLong();
        for (long waitNs = sentNs - System.nanoTime();
            waitNs > 0;
            waitNs = sentNs - System.nanoTime()) {
          LockSupport.parkNanos(waitNs);
        }
        try {
          request.accept(key);
          ns.recordValue(Math.min(System.nanoTime() - sentNs, LATENCY_MAX_NS));
        } catch (RuntimeException failed) {
          errors++;
          if (errors == 1) {
            System.err.println("error: " + failed);
          }
        }
      }
      return this;
    }
  }
}
