package dev.assay.replicastore;

import dev.assay.logformat.Item;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link PartitionRequest}. Every way to fail is a type, so that none is
 * overlooked.
 */
public sealed interface PartitionReply {

  record Got(@Nullable Item item) implements PartitionReply {}

  /**
   * @param more whether the range goes on after the last entry
   */
  record Ranged(List<Entry> entries, boolean more) implements PartitionReply {
    public record Entry(byte[] key, Item item) {}
  }

  /** The write is committed, durable on a majority, and applied here. */
  record Written(long lsn, @Nullable Item before, @Nullable Item after) implements PartitionReply {}

  /** The condition was false on the current item; nothing changed. */
  record ConditionFailed(@Nullable Item current) implements PartitionReply {}

  /** The request can't be carried out on the current item: DynamoDB's ValidationException. */
  record Invalid(String message) implements PartitionReply {}

  /** Nothing was done: another node leads, or nobody does. */
  record NotLeader(@Nullable String leader) implements PartitionReply {}

  /** Nothing was done: this node does not hold the partition, or its replica is stopped. */
  record Unavailable(String reason) implements PartitionReply {}

  /** Nothing was done: more is waiting than the node takes in. */
  record Overloaded() implements PartitionReply {}

  /** The write may or may not have been done, now or later. Never to be retried unasked. */
  record OutcomeUnknown(String reason) implements PartitionReply {}
}
