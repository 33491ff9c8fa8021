package dev.assay.requestrouter;

/** Says that a table's items do not expire: there is no way yet to have them expire. */
final class DescribeTimeToLive implements Operation {
  private final TableDirectory directory;

  DescribeTimeToLive(TableDirectory directory) {
    this.directory = directory;
  }

  @Override
  public String name() {
    return "DescribeTimeToLive";
  }

  @Override
  public int bodySizeMax() {
    return BodyLimits.ONE_ITEM_MAX;
  }

  @Override
  public void run(JsonRequest request, JsonResponse response) {
    String tableName = TableNameParameter.readAlone(request);
    if (directory.find(tableName) == null) {
      throw TableNameParameter.notFound(tableName);
    }
    response.beginObject("TimeToLiveDescription");
    response.text("TimeToLiveStatus", "DISABLED");
    response.endObject();
  }
}
