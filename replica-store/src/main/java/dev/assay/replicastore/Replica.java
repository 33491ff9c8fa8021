package dev.assay.replicastore;

import dev.assay.logformat.BatchCodec;
import dev.assay.logformat.Fence;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Item;
import dev.assay.logformat.ItemCodec;
import dev.assay.logformat.Mutation;
import dev.assay.replicastore.NodeCalls.CallFailed;
import dev.assay.replicastore.PartitionReply.Got;
import dev.assay.replicastore.PartitionReply.NotLeader;
import dev.assay.replicastore.PartitionReply.Unavailable;
import dev.assay.replicastore.PartitionRequest.Get;
import dev.assay.replicastore.PartitionRequest.Range;
import dev.assay.replicastore.PartitionRequest.Write;
import dev.assay.replicastore.consensus.Group;
import dev.assay.replicastore.consensus.LogApplier;
import dev.assay.replicastore.consensus.LogEntry;
import dev.assay.replicastore.consensus.LogPosition;
import dev.assay.replicastore.store.PartitionStore;
import dev.assay.replicastore.store.Position;
import dev.assay.replicastore.store.StoredItem;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's replica of one partition: its store, its place in the replication group, and, while it
 * leads, its write pipeline.
 *
 * <p>Applies the log as {@link LogApplier}; answers requests from any thread. A replica whose bytes
 * can't be trusted stops alone and stays stopped: it answers nothing and applies nothing more.
 */
