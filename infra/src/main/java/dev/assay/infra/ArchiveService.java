package dev.assay.infra;

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
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final List<NodeArchive> nodes;
  private final InstantSource clock = InstantSource.system();
  private final AdminRuns runs = new AdminRuns();

  /**
   * @param table null for all
   * @param partition null for all of the table
   */
  record VerifyRequest(@Nullable String table, @Nullable Integer partition, boolean deep) {}

  /**
   * @param nodes at least one
   */
  ArchiveService(List<NodeArchive> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  Map<String, AdminRoute> routes() {
    return Map.of(
        STATUS, AdminRoute.get(_ -> AdminRuns.json(status())),
        VERIFY, AdminRoute.get(runs::answer).andPost(this::start));
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
    Run run = new Run(wanted.deep, expected(wanted));
    return runs.start("a verification of the archive", run::report);
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
  private final class Run {
    private final boolean deep;
    private final Expected expected;

    Run(boolean deep, Expected expected) {
      this.deep = deep;
      this.expected = expected;
    }

    ArchiveVerifyReport report(AdminRuns.Progress progress) {
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
                    .verify(
                        expected.partitions,
                        deep,
                        (objects, objectsTotal, bytes, bytesTotal) -> {
                          progress.total(bytesTotal);
                          progress.set(bytes);
                        }));
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
      return ArchiveVerifyReport.of(
          found, setup.keys().root().fingerprint().toString(), deep, late);
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
    runs.close();
  }
}
