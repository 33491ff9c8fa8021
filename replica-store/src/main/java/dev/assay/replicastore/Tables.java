package dev.assay.replicastore;

import dev.assay.logformat.KeySchema;
import dev.assay.logformat.TableDescription;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tables of the cluster, as users see them through a router.
 *
 * <p>Every request looks its table up, so {@link #find} answers from memory and may lag behind a
 * change that another router made; it never lags behind a change made through this object. Any
 * thread may call.
 */
public interface Tables {

  /**
   * The names of all tables, those that are being deleted included, in the order of their UTF-8.
   */
  List<String> names() throws Unavailable;

  /** Null when there is no such table. */
  @Nullable Table find(String name) throws Unavailable;

  /** Blocks until the metadata partition has decided, not until the table is ready. */
  Creation create(Definition definition) throws Unavailable;

  /** Blocks until the table is marked as being deleted, not until it is gone. */
  Deletion delete(String name) throws Unavailable;

  /**
   * @param ready whether every partition has had a leader that takes writes; a table that became
   *     ready stays so, whatever happens to its leaders. Users see CREATING until then.
   */
  record Table(TableDescription description, boolean ready) {}

  /** What a user may choose. Whoever implements {@link Tables} adds id, seed, time and replicas. */
  record Definition(
      String name,
      KeySchema keySchema,
      int partitions,
      boolean deletionProtected,
      Map<String, String> tags) {
    public Definition {
      tags = Map.copyOf(tags);
    }
  }

  sealed interface Creation {
    record Created(Table table) implements Creation {}

    record AlreadyExists() implements Creation {}

    /** The cluster holds as many tables as it takes. */
    record LimitReached(String reason) implements Creation {}

    /** The table may or may not have been created, now or later. */
    record OutcomeUnknown(String reason) implements Creation {}
  }

  sealed interface Deletion {
    /**
     * @param table as it was last, its status DELETING
     */
    record Deleted(Table table) implements Deletion {}

    record NoSuchTable() implements Deletion {}

    /** The table's deletion protection is on. */
    record Protected() implements Deletion {}

    /** The table is still being created or already being deleted. */
    record InUse(String reason) implements Deletion {}

    /** The table may or may not have been deleted, now or later. */
    record OutcomeUnknown(String reason) implements Deletion {}
  }

  /** The metadata could not be asked; nothing was done. */
  final class Unavailable extends Exception {
    private static final long serialVersionUID = 1L;

    public Unavailable(String reason) {
      super(reason);
    }
  }
}