final class Replica implements LogApplier, AppliedState, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Replica.class);

  private final PartitionId id;
  private final String tableName;
  private final String node;
  private final PartitionStore store;
  private final Evaluator evaluator;
  private final InstantSource clock;
  private final PipelineOptions options;
  private final LogRetention retention;
  private final SnapshotSource snapshotSource;
  private final Consumer<Replica> onStopped;
  private final Runnable onDataApplied;

  private final Object attaching = new Object();
  private volatile @Nullable Group group;
  private volatile @Nullable WritePipeline pipeline;
  private volatile @Nullable String stopped;

  /** Up to here the store does not need the log; it is where the log was or will be opened. */
  private volatile LogPosition durable;

  private long leadingTerm = -1;
  private @Nullable String leader;

  /** Where a replica gets a checkpoint from when the log no longer reaches back to it. */
  interface SnapshotSource {
    LogPosition install(PartitionId partition, String fromNode, PartitionStore into)
        throws Exception;
  }

  Replica(
      PartitionId id,
      String tableName,
      String node,
      PartitionStore store,
      Evaluator evaluator,
      InstantSource clock,
      PipelineOptions options,
      LogRetention retention,
      SnapshotSource snapshotSource,
      Consumer<Replica> onStopped,
      Runnable onDataApplied) {
    this.id = id;
    this.tableName = tableName;
    this.node = node;
    this.store = store;
    this.evaluator = evaluator;
    this.clock = clock;
    this.options = options;
    this.retention = retention;
    this.snapshotSource = snapshotSource;
    this.onStopped = onStopped;
    this.onDataApplied = onDataApplied;
    this.durable = store.durable();
  }

  /**
   * The group calls this applier before its {@code join} returns; from here on there is a pipeline.
   */
  void attach(Group joined) {
    WritePipeline made =
        new WritePipeline(id, node, joined, this, evaluator, clock, options, this::stop);
    synchronized (attaching) {
      group = joined;
      pipeline = made;
      made.start();
      if (leadingTerm >= 0) {
        made.leading(leadingTerm);
      } else {
        made.following(leader);
      }
    }
  }

  PartitionId id() {
    return id;
  }

  String tableName() {
    return tableName;
  }

  PartitionStore store() {
    return store;
  }

  @Nullable Group group() {
    return group;
  }

  /** Why it stopped; null while it runs. */
  @Nullable String stopped() {
    return stopped;
  }

  PartitionReply ask(PartitionRequest request) {
    Group joined = group;
    WritePipeline writes = pipeline;
    String reason = stopped;
    if (reason != null) {
      return new Unavailable("the replica on " + node + " is stopped: " + reason);
    }
    if (joined == null || writes == null) {
      return new Unavailable("the replica on " + node + " is starting");
    }
    try {
      return switch (request) {
        case Write write -> writes.write(write);
        case Get get -> {
          PartitionReply refusal = get.strong() ? confirm(joined) : null;
          yield refusal != null ? refusal : new Got(item(get.key()));
        }
        case Range range -> {
          PartitionReply refusal = range.strong() ? confirm(joined) : null;
          yield refusal != null ? refusal : range(range);
        }
      };
    } catch (ReplicaStopped e) {
      stop(e);
      return new Unavailable("the replica on " + node + " stopped: " + e.getMessage());
    } catch (FormatException.TooNew e) {
      return new Unavailable(String.valueOf(e.getMessage()));
    } catch (FormatException e) {
      stop(new ReplicaStopped("an item in the store can't be decoded", e));
      return new Unavailable("the replica on " + node + " stopped: " + e.getMessage());
    }
  }

  /** Null when this node led after the call and everything committed before it is applied. */
  private @Nullable PartitionReply confirm(Group joined) {
    try {
      joined.confirmLeadership().get(options.answerTimeout().toMillis(), TimeUnit.MILLISECONDS);
      return null;
    } catch (ExecutionException e) {
      return e.getCause() instanceof Group.NotLeading notLeading
          ? new NotLeader(notLeading.leader())
          : new Unavailable("leadership could not be confirmed: " + e.getCause());
    } catch (TimeoutException e) {
      return new Unavailable("leadership could not be confirmed in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Unavailable("interrupted");
    }
  }

  private @Nullable Item item(byte[] key) throws ReplicaStopped, FormatException {
    byte[] bytes = itemAt(key);
    return bytes == null ? null : ItemCodec.decode(bytes);
  }

  private PartitionReply range(Range range) throws ReplicaStopped, FormatException {
    PageReader page = new PageReader(range.itemsMax(), range.bytesMax());
    store.range(range.from(), range.to(), range.reverse(), page);
    return page.reply();
  }

  /** Logs a barrier; only the leader can. Returns its position. */
  long logBarrier(UUID run) throws CallFailed {
    return control(List.of(new Mutation.Barrier(run)));
  }

  /** Logs a cut, and with it, in one batch, how far the archive is; only the leader can. */
  long logCut(Mutation.@Nullable ArchiveHead head) throws CallFailed {
    Mutation cut = new Mutation.Cut();
    return control(head == null ? List.of(cut) : List.of(head, cut));
  }

  private long control(List<Mutation> mutations) throws CallFailed {
    WritePipeline writes = pipeline;
    String reason = stopped;
    if (reason != null || writes == null) {
      throw new CallFailed.Unavailable(
          "the replica on " + node + " is " + (reason == null ? "starting" : "stopped"));
    }
    PartitionReply reply = writes.control(mutations);
    return switch (reply) {
      case PartitionReply.Written(long lsn, var _, var _) -> lsn;
      case NotLeader(var other) -> throw new CallFailed.NotLeader(other);
      case Unavailable(var why) -> throw new CallFailed.Unavailable(why);
      case PartitionReply.Overloaded _ ->
          throw new CallFailed.Unavailable("too many writes are waiting");
      case PartitionReply.OutcomeUnknown(var why) -> throw new CallFailed.OutcomeUnknown(why);
      case Got _,
          PartitionReply.Ranged _,
          PartitionReply.ConditionFailed _,
          PartitionReply.Invalid _ ->
          throw new IllegalStateException("not an answer to a control mutation: " + reply);
    };
  }

  @Override
  public byte @Nullable [] itemAt(byte[] key) throws ReplicaStopped {
    StoredItem found = store.get(key);
    return found == null ? null : found.bytes();
  }

  @Override
  public long acceptedSequence(long term) {
    Position.Cursor cursor = store.position().cursor();
    return cursor.term() == term ? cursor.sequence() : 0;
  }

  @Override
  public long hybridTime() {
    return store.position().hybridTime();
  }

  @Override
  public LogPosition applied() {
    return store.position().applied();
  }

  @Override
  public void apply(LogEntry entry) throws ReplicaStopped {
    switch (store.apply(entry)) {
      case ACCEPTED -> {
        Position.Cursor cursor = store.position().cursor();
        tellPipeline(cursor.term(), cursor.sequence(), true, entry.lsn());
        onDataApplied.run();
      }
      case REFUSED -> {
        Fence fence = fenceOf(entry);
        tellPipeline(fence.term(), fence.sequence(), false, entry.lsn());
      }
      case ALREADY, NOTHING -> {}
    }
  }

  private void tellPipeline(long term, long sequence, boolean accepted, long lsn) {
    WritePipeline writes = pipeline;
    if (writes != null) {
      writes.applied(term, sequence, accepted, lsn);
    }
  }

  private static Fence fenceOf(LogEntry entry) throws ReplicaStopped {
    try {
      return BatchCodec.decode(entry.payload()).fence();
    } catch (FormatException e) {
      throw new ReplicaStopped("the batch at position " + entry.lsn() + " can't be decoded", e);
    }
  }

  /**
   * No further than the archive reaches. Consensus opened the log at what the store held then,
   * which may be further; the log before it is kept all the same until the archive has passed it.
   */
  @Override
  public LogPosition takeSnapshot() throws ReplicaStopped {
    LogPosition droppable = noFurtherThanArchived(store.flush());
    if (droppable.lsn() > durable.lsn()) {
      durable = droppable;
    }
    return droppable;
  }

  @Override
  public LogPosition droppable() {
    return noFurtherThanArchived(applied());
  }

  private LogPosition noFurtherThanArchived(LogPosition position) {
    LogPosition archived = retention.droppableUpTo(id);
    return archived.lsn() < position.lsn() ? archived : position;
  }

  @Override
  public LogPosition durable() {
    return durable;
  }

  @Override
  public LogPosition installSnapshot(String source, long firstLsn) throws Exception {
    log.info("{}: the log of {} begins at {}; fetching a checkpoint from it", id, source, firstLsn);
    LogPosition installed = snapshotSource.install(id, source, store);
    durable = installed;
    log.info("{}: the checkpoint at {} is installed", id, installed.lsn());
    onDataApplied.run();
    return installed;
  }

  @Override
  public void leading(long term) {
    synchronized (attaching) {
      leadingTerm = term;
      WritePipeline writes = pipeline;
      if (writes != null) {
        writes.leading(term);
      }
    }
  }

  @Override
  public void following(@Nullable String newLeader) {
    synchronized (attaching) {
      leadingTerm = -1;
      leader = newLeader;
      WritePipeline writes = pipeline;
      if (writes != null) {
        writes.following(newLeader);
      }
    }
  }

  /** Stops this replica alone; its leadership goes to another. */
  void stop(ReplicaStopped reason) {
    synchronized (attaching) {
      if (stopped != null) {
        return;
      }
      stopped = reason.getMessage();
    }
    log.error("{}: the replica on {} stops: {}", id, node, reason.getMessage(), reason);
    WritePipeline writes = pipeline;
    if (writes != null) {
      writes.close();
    }
    onStopped.accept(this);
  }

  void stepDown() {
    Group joined = group;
    if (joined != null && leads()) {
      joined.stepDown();
    }
  }

  boolean leads() {
    Group joined = group;
    return joined != null && stopped == null && joined.status().role() == Group.Role.LEADER;
  }

  /** Frees the store; the group has been left before. */
  @Override
  public void close() {
    WritePipeline writes = pipeline;
    if (writes != null) {
      writes.close();
    }
    store.close();
  }

  NodeCalls.ReplicaStatus status() {
    Group joined = group;
    Group.Status groupStatus =
        joined == null || stopped != null
            ? new Group.Status(0, Group.Role.STOPPED, null, -1, -1, -1, -1)
            : joined.status();
    return new NodeCalls.ReplicaStatus(id, groupStatus, applied(), stopped);
  }
}
