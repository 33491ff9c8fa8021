package dev.assay.archiver;

import dev.assay.archiver.AgentStatus.State;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.UntrustedSigner;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's agents: one for each replica that the node holds, each in a thread of its own. These are
 * the system's: virtual threads are few at a time and give way only when they wait, so whoever
 * hashes and compresses in them holds up the writes that are served in others.
 *
 * <p>An agent that fails for an unforeseen reason is logged, counted, and started again from its
 * cursor; meanwhile its status says so. Any thread may call.
 */
public final class Archiver implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Archiver.class);

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration LOGS_POLL = Duration.ofSeconds(1);

  private final ArchiveSetup setup;
  private final ArchiveAccess access;
  private final CertifiedSigners signers;
  private final ArchiveMetrics metrics;
  private final CursorFiles cursors;
  private final Map<Partition, Running> running = new ConcurrentHashMap<>();
  private boolean published;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread watching;

  private record Partition(UUID table, int number) {
    static Partition of(CommittedLog log) {
      return new Partition(log.owner().tableId(), log.owner().partition());
    }
  }

  /** The last archived position of a partition. */
  public record Archived(long lsn, long term) {}

  private Archiver(ArchiveSetup setup) throws IOException {
    this.setup = setup;
    this.signers = new CertifiedSigners(setup.reading(), setup.root());
    this.metrics =
        new ArchiveMetrics(
            setup.registry(), setup.key().certificate().node(), this::statuses, setup.clock());
    this.cursors = new CursorFiles(setup.cursors());
    this.access =
        new ArchiveAccess(
            setup.writing(),
            setup.reading(),
            this::publishKey,
            setup.key(),
            signers,
            setup.clock(),
            metrics);
    this.watching = Thread.ofVirtual().name("archiver").unstarted(this::watch);
  }

  /**
   * Starts the agents; what can't be done yet is done later.
   *
   * @throws IOException when the folder of cursors can't be made
   */
  public static Archiver start(ArchiveSetup setup) throws IOException {
    Archiver archiver = new Archiver(setup);
    archiver.watching.start();
    return archiver;
  }

  /** Null when nothing of the partition is known to be archived. */
  public @Nullable Archived archived(UUID table, int partition) {
    Running agent = running.get(new Partition(table, partition));
    if (agent == null || !agent.headChecked || agent.status.archivedLsn() < 0) {
      return null;
    }
    AgentStatus status = agent.status;
    return new Archived(status.archivedLsn(), status.archivedTerm());
  }

  /** In the order of tables and partitions. */
  public List<AgentStatus> statuses() {
    return running.values().stream()
        .map(agent -> agent.status)
        .sorted(
            Comparator.comparing((AgentStatus status) -> status.owner().table())
                .thenComparing(status -> status.owner().tableId())
                .thenComparing(status -> status.owner().partition()))
        .toList();
  }

  /** What agents can't go beyond now. What was found before is in the log and in the metrics. */
  public List<ArchiveFinding> findings() {
    return statuses().stream().flatMap(status -> Stream.ofNullable(status.finding())).toList();
  }

  private void watch() {
    try {
      do {
        try {
          align(setup.logs().now());
        } catch (RuntimeException e) {
          log.error("the archiver can't follow the node's replicas now", e);
          metrics.failed();
        }
      } while (!closed.await(LOGS_POLL.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      log.debug("the archiver ends");
    }
  }

  /** Nobody could verify a manifest before its signer's certificate is there. */
  private synchronized void publishKey() throws IOException {
    if (published) {
      return;
    }
    try {
      signers.publish(setup.writing(), setup.key().certificate());
      published = true;
    } catch (UntrustedSigner | FormatException e) {
      throw StoreFailed.refused(
          "this node's certificate in the archive is not the right one: " + e.getMessage(), e);
    }
  }

  private void align(Collection<? extends CommittedLog> logs) {
    Map<Partition, CommittedLog> now =
        logs.stream().collect(Collectors.toMap(Partition::of, each -> each));
    running.forEach(
        (partition, agent) -> {
          if (!agent.source.equals(now.get(partition))) {
            agent.thread.interrupt();
            running.remove(partition, agent);
          }
        });
    now.forEach(
        (partition, source) -> running.computeIfAbsent(partition, _ -> new Running(source)));
  }

  /** One agent and its thread. */
  private final class Running {
    private final CommittedLog source;
    private final Thread thread;
    private volatile AgentStatus status;
    private volatile boolean headChecked;

    Running(CommittedLog source) {
      this.source = source;
      this.status = unknown(State.STARTING, "");
      this.thread = thread("archive-").start(this::run);
    }

    private AgentStatus unknown(State state, String detail) {
      return new AgentStatus(
          source.owner(), state, detail, -1, 0, Sha256.NONE, -1, 0, 0, false, 0, 0, null);
    }

    private Thread.Builder thread(String name) {
      return Thread.ofPlatform().daemon().name(name + source.owner());
    }

    private void run() {
      try {
        do {
          follow();
        } while (!closed.await(setup.options().retryMax().toMillis(), TimeUnit.MILLISECONDS));
      } catch (InterruptedException e) {
        log.debug("{}: the agent ends", source.owner());
      }
    }

    /** Runs an agent until it fails. */
    private void follow() throws InterruptedException {
      try (Agent agent =
          new Agent(
              access,
              source,
              cursors,
              setup.options(),
              setup.budget(),
              task -> thread("archive-ahead-").start(task),
              setup.random())) {
        status = agent.status();
        Duration pause = Duration.ZERO;
        while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          pause =
              switch (agent.step()) {
                case MORE -> Duration.ZERO;
                case IDLE -> POLL;
                case FAILED -> agent.pause();
              };
          status = agent.status();
          headChecked = agent.headChecked();
        }
        throw new InterruptedException("closed");
      } catch (IOException e) {
        log.error("{}: the agent can't start: {}", source.owner(), e.getMessage());
        metrics.failed();
        status = unknown(State.FINDING, String.valueOf(e.getMessage()));
      } catch (RuntimeException | Error e) {
        log.error("{}: the agent failed; it starts again", source.owner(), e);
        metrics.failed();
        status = unknown(State.FINDING, "the agent failed, and starts again: " + e);
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed.countDown();
    watching.interrupt();
    watching.join();
    for (Running agent : running.values()) {
      agent.thread.interrupt();
    }
    for (Running agent : running.values()) {
      agent.thread.join();
    }
    metrics.close();
  }
}
