package dev.assay.replicastore;

import dev.assay.replicastore.consensus.Consensus;
import dev.assay.replicastore.consensus.Consensus.Member;
import dev.assay.replicastore.consensus.FatalStop;
import dev.assay.replicastore.store.SharedStorage;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a node is made of.
 *
 * @param members all nodes that may hold replicas, this one included
 * @param retention how far logs may be dropped
 * @param peers how to call another node, by its name
 * @param clock gives batches their times and findings their dates
 * @param fatal ends the process, when the disk or the log can't be trusted any more
 */
public record NodeSetup(
    String name,
    List<Member> members,
    NodeFolder folder,
    Consensus consensus,
    SharedStorage storage,
    PipelineOptions pipeline,
    LogRetention retention,
    Peers peers,
    InstantSource clock,
    RandomGenerator random,
    FatalStop fatal) {
  public NodeSetup {
    members = List.copyOf(members);
  }

  /** The other nodes' calls. Any thread. */
  @FunctionalInterface
  public interface Peers {
    /** Null for a node that can't be called, perhaps not yet. */
    @Nullable NodeCalls find(String node);
  }
}
