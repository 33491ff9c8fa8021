package dev.assay.replicastore;

import org.jspecify.annotations.Nullable;

/**
 * How to reach the nodes of the cluster by the names that {@link
 * dev.assay.logformat.TableDescription} uses. Any thread may call; neither method blocks.
 */
public interface Nodes {

  /** Null when the cluster has no node of this name. The same object each time while it lives. */
  @Nullable PartitionAccess find(String node);

  /** Whether the node runs in this process, so that asking it costs no network. */
  boolean isLocal(String node);
}
