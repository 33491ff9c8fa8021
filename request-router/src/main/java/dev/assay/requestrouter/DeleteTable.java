package dev.assay.requestrouter;

import dev.assay.replicastore.Tables;
import dev.assay.replicastore.Tables.Deletion;

/** Marks a table as being deleted; it is gone a little later. */
final class DeleteTable implements Operation {
  private final Tables tables;
  private final TableDirectory directory;

  DeleteTable(Tables tables, TableDirectory directory) {
    this.tables = tables;
    this.directory = directory;
  }

  @Override
  public String name() {
    return "DeleteTable";
  }

  @Override
  public int bodySizeMax() {
    return BodyLimits.ONE_ITEM_MAX;
  }

  @Override
  public void run(JsonRequest request, JsonResponse response) {
    String tableName = TableNameParameter.readAlone(request);
    switch (delete(tableName)) {
      case Deletion.Deleted(Tables.Table table) -> {
        directory.forget(tableName);
        TableJson.write(response, "TableDescription", table);
      }
      case Deletion.NoSuchTable() -> throw TableNameParameter.notFound(tableName);
      case Deletion.Protected() ->
          throw ApiException.validation(
              "Resource cannot be deleted as it is currently protected against deletion. Disable"
                  + " deletion protection first.");
      case Deletion.InUse(String reason) ->
          throw new ApiException(
              ErrorType.RESOURCE_IN_USE,
              "Attempt to change a resource which is still in use: " + reason);
      case Deletion.OutcomeUnknown _ ->
          throw new ApiException(
              ErrorType.INTERNAL,
              "The outcome of the request is unknown: the table may or may not be deleted, now or"
                  + " later");
    }
  }

  private Deletion delete(String tableName) {
    try {
      return tables.delete(tableName);
    } catch (Tables.Unavailable e) {
      throw TableDirectory.unavailable();
    }
  }
}
