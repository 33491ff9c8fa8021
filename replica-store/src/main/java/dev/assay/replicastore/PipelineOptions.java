package dev.assay.replicastore;

import java.time.Duration;

/**
 * How a partition's writes are put together.
 *
 * @param batchesInFlightMax batches appended and not yet applied; while so many are, requests
 *     gather
 * @param batchMutationsMax mutations in one batch
 * @param batchSizeBytes a batch takes no further mutation once it holds this much
 * @param waitingMax requests that may wait; more are turned away
 * @param answerTimeout how long a caller waits before it is told that the outcome is unknown
 */
public record PipelineOptions(
    int batchesInFlightMax,
    int batchMutationsMax,
    int batchSizeBytes,
    int waitingMax,
    Duration answerTimeout) {
  public static final PipelineOptions DEFAULT =
      new PipelineOptions(2, 256, 1 << 20, 10_000, Duration.ofSeconds(10));
}
