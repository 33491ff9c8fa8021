package dev.assay.replicastore;

/** One node's partitions, in this process or in another. Blocks; call from a virtual thread. */
public interface PartitionAccess {

  /** Answers the request; never throws for a fault of the node, the network or the request. */
  PartitionReply ask(PartitionRequest request);
}
