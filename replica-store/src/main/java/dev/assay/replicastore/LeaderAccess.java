package dev.assay.replicastore;

import java.util.List;

/** Finds the leader of a partition and asks it. Blocks; call from a virtual thread. */
public interface LeaderAccess {

  /**
   * @param replicas the nodes that hold the request's partition
   * @return the leader's reply; that of whoever answered last when no leader was found in time
   */
  PartitionReply ask(List<String> replicas, PartitionRequest request);
}
