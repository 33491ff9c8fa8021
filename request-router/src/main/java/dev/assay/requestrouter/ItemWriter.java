package dev.assay.requestrouter;

import dev.assay.logformat.Item;
import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionReply.ConditionFailed;
import dev.assay.replicastore.PartitionReply.Written;
import dev.assay.replicastore.PartitionRequest;
import dev.assay.replicastore.expression.Bindings;
import dev.assay.replicastore.expression.ExpressionKind;
import dev.assay.replicastore.expression.ItemSize;
import org.jspecify.annotations.Nullable;

/** The steps that PutItem, UpdateItem and DeleteItem have in common, once their change is known. */
final class ItemWriter {
  private final PartitionRouting routing;

  ItemWriter(PartitionRouting routing) {
    this.routing = routing;
  }

  /** Has the change made, or throws what became of it instead. */
  Written write(
      RoutedTable table,
      byte[] key,
      PartitionRequest.Change change,
      ItemWriteParameters parameters,
      Bindings bindings) {
    PartitionRoute route = table.partitionOf(key);
    String condition = parameters.expressions().text(ExpressionKind.CONDITION);
    PartitionReply reply =
        routing.write(
            route, new PartitionRequest.Write(route.id(), key, change, condition, bindings));
    if (reply instanceof Written written) {
      return written;
    }
    if (reply instanceof ConditionFailed(Item current)) {
      throw new ApiException(
          ErrorType.CONDITIONAL_CHECK_FAILED,
          "The conditional request failed",
          parameters.returnsItemOnFailure() ? current : null);
    }
    throw PartitionRouting.failure(reply);
  }

  /**
   * @param attributes what the client wants to see; null or empty for nothing
   */
  static void respond(
      JsonResponse response,
      RoutedTable table,
      ItemWriteParameters parameters,
      Written written,
      @Nullable Item attributes) {
    if (attributes != null && !attributes.attributes().isEmpty()) {
      response.item("Attributes", attributes);
    }
    CapacityReport report = parameters.capacity();
    if (report != CapacityReport.NONE) {
      int size = Math.max(size(written.before()), size(written.after()));
      report.write(response, table.name(), CapacityReport.writeHalfUnits(size));
    }
  }

  static int size(@Nullable Item item) {
    return item == null ? 0 : ItemSize.of(item);
  }
}
