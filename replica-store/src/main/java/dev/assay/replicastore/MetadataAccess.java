package dev.assay.replicastore;

import dev.assay.logformat.Item;
import dev.assay.replicastore.PartitionReply.ConditionFailed;
import dev.assay.replicastore.PartitionReply.Got;
import dev.assay.replicastore.PartitionReply.Ranged;
import dev.assay.replicastore.PartitionReply.Written;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.PartitionRequest.Get;
import dev.assay.replicastore.PartitionRequest.Range;
import dev.assay.replicastore.PartitionRequest.Write;
import dev.assay.replicastore.Tables.Unavailable;
import dev.assay.replicastore.expression.Bindings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the rows of the metadata partition, through its leader. Blocks; any thread.
 *
 * @param nodes the cluster's nodes, which all hold it
 */
record MetadataAccess(LeaderAccess leaders, List<String> nodes) {
  private static final int PAGE_BYTES = 1 << 20;

  MetadataAccess {
    nodes = List.copyOf(nodes);
  }

  enum Outcome {
    DONE,
    /** The condition was false: nothing was done. */
    REFUSED,
    UNKNOWN
  }

  Outcome write(byte[] key, Change change, @Nullable String condition, Bindings bindings)
      throws Unavailable {
    PartitionReply reply =
        leaders.ask(nodes, new Write(PartitionId.METADATA, key, change, condition, bindings));
    return switch (reply) {
      case Written _ -> Outcome.DONE;
      case ConditionFailed _ -> Outcome.REFUSED;
      case PartitionReply.OutcomeUnknown _ -> Outcome.UNKNOWN;
      case Got _,
          Ranged _,
          PartitionReply.Invalid _,
          PartitionReply.NotLeader _,
          PartitionReply.Unavailable _,
          PartitionReply.Overloaded _ ->
          throw unavailable(reply);
    };
  }

  @Nullable Item read(byte[] key) throws Unavailable {
    PartitionReply reply = leaders.ask(nodes, new Get(PartitionId.METADATA, key, true));
    if (!(reply instanceof Got(Item row))) {
      throw unavailable(reply);
    }
    return row;
  }

  List<Item> rows(MetadataRows.KeyRange range) throws Unavailable {
    List<Item> rows = new ArrayList<>();
    byte[] from = range.from();
    while (true) {
      PartitionReply reply =
          leaders.ask(
              nodes,
              new Range(
                  PartitionId.METADATA,
                  from,
                  range.to(),
                  false,
                  Integer.MAX_VALUE,
                  PAGE_BYTES,
                  true));
      if (!(reply instanceof Ranged(List<Ranged.Entry> entries, boolean more))) {
        throw unavailable(reply);
      }
      entries.forEach(entry -> rows.add(entry.item()));
      if (!more) {
        return rows;
      }
      byte[] last = entries.getLast().key();
      from = Arrays.copyOf(last, last.length + 1);
    }
  }

  private static Unavailable unavailable(PartitionReply reply) {
    return new Unavailable("the metadata partition does not answer: " + reply);
  }
}
