package dev.assay.requestrouter;

import dev.assay.logformat.KeyCodec;
import dev.assay.logformat.KeySchema;
import dev.assay.logformat.TableDescription;
import dev.assay.logformat.TableDescription.PartitionDescription;
import dev.assay.replicastore.PartitionId;
import java.util.List;

/** A table with what is needed to bring requests to its partitions. Any thread may call. */
final class RoutedTable {
  private final TableDescription description;
  private final KeyCodec keyCodec;
  private final List<PartitionRoute> partitions;

  RoutedTable(TableDescription description, long nowNanos) {
    this.description = description;
    this.keyCodec = new KeyCodec(description.keySchema(), description.seed());
    this.partitions =
        description.partitions().stream()
            .map(partition -> route(description, partition, nowNanos))
            .toList();
  }

  private static PartitionRoute route(
      TableDescription table, PartitionDescription partition, long nowNanos) {
    PartitionId id = new PartitionId(table.id(), partition.number());
    return new PartitionRoute(id, partition.hashFrom(), partition.replicas(), nowNanos);
  }

  TableDescription description() {
    return description;
  }

  String name() {
    return description.name();
  }

  KeySchema keySchema() {
    return description.keySchema();
  }

  KeyCodec keyCodec() {
    return keyCodec;
  }

  /** In the order of their hashes. */
  List<PartitionRoute> partitions() {
    return partitions;
  }

  PartitionRoute partitionOf(byte[] key) {
    return partitions.get(indexOf(KeyCodec.hashOf(key)));
  }

  /** Which of {@link #partitions} holds a hash. */
  int indexOf(long hash) {
    int low = 0;
    int high = partitions.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (Long.compareUnsigned(partitions.get(middle).hashFrom(), hash) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
