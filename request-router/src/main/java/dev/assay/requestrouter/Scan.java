package dev.assay.requestrouter;

import dev.assay.logformat.KeyCodec;
import dev.assay.replicastore.expression.ExpressionKind;
import dev.assay.replicastore.expression.ParsedExpressions;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads all items of a table, or of one of several segments of it, in the order of their keys. */
final class Scan implements Operation {
  private static final List<ExpressionKind> KINDS =
      List.of(ExpressionKind.FILTER, ExpressionKind.PROJECTION);
  private static final long SEGMENTS_MAX = 1_000_000;

  private final TableDirectory directory;
  private final PartitionRouting routing;
  private final ParsedExpressions parsed;

  Scan(TableDirectory directory, PartitionRouting routing, ParsedExpressions parsed) {
    this.directory = directory;
    this.routing = routing;
    this.parsed = parsed;
  }

  private static final class Parameters {
    private final PageParameters page = new PageParameters(KINDS);
    private @Nullable Long segment;
    private @Nullable Long totalSegments;

    static Parameters read(JsonRequest json) {
      Parameters parameters = new Parameters();
      while (json.nextField()) {
        String field = json.name();
        switch (field) {
          case "Segment" -> parameters.segment = json.integer("Integer");
          case "TotalSegments" -> parameters.totalSegments = json.integer("Integer");
          default -> parameters.page.readField(json, field);
        }
      }
      json.end();
      parameters.check();
      return parameters;
    }

    private void check() {
      Constraints constraints = new Constraints();
      page.checkEach(constraints);
      constraints.atLeast(segment, "segment", 0);
      constraints.atMost(segment, "segment", SEGMENTS_MAX - 1);
      constraints.atLeast(totalSegments, "totalSegments", 1);
      constraints.atMost(totalSegments, "totalSegments", SEGMENTS_MAX);
      constraints.check();
      page.checkTogether();
      if (segment != null && totalSegments == null) {
        throw ApiException.validation(
            "The TotalSegments parameter is required but was not present in the request when"
                + " Segment parameter is present");
      }
      if (segment == null && totalSegments != null) {
        throw ApiException.validation(
            "The Segment parameter is required but was not present in the request when parameter"
                + " TotalSegments is present");
      }
      if (segment != null && totalSegments != null && segment >= totalSegments) {
        throw ApiException.validation(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments:"
                + " Segment: %d is not less than TotalSegments: %d"
                    .formatted(segment, totalSegments));
      }
    }

    HashRange hashes() {
      return segment == null || totalSegments == null
          ? new HashRange(0, 0)
          : HashRange.ofSegment(segment, totalSegments);
    }
  }

  /**
   * Hashes from {@code from} up to but without {@code to}, both unsigned.
   *
   * @param to 0 for no upper bound
   */
  record HashRange(long from, long to) {
    private static final BigInteger HASHES = BigInteger.ONE.shiftLeft(Long.SIZE);

    static HashRange ofSegment(long segment, long totalSegments) {
      return new HashRange(bound(segment, totalSegments), bound(segment + 1, totalSegments));
    }

    /** {@code 2^64 * segment / totalSegments}; 2^64 itself comes out as 0. */
    private static long bound(long segment, long totalSegments) {
      return HASHES
          .multiply(BigInteger.valueOf(segment))
          .divide(BigInteger.valueOf(totalSegments))
          .longValue();
    }

    KeyRange keys() {
      return new KeyRange(KeyCodec.firstOfHash(from), to == 0 ? null : KeyCodec.firstOfHash(to));
    }
  }

  @Override
  public String name() {
    return "Scan";
  }

  @Override
  public int bodySizeMax() {
    return BodyLimits.ONE_ITEM_MAX;
  }

  @Override
  public void run(JsonRequest request, JsonResponse response) {
    Parameters parameters = Parameters.read(request);
    PageParameters page = parameters.page;
    page.expressions().bindings();
    page.bindExpressions(parsed);
    page.expressions().checkAllUsed();
    RoutedTable table = directory.active(page.tableName());
    page.checkAgainst(table.keySchema());
    KeyRange range = parameters.hashes().keys();
    byte[] startKey = page.startKeyOf(table);
    if (startKey != null) {
      if (!range.contains(startKey)) {
        throw ApiException.validation(
            "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use"
                + " ExclusiveStartKey with correct Segment. TotalSegments: %d Segment: %d"
                    .formatted(parameters.totalSegments, parameters.segment));
      }
      range = range.after(startKey, false);
    }
    Page result = new Page(routing, response, page, false);
    result.begin();
    read(result, table, range);
    result.end(table, page.capacity());
  }

  /** Reads partition after partition: their order is the order of the keys. */
  private static void read(Page result, RoutedTable table, KeyRange range) {
    List<PartitionRoute> partitions = table.partitions();
    int first = table.indexOf(KeyCodec.hashOf(range.from()));
    for (int i = first; i < partitions.size(); i++) {
      PartitionRoute partition = partitions.get(i);
      byte[] from = i == first ? range.from() : KeyCodec.firstOfHash(partition.hashFrom());
      KeyRange rest = new KeyRange(from, range.to());
      if (rest.isEmpty() || !result.read(partition, rest)) {
        return;
      }
    }
  }
}
