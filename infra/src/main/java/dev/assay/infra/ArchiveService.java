package dev.assay.infra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.archiver.AgentStatus;
import dev.assay.archiver.ArchiveVerification;
import dev.assay.archiver.ArchiveVerifier;
import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.archiver.ExpectedPartition;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers questions about the archive on the admin port: its status, and verifications, which are
 * started and then asked after. One verification runs at a time; the last few can be asked for.
 *
 * <p>What the archive is expected to hold comes from the agents of this process's nodes. Any thread
 * may call.
 */
final class ArchiveService implements AutoCloseable {
  static final String STATUS = "/api/v1/archive/status";
  static final String VERIFY = "/api/v1/archive/verify";

  private static final Logger LOG = LoggerFactory.getLogger(ArchiveService.class);
  private static final int RUNS_KEPT = 16;
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final List<NodeArchive> nodes;
  private final InstantSource clock = InstantSource.system();
  private final Map<Long, Run> runs = new LinkedHashMap<>();
  private final AtomicLong runNumbers = new AtomicLong();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * @param table null for all
   * @param partition null for all of the table
   */
  record VerifyRequest(@Nullable String table, @Nullable Integer partition, boolean deep) {}

  /**
   * @param bytesTotal 0 while it is not known
   * @param report null while it runs
   */
  record VerifyRun(
      long run, long bytesDone, long bytesTotal, @Nullable ArchiveVerifyReport report) {}

