package dev.assay.replicastore;

import dev.assay.logformat.FormatException;
import dev.assay.logformat.TableDescription;
import dev.assay.logformat.TableDescription.PartitionDescription;
import dev.assay.replicastore.PartitionReply.Unavailable;
import dev.assay.replicastore.consensus.Consensus;
import dev.assay.replicastore.consensus.Consensus.Member;
import dev.assay.replicastore.consensus.FatalStop;
import dev.assay.replicastore.consensus.Group;
import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import dev.assay.replicastore.store.CheckpointInfo;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: its replicas, and which replicas it should have.
 *
 * <p>The metadata partition says which tables there are and who holds them. Whenever something was
 * applied to this node's replica of it, one thread brings the node's other replicas in line: it
 * starts those that are missing and deletes those of dropped tables. A replica that is in no row at
 * all is left alone, because absence proves nothing.
 */
public final class Node implements PartitionAccess, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Node.class);

  private static final long RETRY_SECONDS = 5;
  private static final long CHECK_SECONDS = 60;
  private static final int HAND_OVER_POLLS = 250;
  private static final long HAND_OVER_POLL_NANOS = 20_000_000;

  /** A checkpoint that nobody released by then was forgotten. */
  private static final Duration CHECKPOINT_KEPT = Duration.ofHours(6);

  private final String name;
  private final Map<String, Member> members;
  private final Consensus consensus;
  private final InstantSource clock;
  private final FatalStop fatal;
  private final ReplicaFactory factory;
  private final Map<PartitionId, Replica> replicas = new ConcurrentHashMap<>();
  private final Map<PartitionId, String> failures = new ConcurrentHashMap<>();
  private final Set<PartitionId> deleted = ConcurrentHashMap.newKeySet();
  private final Thread reconciler;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean metadataChanged = true;
  private boolean closed;

  /** Opens or creates a replica's store, and deletes what is left of one. */
  interface ReplicaFactory {
    Replica open(PartitionId partition, String tableName) throws IOException;

    /** Deletes the data of a partition that is not open. */
    void delete(PartitionId partition) throws IOException;
  }

  /** A node over its folder; nothing runs before {@link #start}. */
  public Node(NodeSetup setup) {
    this.name = setup.name();
    this.members = new LinkedHashMap<>();
    setup.members().forEach(member -> this.members.put(member.node(), member));
    this.consensus = setup.consensus();
    this.clock = setup.clock();
    this.fatal = setup.fatal();
    this.factory = new StoredReplicas(setup, executor, this::leave, this::metadataApplied);
    this.reconciler =
        Thread.ofVirtual().name("reconcile-" + name).unstarted(this::reconcileForGood);
  }

  /** Starts the metadata replica, which says what else to start. */
  public void start() throws IOException {
    join(PartitionId.METADATA, MetadataRows.TABLE_NAME, List.copyOf(members.values()));
    reconciler.start();
  }

  public String name() {
    return name;
  }

  @Override
  public PartitionReply ask(PartitionRequest request) {
    Replica replica = replicas.get(request.partition());
    if (replica == null) {
      String failure = failures.get(request.partition());
      return new Unavailable(
          failure == null ? name + " does not hold partition " + request.partition() : failure);
    }
    return replica.ask(request);
  }

  @Nullable Replica replica(PartitionId partition) {
    return replicas.get(partition);
  }

  List<Replica> replicas() {
    return List.copyOf(replicas.values());
  }

  /** The logs of the replicas that this node holds now, those that have stopped included. */
  public List<ReplicaLog> logs() {
    return replicas.values().stream().<ReplicaLog>map(HeldLog::new).toList();
  }

  /** Gives up whatever leadership this node has, so that its stop is no loss to anybody. */
  public void stepDown() {
    replicas.values().forEach(Replica::stepDown);
  }

  /** Whether any replica of this node leads. */
  public boolean leads() {
    return replicas.values().stream().anyMatch(Replica::leads);
  }

  /** Partitions that this node should hold and could not start, and why. */
  public Map<PartitionId, String> failures() {
    return Map.copyOf(failures);
  }

  /** Called whenever entries were applied to the metadata replica. */
  private void metadataApplied() {
    lock.lock();
    try {
      metadataChanged = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void join(PartitionId partition, String tableName, List<Member> group)
      throws IOException {
    Replica replica = factory.open(partition, tableName);
    boolean joined = false;
    try {
      replica.attach(consensus.join(partition, group, replica));
      replicas.put(partition, replica);
      joined = true;
    } catch (IOException e) {
      throw new NotJoined(e);
    } finally {
      if (!joined) {
        replica.close();
      }
    }
  }

  /** The store is there, and the log can't be used. */
  private static final class NotJoined extends IOException {
    private static final long serialVersionUID = 1L;

    NotJoined(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  private void reconcileForGood() {
    try {
      while (awaitChange()) {
        reconcile();
        replicas.values().forEach(this::expireCheckpoints);
      }
    } catch (InterruptedException e) {
      log.debug("{} ends its reconciliation", name);
    } catch (RuntimeException | Error e) {
      fatal.stop(name + ": its replicas can't be kept in line any more: " + e.getMessage(), e);
    }
  }

  private boolean awaitChange() throws InterruptedException {
    lock.lock();
    try {
      while (!metadataChanged && !closed) {
        long waitSeconds = failures.isEmpty() ? CHECK_SECONDS : RETRY_SECONDS;
        if (!changed.await(waitSeconds, TimeUnit.SECONDS)) {
          break;
        }
      }
      metadataChanged = false;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void reconcile() {
    Replica metadata = replicas.get(PartitionId.METADATA);
    if (metadata == null || metadata.stopped() != null) {
      return;
    }
    try {
      for (TableDescription table : tables(metadata, MetadataRows.tables())) {
        table.partitions().forEach(partition -> startIfOurs(table, partition));
      }
      for (TableDescription table : tables(metadata, MetadataRows.dropped())) {
        table
            .partitions()
            .forEach(partition -> delete(new PartitionId(table.id(), partition.number())));
      }
    } catch (ReplicaStopped e) {
      metadata.stop(e);
    } catch (FormatException e) {
      metadata.stop(new ReplicaStopped("a row of the metadata partition can't be read", e));
    }
  }

  private void expireCheckpoints(Replica replica) {
    if (replica.stopped() != null) {
      return;
    }
    try {
      List<CheckpointInfo> expired = replica.store().expire(clock.instant().minus(CHECKPOINT_KEPT));
      expired.forEach(
          checkpoint ->
              log.warn(
                  "{}: deleted the forgotten checkpoint of run {}",
                  replica.id(),
                  checkpoint.run()));
    } catch (IOException e) {
      log.warn("{}: forgotten checkpoints can't be deleted: {}", replica.id(), e.getMessage());
    } catch (ReplicaStopped e) {
      replica.stop(e);
    }
  }

  private static List<TableDescription> tables(Replica metadata, MetadataRows.KeyRange range)
      throws ReplicaStopped, FormatException {
    List<byte[]> rows = new ArrayList<>();
    metadata.store().range(range.from(), range.to(), false, (_, item) -> rows.add(item.bytes()));
    List<TableDescription> tables = new ArrayList<>();
    for (byte[] row : rows) {
      tables.add(MetadataRows.table(dev.assay.logformat.ItemCodec.decode(row)));
    }
    return tables;
  }

  private void startIfOurs(TableDescription table, PartitionDescription partition) {
    PartitionId id = new PartitionId(table.id(), partition.number());
    if (!partition.replicas().contains(name) || replicas.containsKey(id)) {
      return;
    }
    if (table.status() == TableDescription.Status.DELETING || deleted.contains(id)) {
      return; // Its row may outlive it for a while, when whoever drops it dies half-way.
    }
    List<Member> group = new ArrayList<>();
    for (String replica : partition.replicas()) {
      Member member = members.get(replica);
      if (member == null) {
        fail(
            id,
            "table " + table.name() + " names node " + replica + ", which is not a member",
            null);
        return;
      }
      group.add(member);
    }
    try {
      join(id, table.name(), group);
      failures.remove(id);
      log.info("{} holds partition {} of table {}", name, partition.number(), table.name());
    } catch (NotJoined e) {
      fatal.stop(name + ": " + e.getMessage(), e);
    } catch (IOException e) {
      fail(id, "partition " + id + " can't be started: " + e.getMessage(), e);
    }
  }

  private void fail(PartitionId id, String reason, @Nullable Exception cause) {
    if (!reason.equals(failures.put(id, reason))) {
      log.error("{}: {}", name, reason, cause);
    }
  }

  private void delete(PartitionId id) {
    if (deleted.contains(id)) {
      return;
    }
    Replica replica = replicas.remove(id);
    try {
      consensus.forget(id);
      if (replica != null) {
        replica.close();
        log.info("{} deletes its replica of {}: the table was dropped", name, id);
      }
      factory.delete(id);
      deleted.add(id);
      failures.remove(id);
    } catch (IOException e) {
      fail(id, "the dropped partition " + id + " can't be deleted: " + e.getMessage(), e);
    }
  }

  /**
   * A stopped replica leaves its group, so that another one leads; the caller is not kept waiting.
   */
  private void leave(Replica replica) {
    executor.execute(
        () -> {
          try {
            handOver(replica.group());
            consensus.leave(replica.id());
          } catch (IOException e) {
            log.error(
                "{}: the stopped replica of {} could not leave its group", name, replica.id(), e);
          }
        });
  }

  /** Waits a while for another member to lead, so that nobody has to miss this one first. */
  private static void handOver(@Nullable Group group) {
    if (group == null || !leads(group)) {
      return;
    }
    group.stepDown();
    for (int i = 0; i < HAND_OVER_POLLS && leads(group); i++) {
      LockSupport.parkNanos(HAND_OVER_POLL_NANOS);
    }
  }

  private static boolean leads(Group group) {
    return switch (group.status().role()) {
      case LEADER, LEADER_STARTING -> true;
      case FOLLOWER, CANDIDATE, CATCHING_UP, STOPPED -> false;
    };
  }

  @Override
  public void close() throws IOException, InterruptedException {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    reconciler.join();
    consensus.close();
    replicas.values().forEach(Replica::close);
    executor.close();
  }
}
