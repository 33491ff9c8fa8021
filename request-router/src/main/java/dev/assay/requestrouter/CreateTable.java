package dev.assay.requestrouter;

import dev.assay.replicastore.Tables;
import dev.assay.replicastore.Tables.Creation;

/** Makes a table; it is CREATING until each of its partitions has a leader. */
final class CreateTable implements Operation {
  private final Tables tables;
  private final int partitions;

  /**
   * @param partitions how many a new table gets
   */
  CreateTable(Tables tables, int partitions) {
    this.tables = tables;
    this.partitions = partitions;
  }

  @Override
  public String name() {
    return "CreateTable";
  }

  @Override
  public int bodySizeMax() {
    return BodyLimits.ONE_ITEM_MAX;
  }

  @Override
  public void run(JsonRequest request, JsonResponse response) {
    CreateTableParameters parameters = CreateTableParameters.read(request);
    switch (create(parameters)) {
      case Creation.Created(Tables.Table table) ->
          TableJson.write(response, "TableDescription", table);
      case Creation.AlreadyExists() ->
          throw new ApiException(
              ErrorType.RESOURCE_IN_USE, "Table already exists: " + parameters.tableName());
      case Creation.LimitReached(String reason) ->
          throw new ApiException(ErrorType.LIMIT_EXCEEDED, reason);
      case Creation.OutcomeUnknown _ ->
          throw new ApiException(
              ErrorType.INTERNAL,
              "The outcome of the request is unknown: the table may or may not be created, now or"
                  + " later");
    }
  }

  private Creation create(CreateTableParameters parameters) {
    try {
      return tables.create(
          new Tables.Definition(
              parameters.tableName(),
              parameters.keySchema(),
              partitions,
              parameters.deletionProtected(),
              parameters.tags()));
    } catch (Tables.Unavailable e) {
      throw TableDirectory.unavailable();
    }
  }
}
