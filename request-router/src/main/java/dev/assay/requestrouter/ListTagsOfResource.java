package dev.assay.requestrouter;

import dev.assay.replicastore.Tables;
import java.util.TreeMap;

/** Lists what the owner of a table attached to it, on one page. */
final class ListTagsOfResource implements Operation {
  private final TableDirectory directory;

  ListTagsOfResource(TableDirectory directory) {
    this.directory = directory;
  }

  @Override
  public String name() {
    return "ListTagsOfResource";
  }

  @Override
  public int bodySizeMax() {
    return BodyLimits.ONE_ITEM_MAX;
  }

  @Override
  public void run(JsonRequest request, JsonResponse response) {
    String arn = null;
    while (request.nextField()) {
      if (request.name().equals("ResourceArn")) {
        arn = request.text();
      } else {
        request.skip();
      }
    }
    request.end();
    Constraints constraints = new Constraints();
    constraints.notNull(arn, "resourceArn");
    constraints.check();
    Tables.Table table =
        arn != null && arn.startsWith(TableJson.ARN_PREFIX)
            ? directory.find(arn.substring(TableJson.ARN_PREFIX.length()))
            : null;
    if (table == null) {
      throw new ApiException(
          ErrorType.RESOURCE_NOT_FOUND,
          "Requested resource not found: ResourceArn: "
              + Excerpt.of(String.valueOf(arn))
              + " not found");
    }
    response.beginList("Tags");
    new TreeMap<>(table.description().tags())
        .forEach(
            (key, value) -> {
              response.beginObject();
              response.text("Key", key);
              response.text("Value", value);
              response.endObject();
            });
    response.endList();
  }
}
