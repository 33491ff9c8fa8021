package dev.assay.requestrouter;

import org.jspecify.annotations.Nullable;

/** The one parameter of several table operations, and how those check it. */
final class TableNameParameter {
  private TableNameParameter() {}

  /** Reads a request that has no other parameter. */
  static String readAlone(JsonRequest json) {
    String tableName = null;
    while (json.nextField()) {
      if (json.name().equals("TableName")) {
        tableName = json.text();
      } else {
        json.skip();
      }
    }
    json.end();
    return check(tableName);
  }

  /** Table operations word this otherwise than item operations, which use {@link Constraints}. */
  static String check(@Nullable String tableName) {
    if (tableName == null) {
      throw ApiException.validation(
          "The parameter 'TableName' is required but was not present in the request");
    }
    if (tableName.length() < 3 || tableName.length() > 255) {
      throw ApiException.validation(
          "TableName must be at least 3 characters long and at most 255 characters long");
    }
    Constraints constraints = new Constraints();
    constraints.tableName(tableName, "tableName");
    constraints.check();
    return tableName;
  }

  static ApiException notFound(String tableName) {
    return new ApiException(
        ErrorType.RESOURCE_NOT_FOUND,
        "Requested resource not found: Table: " + tableName + " not found");
  }
}
