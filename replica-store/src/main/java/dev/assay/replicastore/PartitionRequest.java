package dev.assay.replicastore;

import dev.assay.logformat.Item;
import dev.assay.replicastore.expression.Bindings;
import org.jspecify.annotations.Nullable;

/** What may be asked of one partition, wherever its replicas are. */
public sealed interface PartitionRequest {

  PartitionId partition();

  /** The item at a key. Strongly consistent from the leader, or whatever this replica has. */
  record Get(PartitionId partition, byte[] key, boolean strong) implements PartitionRequest {}

  /**
   * The items in {@code [from, to)} in key order, or from the end when {@code reverse}; at most
   * {@code itemsMax} items, and no further item once {@code bytesMax} of items have been read.
   *
   * @param to null for no upper bound
   */
  record Range(
      PartitionId partition,
      byte[] from,
      byte @Nullable [] to,
      boolean reverse,
      int itemsMax,
      int bytesMax,
      boolean strong)
      implements PartitionRequest {}

  /** One conditional change of one item. */
  record Write(
      PartitionId partition,
      byte[] key,
      Change change,
      @Nullable String condition,
      Bindings bindings)
      implements PartitionRequest {}

  /** What a write does to its item. */
  sealed interface Change {
    record Put(Item item) implements Change {}

    record Delete() implements Change {}

    /**
     * @param keyAttributes the item that the expression starts from when there is none yet
     * @param expression an update expression; empty to leave the item as it is, or to create it
     *     with its key alone
     */
    record Update(Item keyAttributes, String expression) implements Change {}
  }
}
