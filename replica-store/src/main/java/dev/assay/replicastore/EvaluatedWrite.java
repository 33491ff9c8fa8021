package dev.assay.replicastore;

import dev.assay.logformat.Item;
import dev.assay.logformat.Mutation;
import org.jspecify.annotations.Nullable;

/** What became of a write when it was evaluated, before anything is logged. */
sealed interface EvaluatedWrite {

  /** To be logged; the images are for the reply. */
  record Logged(
      Mutation mutation, byte @Nullable [] afterImage, @Nullable Item before, @Nullable Item after)
      implements EvaluatedWrite {}

  /**
   * Nothing to log: the answer follows from what was read, and is given once the reading is
   * confirmed.
   */
  record Answered(PartitionReply reply) implements EvaluatedWrite {}
}
