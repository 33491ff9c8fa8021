package dev.assay.requestrouter;

import dev.assay.replicastore.expression.ExpressionException;
import dev.assay.replicastore.expression.ExpressionKind;
import dev.assay.replicastore.expression.KeyCondition;
import dev.assay.replicastore.expression.ParsedExpressions;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the items of one partition key, all or a range of them, in the order of their sort keys.
 */
final class Query implements Operation {
  private static final List<ExpressionKind> KINDS =
      List.of(ExpressionKind.FILTER, ExpressionKind.KEY_CONDITION, ExpressionKind.PROJECTION);

  private final TableDirectory directory;
  private final PartitionRouting routing;
  private final ParsedExpressions parsed;

  Query(TableDirectory directory, PartitionRouting routing, ParsedExpressions parsed) {
    this.directory = directory;
    this.routing = routing;
    this.parsed = parsed;
  }

  private static final class Parameters {
    private final PageParameters page = new PageParameters(KINDS);
    private boolean forward = true;

    static Parameters read(JsonRequest json) {
      Parameters parameters = new Parameters();
      while (json.nextField()) {
        String field = json.name();
        if (field.equals("ScanIndexForward")) {
          parameters.forward = json.bool();
        } else {
          parameters.page.readField(json, field);
        }
      }
      json.end();
      Constraints constraints = new Constraints();
      parameters.page.checkEach(constraints);
      constraints.check();
      parameters.page.checkTogether();
      return parameters;
    }
  }

  @Override
  public String name() {
    return "Query";
  }

  @Override
  public int bodySizeMax() {
    return BodyLimits.ONE_ITEM_MAX;
  }

  @Override
  public void run(JsonRequest request, JsonResponse response) {
    Parameters parameters = Parameters.read(request);
    PageParameters page = parameters.page;
    ExpressionParameters expressions = page.expressions();
    expressions.bindings();
    KeyCondition.Bound condition =
        expressions.bind(
            ExpressionKind.KEY_CONDITION,
            text -> parsed.keyCondition(text).bind(expressions.usage()));
    if (condition == null) {
      throw ApiException.validation(
          "Either the KeyConditions or KeyConditionExpression parameter must be specified in the"
              + " request.");
    }
    page.bindExpressions(parsed);
    expressions.checkAllUsed();
    RoutedTable table = directory.active(page.tableName());
    page.checkAgainst(table.keySchema());
    KeyCondition.Target target = target(condition, table);
    if (page.filter() != null) {
      KeyPaths.checkNoKeys(table.keySchema(), page.filter().paths());
    }
    byte[] prefix = table.keyCodec().prefix(target.partitionKey());
    KeyRange range = KeyRange.of(table.keyCodec(), target);
    byte[] startKey = page.startKeyOf(table);
    if (startKey != null) {
      checkStart(startKey, prefix, range);
      range = range.after(startKey, !parameters.forward);
    }
    Page result = new Page(routing, response, page, !parameters.forward);
    result.begin();
    result.read(table.partitionOf(prefix), range);
    result.end(table, page.capacity());
  }

  private static KeyCondition.Target target(KeyCondition.Bound condition, RoutedTable table) {
    KeyCondition.Target target;
    try {
      target = condition.against(table.keySchema());
    } catch (ExpressionException e) {
      throw ApiException.validation(e.describe(ExpressionKind.KEY_CONDITION));
    }
    Keys.checkPartitionKey(target.partitionKey(), table.keySchema());
    return target;
  }

  private static void checkStart(byte[] startKey, byte[] prefix, KeyRange range) {
    boolean samePartitionKey =
        startKey.length >= prefix.length
            && Arrays.equals(startKey, 0, prefix.length, prefix, 0, prefix.length);
    if (!samePartitionKey) {
      throw ApiException.validation(
          "The provided starting key is outside query boundaries based on provided conditions");
    }
    if (!range.contains(startKey)) {
      throw ApiException.validation(
          "The provided starting key does not match the range key predicate");
    }
  }
}
