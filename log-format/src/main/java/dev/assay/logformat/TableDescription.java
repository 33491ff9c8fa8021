package dev.assay.logformat;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What the metadata group knows of a table.
 *
 * @param seed secret; keys are hashed with it, so that nobody can aim at one partition or one node
 *     of the digest tree
 * @param partitions in order of {@code hashFrom}; the first starts at 0 and each ends where the
 *     next starts
 * @param tags what the owner attached (name to value)
 */
public record TableDescription(
    String name,
    UUID id,
    KeySchema keySchema,
    long seed,
    Status status,
    long createdAtMs,
    boolean deletionProtected,
    List<PartitionDescription> partitions,
    Map<String, String> tags) {

  public TableDescription {
    partitions = List.copyOf(partitions);
    tags = Map.copyOf(tags);
  }

  public enum Status {
    ACTIVE,
    DELETING
  }

  /**
   * @param hashFrom the first hash of the range, as an unsigned number
   * @param replicas the names of the nodes that hold it
   */
  public record PartitionDescription(int number, long hashFrom, List<String> replicas) {
    public PartitionDescription {
      replicas = List.copyOf(replicas);
    }
  }
}
