package dev.assay.replicastore;

import dev.assay.logformat.FormatException;
import dev.assay.logformat.Item;
import dev.assay.logformat.TableDescription;
import dev.assay.logformat.TableDescription.PartitionDescription;
import dev.assay.logformat.TableDescription.Status;
import dev.assay.replicastore.MetadataAccess.Outcome;
import dev.assay.replicastore.PartitionReply.Got;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.PartitionRequest.Get;
import dev.assay.replicastore.expression.Bindings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster's tables, kept in the metadata partition and remembered here.
 *
 * <p>A table is dropped in three steps, each of which may be repeated: its row is marked, a row
 * that tells every node to delete its replicas is written, the table's row goes. Whoever finds a
 * marked row finishes the work.
 */
public final class MetadataTables implements Tables, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MetadataTables.class);
  private static final Duration REFRESH = Duration.ofSeconds(1);
  private static final Duration READY_WAIT = Duration.ofSeconds(10);
  private static final long READY_POLL_NANOS = 20_000_000;
  private static final int REPLICAS = 3;
  private static final String SAME_TABLE = "id = :id";

  private final LeaderAccess leaders;
  private final MetadataAccess metadata;
  private final List<String> nodes;
  private final int tablesMax;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Map<String, Table> known = new ConcurrentHashMap<>();
  private final Set<UUID> ready = ConcurrentHashMap.newKeySet();

  /** Dropped here, and perhaps still in rows that a refresh read before. */
  private final Set<UUID> dropped = ConcurrentHashMap.newKeySet();

  private final ScheduledExecutorService refresher =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("tables-refresh").daemon(true).factory());

  /**
   * @param leaders finds the leaders of the metadata partition and of the tables' partitions
   * @param nodes the cluster's nodes, at least one
   */
  public MetadataTables(
      LeaderAccess leaders,
      List<String> nodes,
      int tablesMax,
      InstantSource clock,
      RandomGenerator random) {
    this.leaders = leaders;
    this.metadata = new MetadataAccess(leaders, nodes);
    this.nodes = List.copyOf(nodes);
    this.tablesMax = tablesMax;
    this.clock = clock;
    this.random = random;
  }

  public void start() {
    refresher.scheduleWithFixedDelay(
        this::refreshOrSay, 0, REFRESH.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    refresher.shutdownNow();
  }

  @Override
  public List<String> names() throws Unavailable {
    return rows().stream().map(TableDescription::name).toList();
  }

  @Override
  public @Nullable Table find(String name) throws Unavailable {
    Table table = known.get(name);
    if (table != null && table.ready()) {
      return table;
    }
    TableDescription description = read(name);
    if (description == null) {
      known.remove(name);
      return null;
    }
    return remember(description);
  }

  @Override
  public Creation create(Definition definition) throws Unavailable {
    if (known.size() >= tablesMax) {
      return new Creation.LimitReached("the cluster takes " + tablesMax + " tables");
    }
    TableDescription table = describe(definition);
    Change put = new Change.Put(MetadataRows.tableRow(table));
    return switch (metadata.write(
        MetadataRows.tableKey(table.name()), put, MetadataRows.ABSENT, Bindings.NONE)) {
      case DONE -> new Creation.Created(awaitReady(table));
      case REFUSED -> new Creation.AlreadyExists();
      case UNKNOWN -> new Creation.OutcomeUnknown("the metadata leader did not answer in time");
    };
  }

  private TableDescription describe(Definition definition) {
    List<PartitionDescription> partitions = new ArrayList<>();
    int first = random.nextInt(nodes.size());
    for (int number = 0; number < definition.partitions(); number++) {
      partitions.add(
          new PartitionDescription(
              number, hashFrom(number, definition.partitions()), replicas(first + number)));
    }
    return new TableDescription(
        definition.name(),
        new UUID(random.nextLong(), random.nextLong()),
        definition.keySchema(),
        random.nextLong(),
        Status.ACTIVE,
        clock.millis(),
        definition.deletionProtected(),
        partitions,
        definition.tags());
  }

  /**
   * Where partition {@code number} of {@code count} equal ones starts in the unsigned hash range.
   */
  static long hashFrom(int number, int count) {
    return number == 0 ? 0 : Long.divideUnsigned(-1L, count) * number + number;
  }

  private List<String> replicas(int first) {
    List<String> replicas = new ArrayList<>();
    for (int i = 0; i < Math.min(REPLICAS, nodes.size()); i++) {
      replicas.add(nodes.get((first + i) % nodes.size()));
    }
    return replicas;
  }

  private Table awaitReady(TableDescription table) {
    long deadlineMs = clock.millis() + READY_WAIT.toMillis();
    Table current = remember(table);
    while (!current.ready() && clock.millis() < deadlineMs) {
      LockSupport.parkNanos(READY_POLL_NANOS);
      current = remember(table);
    }
    return current;
  }

  @Override
  public Deletion delete(String name) throws Unavailable {
    TableDescription table = read(name);
    if (table == null) {
      return new Deletion.NoSuchTable();
    }
    if (table.status() == Status.DELETING) {
      return new Deletion.InUse("the table is being deleted");
    }
    if (table.deletionProtected()) {
      return new Deletion.Protected();
    }
    TableDescription marked = withStatus(table, Status.DELETING);
    Change mark = new Change.Put(MetadataRows.tableRow(marked));
    return switch (metadata.write(
        MetadataRows.tableKey(name), mark, SAME_TABLE, sameTable(table))) {
      case DONE -> {
        remember(marked);
        finishDeletionOrSay(marked);
        yield new Deletion.Deleted(new Table(marked, true));
      }
      case REFUSED -> new Deletion.InUse("another table has taken its name meanwhile");
      case UNKNOWN -> new Deletion.OutcomeUnknown("the metadata leader did not answer in time");
    };
  }

  private static TableDescription withStatus(TableDescription table, Status status) {
    return new TableDescription(
        table.name(),
        table.id(),
        table.keySchema(),
        table.seed(),
        status,
        table.createdAtMs(),
        table.deletionProtected(),
        table.partitions(),
        table.tags());
  }

  private static Bindings sameTable(TableDescription table) {
    return new Bindings(
        Map.of(), Map.of(":id", Objects.requireNonNull(MetadataRows.tableRow(table).get("id"))));
  }

  /** A failure is no loss: the row stays marked, and the next refresh comes back to it. */
  private void finishDeletionOrSay(TableDescription marked) {
    try {
      finishDeletion(marked);
    } catch (Unavailable e) {
      log.warn(
          "table {} is marked for deletion; the rest will be done later: {}",
          marked.name(),
          e.getMessage());
    }
  }

  private void finishDeletion(TableDescription marked) throws Unavailable {
    Change drop = new Change.Put(MetadataRows.droppedRow(marked));
    if (metadata.write(MetadataRows.droppedKey(marked), drop, null, Bindings.NONE)
        != Outcome.DONE) {
      throw new Unavailable("the metadata leader did not answer in time");
    }
    byte[] key = MetadataRows.tableKey(marked.name());
    if (metadata.write(key, new Change.Delete(), SAME_TABLE, sameTable(marked))
        == Outcome.UNKNOWN) {
      throw new Unavailable("the metadata leader did not answer in time");
    }
    dropped.add(marked.id());
    known.computeIfPresent(
        marked.name(),
        (name, table) -> table.description().id().equals(marked.id()) ? null : table);
  }

  private @Nullable TableDescription read(String name) throws Unavailable {
    Item row = metadata.read(MetadataRows.tableKey(name));
    return row == null ? null : table(row);
  }

  private List<TableDescription> rows() throws Unavailable {
    List<TableDescription> tables = new ArrayList<>();
    for (Item row : metadata.rows(MetadataRows.tables())) {
      tables.add(table(row));
    }
    return tables;
  }

  private static TableDescription table(Item row) throws Unavailable {
    try {
      return MetadataRows.table(row);
    } catch (FormatException e) {
      throw new Unavailable("a row of the metadata partition can't be read: " + e.getMessage());
    }
  }

  private void refreshOrSay() {
    try {
      refresh();
    } catch (Unavailable e) {
      log.debug("the tables could not be read; what is known stays: {}", e.getMessage());
    } catch (RuntimeException e) {
      log.error("the tables could not be refreshed", e);
    }
  }

  void refresh() throws Unavailable {
    Set<UUID> droppedBefore = Set.copyOf(dropped);
    List<TableDescription> rows = rows();
    for (TableDescription row : rows) {
      remember(row);
      if (row.status() == Status.DELETING) {
        finishDeletionOrSay(row);
      }
    }
    Set<String> names = new HashSet<>(rows.stream().map(TableDescription::name).toList());
    known
        .values()
        .removeIf(
            table ->
                !names.contains(table.description().name())
                    && table.description().createdAtMs() < clock.millis() - READY_WAIT.toMillis());
    dropped.removeAll(droppedBefore);
  }

  private Table remember(TableDescription description) {
    Table table = new Table(description, isReady(description));
    known.compute(
        description.name(), (_, remembered) -> isStale(table, remembered) ? remembered : table);
    return table;
  }

  /** Whether a row was read before its table was dropped, or marked for it. */
  private boolean isStale(Table read, @Nullable Table remembered) {
    UUID id = read.description().id();
    return dropped.contains(id)
        || (remembered != null
            && remembered.description().id().equals(id)
            && remembered.description().status() == Status.DELETING
            && read.description().status() != Status.DELETING);
  }

  /**
   * A table older than its creation may take was ready once, whoever saw it, and stays so: a
   * partition of it that has no leader now is a failure to be repeated, not a table in the making.
   */
  private boolean isReady(TableDescription table) {
    boolean old = table.createdAtMs() < clock.millis() - READY_WAIT.toMillis();
    if (old || ready.contains(table.id())) {
      return true;
    }
    for (PartitionDescription partition : table.partitions()) {
      byte[] firstKey = new byte[Long.BYTES];
      PartitionId id = new PartitionId(table.id(), partition.number());
      if (!(leaders.ask(partition.replicas(), new Get(id, firstKey, true)) instanceof Got)) {
        return false;
      }
    }
    ready.add(table.id());
    return true;
  }
}
