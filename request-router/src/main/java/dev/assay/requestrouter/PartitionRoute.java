package dev.assay.requestrouter;

import dev.assay.replicastore.PartitionId;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * What the router has learnt of one partition: who led it last, and which replicas did not answer
 * of late. Hints only: a wrong one costs a question. Any thread may call.
 */
final class PartitionRoute {
  private final PartitionId id;
  private final long hashFrom;
  private final List<String> replicas;
  private final AtomicLongArray avoidedUntilNanos;
  private final AtomicInteger turn = new AtomicInteger();
  private volatile @Nullable String leader;

  PartitionRoute(PartitionId id, long hashFrom, List<String> replicas, long nowNanos) {
    this.id = id;
    this.hashFrom = hashFrom;
    this.replicas = replicas;
    this.avoidedUntilNanos = new AtomicLongArray(replicas.size());
    for (int i = 0; i < replicas.size(); i++) {
      avoidedUntilNanos.set(i, nowNanos);
    }
  }

  PartitionId id() {
    return id;
  }

  long hashFrom() {
    return hashFrom;
  }

  List<String> replicas() {
    return replicas;
  }

  @Nullable String leader() {
    return leader;
  }

  void leader(@Nullable String node) {
    leader = node;
  }

  /** Where to begin among the replicas, so that each has its turn. */
  int nextTurn() {
    return Math.floorMod(turn.getAndIncrement(), replicas.size());
  }

  void avoid(int replica, long untilNanos) {
    avoidedUntilNanos.set(replica, untilNanos);
  }

  boolean isAvoided(int replica, long nowNanos) {
    return avoidedUntilNanos.get(replica) - nowNanos > 0;
  }
}
