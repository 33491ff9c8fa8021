package dev.assay.infra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What takes long, is started over the admin port, and then asked after. One runs at a time; the
 * last few can be asked for. Any thread may call.
 */
final class AdminRuns implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminRuns.class);
  private static final int RUNS_KEPT = 16;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<Long, Run> runs = new LinkedHashMap<>();
  private long lastNumber;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

  /** On a thread of its own. */
  @FunctionalInterface
  interface Work {
    /**
     * @return the report, for {@link RunAnswer}
     * @throws AdminError when that is the answer to whoever asks after the run
     */
    Object report(Progress progress) throws AdminError;
  }

  /** How far a run is. Any thread may tell. */
  static final class Progress {
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong total = new AtomicLong();

    void add(long bytes) {
      done.addAndGet(bytes);
    }

    void set(long bytes) {
      done.set(bytes);
    }

    void total(long bytes) {
      total.set(bytes);
    }

    long done() {
      return done.get();
    }
  }

  /**
   * @param what names it, for whoever finds it running
   */
  byte[] start(String what, Work work) throws AdminError {
    Run run;
    synchronized (runs) {
      for (Run other : runs.values()) {
        if (!other.ended()) {
          throw AdminError.conflict(other.what + " is running: run " + other.number);
        }
      }
      run = new Run(++lastNumber, what, work);
      runs.put(run.number, run);
      if (runs.size() > RUNS_KEPT) {
        runs.remove(runs.keySet().iterator().next());
      }
    }
    executor.execute(run);
    return json(run.answer(null));
  }

  /** How far the run is that the request names, or what came of it. */
  byte[] answer(AdminRequest request) throws AdminError {
    String number = request.required("run");
    if (!number.matches("[1-9][0-9]{0,17}")) {
      throw AdminError.badRequest("run is a number");
    }
    Run run;
    synchronized (runs) {
      run = runs.get(Long.valueOf(number));
    }
    if (run == null) {
      throw AdminError.notFound("there is no run " + number + " any more");
    }
    AdminError error = run.error;
    if (error != null) {
      throw new AdminError(error.status(), String.valueOf(error.getMessage()));
    }
    return json(run.answer(run.report));
  }

  static byte[] json(Object answer) {
    try {
      return JSON.writeValueAsBytes(answer);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer is always JSON", e);
    }
  }

  private static final class Run implements Runnable {
    private final long number;
    private final String what;
    private final Work work;
    private final Progress progress = new Progress();
    private volatile @Nullable Object report;
    private volatile @Nullable AdminError error;

    Run(long number, String what, Work work) {
      this.number = number;
      this.what = what;
      this.work = work;
    }

    boolean ended() {
      return report != null || error != null;
    }

    RunAnswer answer(@Nullable Object ended) {
      return new RunAnswer(
          number,
          progress.done.get(),
          progress.total.get(),
          ended == null ? null : JSON.valueToTree(ended));
    }

    @Override
    public void run() {
      try {
        report = work.report(progress);
      } catch (AdminError e) {
        error = e;
      } catch (RuntimeException | Error e) {
        LOG.error("{} failed", what, e);
        error = new AdminError(500, what + " failed, see the log: " + e);
      }
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
    executor.close();
  }
}