  /**
   * @param nodes at least one
   */
  ArchiveService(List<NodeArchive> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  Map<String, AdminRoute> routes() {
    return Map.of(
        STATUS, AdminRoute.get(_ -> json(status())),
        VERIFY, AdminRoute.get(this::progress).andPost(this::start));
  }

  private ArchiveReport status() {
    NodeArchive.Setup setup = nodes.getFirst().setup();
    return ArchiveReport.of(
        nodes.stream()
            .map(node -> new ArchiveReport.Told(node.node(), node.statuses(), node.findings()))
            .toList(),
        setup.keys().root().fingerprint().toString(),
        setup.options(),
        clock.millis());
  }

  private static byte[] json(Object answer) {
    try {
      return JSON.writeValueAsBytes(answer);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer is always JSON", e);
    }
  }

  private byte[] start(AdminRequest request) throws AdminError {
    VerifyRequest wanted;
    try {
      wanted = JSON.readValue(request.body(), VerifyRequest.class);
      if (wanted == null) {
        throw AdminError.badRequest("the body is empty");
      }
    } catch (IOException e) {
      throw AdminError.badRequest("the body is not {\"table\", \"partition\", \"deep\"}");
    }
    Run run = new Run(runNumbers.incrementAndGet(), wanted.deep, expected(wanted));
    synchronized (runs) {
      for (Run other : runs.values()) {
        if (other.answer.report == null) {
          throw new AdminError(
              409, "a verification of the archive is running: run " + other.number);
        }
      }
      runs.put(run.number, run);
      if (runs.size() > RUNS_KEPT) {
        runs.remove(runs.keySet().iterator().next());
      }
    }
    executor.execute(run);
    return json(run.answer);
  }

  private byte[] progress(AdminRequest request) throws AdminError {
    String number = request.required("run");
    if (!number.matches("[1-9][0-9]{0,17}")) {
      throw AdminError.badRequest("run is a number");
    }
    synchronized (runs) {
      Run run = runs.get(Long.valueOf(number));
      if (run == null) {
        throw new AdminError(404, "there is no run " + number + " any more");
      }
      return json(run.answer);
    }
  }

  /** What the archive should hold, by whichever of the agents knows most. */
  private Expected expected(VerifyRequest wanted) throws AdminError {
    Map<Owner, ExpectedPartition> partitions = new LinkedHashMap<>();
    Set<Owner> tailsKnown = new HashSet<>();
    Set<Owner> unknown = new LinkedHashSet<>();
    for (NodeArchive node : nodes) {
      for (AgentStatus status : node.statuses()) {
        Owner owner = status.owner();
        if ((wanted.table != null && !wanted.table.equals(owner.table()))
            || (wanted.partition != null && wanted.partition != owner.partition())) {
          continue;
        }
        if (status.committedLsn() < 0) {
          unknown.add(owner);
        } else {
          partitions.merge(owner, expected(status), ArchiveService::more);
        }
        if (status.knowsItsTail()) {
          tailsKnown.add(owner);
        }
      }
    }
    unknown.removeAll(partitions.keySet());
    if (partitions.isEmpty() && unknown.isEmpty()) {
      throw new AdminError(
          404,
          wanted.table == null
              ? "no replica's agent has started here"
              : "no replica here is of table "
                  + wanted.table
                  + (wanted.partition == null ? "" : ", partition " + wanted.partition));
    }
    boolean tailUnknown = !tailsKnown.containsAll(partitions.keySet());
    return new Expected(List.copyOf(partitions.values()), List.copyOf(unknown), tailUnknown);
  }

  /**
   * @param unknown partitions of which no agent here can say yet what is archived
   * @param tailUnknown whether of some partition no agent here knows how old its tail is
   */
  private record Expected(
      List<ExpectedPartition> partitions, List<Owner> unknown, boolean tailUnknown) {}

  private static ExpectedPartition expected(AgentStatus status) {
    return new ExpectedPartition(
        status.owner(),
        status.archivedLsn(),
        status.archivedLsn() < 0 ? null : status.headManifest(),
        status.committedLsn(),
        status.tailSinceMs());
  }

  private static ExpectedPartition more(ExpectedPartition one, ExpectedPartition other) {
    ExpectedPartition head = one.headLsn() >= other.headLsn() ? one : other;
    return new ExpectedPartition(
        one.owner(),
        head.headLsn(),
        head.headManifest(),
        Math.max(one.committedLsn(), other.committedLsn()),
        head.oldestUnarchivedMs());
  }

  /** One verification. */
  private final class Run implements Runnable, ArchiveVerifier.Progress {
    private final long number;
    private final boolean deep;
    private final Expected expected;
    private volatile VerifyRun answer;

    Run(long number, boolean deep, Expected expected) {
      this.number = number;
      this.deep = deep;
      this.expected = expected;
      this.answer = new VerifyRun(number, 0, 0, null);
    }

    @Override
    public void advance(long objects, long objectsTotal, long bytes, long bytesTotal) {
      answer = new VerifyRun(number, bytes, bytesTotal, null);
    }

    @Override
    public void run() {
      NodeArchive.Setup setup = nodes.getFirst().setup();
      double ageMax = ArchiveReport.ageSecondsMax(setup.options());
      ArchiveVerification found;
      try {
        found =
            withUnknown(
                new ArchiveVerifier(
                        setup.reading(),
                        setup.keys().root(),
                        clock,
                        Duration.ofMillis((long) (ageMax * 1000)))
                    .verify(expected.partitions, deep, this));
      } catch (InterruptedException | RuntimeException | Error e) {
        LOG.error("a verification of the archive failed", e);
        found = unchecked("the verification failed: " + e);
      }
      Counter.builder("assay.archive.verifications")
          .description("Verifications of the archive by what they came to")
          .tag("result", found.state().name())
          .register(setup.registry())
          .increment();
      boolean late = late(ageMax);
      ArchiveVerifyReport report =
          ArchiveVerifyReport.of(found, setup.keys().root().fingerprint().toString(), deep, late);
      answer = new VerifyRun(number, answer.bytesTotal, answer.bytesTotal, report);
    }

    private boolean late(double ageMax) {
      long now = clock.millis();
      return expected.tailUnknown
          || expected.partitions.stream()
              .anyMatch(
                  each ->
                      each.oldestUnarchivedMs() != 0
                          && now - each.oldestUnarchivedMs() > ageMax * 1000);
    }

    /** Of these nothing is expected, so nothing could be missed: that is no verification. */
    private ArchiveVerification withUnknown(ArchiveVerification found) {
      if (expected.unknown.isEmpty()) {
        return found;
      }
      List<ArchiveVerification.Range> ranges = new ArrayList<>(found.ranges());
      for (Owner owner : expected.unknown) {
        ranges.add(notChecked(owner, -1, "its agent here does not know yet what is archived"));
      }
      boolean worse = found.state().compareTo(ArchiveVerification.State.UNCHECKED) > 0;
      return new ArchiveVerification(
          worse ? found.state() : ArchiveVerification.State.UNCHECKED,
          ranges,
          found.bytesRead(),
          found.objects());
    }

    private ArchiveVerification unchecked(String why) {
      return new ArchiveVerification(
          ArchiveVerification.State.UNCHECKED,
          expected.partitions.stream()
              .map(each -> notChecked(each.owner(), each.committedLsn(), why))
              .toList(),
          0,
          0);
    }

    private static ArchiveVerification.Range notChecked(Owner owner, long lastLsn, String why) {
      return new ArchiveVerification.Range(
          owner, 0, lastLsn, "", ArchiveVerification.State.UNCHECKED, why);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
    executor.close();
  }
}
