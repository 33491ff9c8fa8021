package dev.assay.requestrouter;

import dev.assay.replicastore.Tables;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists the names of the tables in order, up to a hundred at a time. */
final class ListTables implements Operation {
  private static final int PAGE_MAX = 100;

  private final Tables tables;

  ListTables(Tables tables) {
    this.tables = tables;
  }

  private record Parameters(@Nullable String startAfter, @Nullable Long limit) {

    static Parameters read(JsonRequest json) {
      String startAfter = null;
      Long limit = null;
      while (json.nextField()) {
        switch (json.name()) {
          case "ExclusiveStartTableName" -> startAfter = json.text();
          case "Limit" -> limit = json.integer("Integer");
          default -> json.skip();
        }
      }
      json.end();
      Constraints constraints = new Constraints();
      constraints.optionalName(startAfter, "exclusiveStartTableName");
      constraints.atLeast(limit, "limit", 1);
      constraints.atMost(limit, "limit", PAGE_MAX);
      constraints.check();
      return new Parameters(startAfter, limit);
    }
  }

  @Override
  public String name() {
    return "ListTables";
  }

  @Override
  public int bodySizeMax() {
    return BodyLimits.ONE_ITEM_MAX;
  }

  @Override
  public void run(JsonRequest request, JsonResponse response) {
    Parameters parameters = Parameters.read(request);
    long limit = parameters.limit == null ? PAGE_MAX : parameters.limit;
    String startAfter = parameters.startAfter;
    String last = null;
    boolean more = false;
    response.beginList("TableNames");
    int count = 0;
    for (String name : names()) {
      if (startAfter != null && name.compareTo(startAfter) <= 0) {
        continue;
      }
      if (count == limit) {
        more = true;
        break;
      }
      response.text(name);
      last = name;
      count++;
    }
    response.endList();
    if (more && last != null) {
      response.text("LastEvaluatedTableName", last);
    }
  }

  private List<String> names() {
    try {
      return tables.names();
    } catch (Tables.Unavailable e) {
      throw TableDirectory.unavailable();
    }
  }
}
