package dev.assay.replicastore.consensus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A store that is a list: what was applied, what of it is durable, and what was told of leading.
 */
final class RecordingApplier implements LogApplier {
  private final Map<String, RecordingApplier> peers;
  private final List<LogEntry> entries = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private LogPosition durable = LogPosition.NONE;
  private int installed;
  private int failingInstallations;
  private boolean breaksInstallations;
  private long refusedLsn = -1;
  private boolean failsToApply;
  private @Nullable String stopped;

  RecordingApplier(Map<String, RecordingApplier> peers) {
    this.peers = peers;
  }

  @Override
  public synchronized LogPosition applied() {
    return entries.isEmpty() ? LogPosition.NONE : entries.getLast().position();
  }

  @Override
  public synchronized void apply(LogEntry entry) throws ReplicaStopped {
    if (failsToApply) {
      throw new IllegalStateException("planted");
    }
    if (entry.lsn() == refusedLsn) {
      throw new ReplicaStopped("planted", null);
    }
    if (entry.lsn() != applied().lsn() + 1) {
      throw new IllegalStateException(entry + " after " + applied());
    }
    entries.add(entry);
  }

  @Override
  public synchronized LogPosition takeSnapshot() {
    durable = applied();
    return durable;
  }

  @Override
  public LogPosition droppable() {
    return applied();
  }

  @Override
  public synchronized LogPosition durable() {
    return durable;
  }

  @Override
  public LogPosition installSnapshot(String source, long firstLsn) throws IOException {
    synchronized (this) {
      if (breaksInstallations) {
        throw new IllegalStateException("planted");
      }
      if (failingInstallations-- > 0) {
        throw new IOException("planted");
      }
    }
    List<LogEntry> theirs = requireNonNull(peers.get(source)).entries();
    synchronized (this) {
      entries.clear();
      entries.addAll(theirs);
      installed++;
      durable = applied();
      return durable;
    }
  }

  @Override
  public synchronized void leading(long term) {
    told.add("leading " + term + " after " + applied().lsn());
  }

  @Override
  public synchronized void following(@Nullable String leader) {
    told.add("following " + leader);
  }

  @Override
  public synchronized void stopped(String why) {
    stopped = why;
  }

  synchronized List<LogEntry> entries() {
    return List.copyOf(entries);
  }

  /** The payloads of data entries, as text. */
  List<String> payloads() {
    return entries().stream()
        .filter(entry -> entry.kind() == LogEntry.Kind.DATA)
        .map(entry -> new String(entry.payload(), UTF_8))
        .toList();
  }

  /** Where a payload was applied, if it was. */
  @Nullable Long find(String payload) {
    byte[] bytes = payload.getBytes(UTF_8);
    return entries().stream()
        .filter(entry -> Arrays.equals(entry.payload(), bytes))
        .map(LogEntry::lsn)
        .findFirst()
        .orElse(null);
  }

  /** What every replica must agree on, to compare. */
  List<String> history() {
    return entries().stream()
        .map(
            entry ->
                entry.lsn()
                    + " "
                    + entry.term()
                    + " "
                    + entry.kind()
                    + " "
                    + Arrays.hashCode(entry.payload()))
        .toList();
  }

  synchronized List<String> told() {
    return List.copyOf(told);
  }

  synchronized int installed() {
    return installed;
  }

  synchronized @Nullable String stoppedBecause() {
    return stopped;
  }

  synchronized void refuse(long lsn) {
    refusedLsn = lsn;
  }

  synchronized void failInstallations(int count) {
    failingInstallations = count;
  }

  synchronized void breakInstallations() {
    breaksInstallations = true;
  }

  synchronized void failToApply() {
    failsToApply = true;
  }

  /** As after a crash: what was not made durable is gone. */
  synchronized void loseWhatIsNotDurable() {
    entries.removeIf(entry -> entry.lsn() > durable.lsn());
  }

  /** As on a new disk. */
  synchronized void loseEverything() {
    entries.clear();
    durable = LogPosition.NONE;
  }
}
