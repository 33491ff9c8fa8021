package dev.assay.requestrouter;

import dev.assay.logformat.TableDescription;
import dev.assay.replicastore.Tables;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds tables by name and keeps what was learnt of their partitions for as long as their
 * descriptions stay the same. Any thread may call.
 */
final class TableDirectory {
  private final Tables tables;
  private final LongSupplier nanoTime;
  private final Map<String, RoutedTable> routed = new ConcurrentHashMap<>();

  TableDirectory(Tables tables, LongSupplier nanoTime) {
    this.tables = tables;
    this.nanoTime = nanoTime;
  }

  /** A table that takes reads and writes of items; anything else is ResourceNotFoundException. */
  RoutedTable active(String name) {
    Tables.Table table = find(name);
    if (table == null) {
      forget(name);
      throw new ApiException(ErrorType.RESOURCE_NOT_FOUND, "Requested resource not found");
    }
    TableDescription description = table.description();
    if (!table.ready() || description.status() == TableDescription.Status.DELETING) {
      throw new ApiException(
          ErrorType.RESOURCE_NOT_FOUND,
          "Requested resource not found: the table "
              + name
              + (table.ready() ? " is being deleted" : " is still being created"));
    }
    RoutedTable known = routed.get(name);
    if (known != null && isSame(known.description(), description)) {
      return known;
    }
    RoutedTable fresh = new RoutedTable(description, nanoTime.getAsLong());
    routed.put(name, fresh);
    return fresh;
  }

  /** The table was deleted: nobody may ask for it again, so it would be kept for ever. */
  void forget(String name) {
    routed.remove(name);
  }

  /** Mostly it is the same object, and equality would compare every partition. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(TableDescription known, TableDescription current) {
    return known == current || known.equals(current);
  }

  /** Whatever its status; null when there is no such table. */
  Tables.@Nullable Table find(String name) {
    try {
      return tables.find(name);
    } catch (Tables.Unavailable e) {
      throw unavailable();
    }
  }

  static ApiException unavailable() {
    return new ApiException(
        ErrorType.UNAVAILABLE, "The cluster's metadata can't be asked right now; nothing was done");
  }
}
