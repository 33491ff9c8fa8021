package dev.assay.requestrouter;

import dev.assay.replicastore.Tables;

/** Tells what a table is made of, and whether it is ready. */
final class DescribeTable implements Operation {
  private final TableDirectory directory;

  DescribeTable(TableDirectory directory) {
    this.directory = directory;
  }

  @Override
  public String name() {
    return "DescribeTable";
  }

  @Override
  public int bodySizeMax() {
    return BodyLimits.ONE_ITEM_MAX;
  }

  @Override
  public void run(JsonRequest request, JsonResponse response) {
    String tableName = TableNameParameter.readAlone(request);
    Tables.Table table = directory.find(tableName);
    if (table == null) {
      throw TableNameParameter.notFound(tableName);
    }
    TableJson.write(response, "Table", table);
  }
}
