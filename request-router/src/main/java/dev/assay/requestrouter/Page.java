package dev.assay.requestrouter;

import dev.assay.logformat.Item;
import dev.assay.replicastore.PartitionReply.Ranged;
import dev.assay.replicastore.PartitionRequest;
import dev.assay.replicastore.expression.Condition;
import dev.assay.replicastore.expression.ItemSize;
import dev.assay.replicastore.expression.Projection;
import org.jspecify.annotations.Nullable;

/**
 * One page of items of a query or a scan: reads ranges until it is full, and writes the items that
 * pass the filter as it goes.
 *
 * <p>A page is full at the limit of items or after 1 MB of them, both counted before the filter, as
 * DynamoDB does. Used by the one thread that handles the request.
 */
final class Page {
  private static final int SIZE_MAX_BYTES = 1 << 20;

  private final PartitionRouting routing;
  private final JsonResponse response;
  private final Condition.@Nullable Bound filter;
  private final Projection.@Nullable Bound projection;
  private final boolean countsOnly;
  private final boolean strong;
  private final boolean reverse;
  private final int limit;

  private int scanned;
  private int count;
  private long sizeBytes;
  private @Nullable Item last;
  private boolean cut;

  Page(
      PartitionRouting routing, JsonResponse response, PageParameters parameters, boolean reverse) {
    this.routing = routing;
    this.response = response;
    this.filter = parameters.filter();
    this.projection = parameters.projection();
    this.countsOnly = parameters.countsOnly();
    this.strong = parameters.strong();
    this.limit = parameters.limit();
    this.reverse = reverse;
  }

  void begin() {
    if (!countsOnly) {
      response.beginList("Items");
    }
  }

  /** Reads on through a range of one partition; false when the page is full before its end. */
  boolean read(PartitionRoute route, KeyRange range) {
    KeyRange rest = range;
    while (!rest.isEmpty()) {
      if (isFull()) {
        cut = true;
        return false;
      }
      Ranged part = routing.range(route, request(route, rest));
      for (Ranged.Entry entry : part.entries()) {
        take(entry.item());
      }
      if (!part.more()) {
        return true;
      }
      if (part.entries().isEmpty()) {
        throw new IllegalStateException("a partition says that there is more and gives nothing");
      }
      rest = rest.after(part.entries().getLast().key(), reverse);
    }
    return true;
  }

  private PartitionRequest.Range request(PartitionRoute route, KeyRange range) {
    int bytesMax = (int) (SIZE_MAX_BYTES - sizeBytes);
    return new PartitionRequest.Range(
        route.id(), range.from(), range.to(), reverse, limit - scanned, bytesMax, strong);
  }

  private boolean isFull() {
    return scanned >= limit || sizeBytes >= SIZE_MAX_BYTES;
  }

  private void take(Item item) {
    scanned++;
    sizeBytes += ItemSize.of(item);
    last = item;
    if (filter != null && !filter.test(item)) {
      return;
    }
    count++;
    if (!countsOnly) {
      response.item(projection == null ? item : projection.apply(item));
    }
  }

  /** Writes what comes after the items. */
  void end(RoutedTable table, CapacityReport report) {
    if (!countsOnly) {
      response.endList();
    }
    response.integer("Count", count);
    response.integer("ScannedCount", scanned);
    if (cut && last != null) {
      response.attributes("LastEvaluatedKey", Keys.attributesOf(table.keySchema(), last));
    }
    report.write(response, table.name(), CapacityReport.readHalfUnits(sizeBytes, strong));
  }
}
