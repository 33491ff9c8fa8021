package dev.assay.requestrouter;

import dev.assay.replicastore.LeaderAccess;
import dev.assay.replicastore.Nodes;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The router's way to leaders, for whoever asks on the router's own behalf: its tables, its health.
 */
public final class RoutedAccess implements LeaderAccess {
  private final PartitionRouting routing;
  private final AtomicReference<@Nullable PartitionRoute> metadata = new AtomicReference<>();

  /**
   * @param leaderWait how long a request waits for a partition that has no leader
   */
  public RoutedAccess(Nodes nodes, Duration leaderWait) {
    this.routing = new PartitionRouting(nodes, Waiting.REAL, leaderWait);
  }

  @Override
  public PartitionReply ask(List<String> replicas, PartitionRequest request) {
    return routing.leader(route(request.partition(), replicas), request);
  }

  /** The metadata partition is asked again and again, so its leader is remembered. */
  private PartitionRoute route(PartitionId id, List<String> replicas) {
    PartitionRoute known = metadata.get();
    if (known != null && id.equals(PartitionId.METADATA)) {
      return known;
    }
    PartitionRoute made = new PartitionRoute(id, 0, replicas, routing.nanoTime());
    if (id.equals(PartitionId.METADATA)) {
      metadata.set(made);
    }
    return made;
  }
}
