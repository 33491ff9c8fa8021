package dev.assay.replicastore;

import java.nio.ByteBuffer;
import java.util.UUID;

/** A partition of a table, and so the replication group that holds it. */
public record PartitionId(UUID table, int number) {

  /** The metadata group: what the cluster knows of its tables. A partition like any other. */
  public static final PartitionId METADATA = new PartitionId(new UUID(0, 0), 0);

  /** The name of the replication group, the same on every node. */
  public UUID groupId() {
    ByteBuffer name = ByteBuffer.allocate(20);
    name.putLong(table.getMostSignificantBits())
        .putLong(table.getLeastSignificantBits())
        .putInt(number);
    return UUID.nameUUIDFromBytes(name.array());
  }

  /** As in folder names and messages: table id, a dash, the number. */
  @Override
  public String toString() {
    return table + "-" + number;
  }
}
