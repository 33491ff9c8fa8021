package dev.assay.logformat;

import java.util.List;
import java.util.UUID;

/**
 * What one log entry carries: mutations that were evaluated together, in order.
 *
 * @param table the immutable table id
 * @param partition the partition's number in its table
 * @param fence on which state it was evaluated
 * @param hybridTime a {@link HybridTime}, never less than that of the batch before
 */
public record Batch(
    UUID table, int partition, Fence fence, long hybridTime, List<Mutation> mutations) {
  public Batch {
    mutations = List.copyOf(mutations);
  }
}
