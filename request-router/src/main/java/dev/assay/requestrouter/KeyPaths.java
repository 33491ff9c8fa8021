package dev.assay.requestrouter;

import dev.assay.logformat.KeySchema;
import dev.assay.replicastore.expression.DocumentPath;
import java.util.List;

/** What DynamoDB checks of the paths that expressions name, against a table's keys. */
final class KeyPaths {
  private KeyPaths() {}

  /** Keys have no inside, so a path into one is a mistake. */
  static void checkScalars(KeySchema schema, List<DocumentPath> paths) {
    for (DocumentPath path : paths) {
      if (path.isNested() && Keys.isKeyAttribute(schema, path.topLevelName())) {
        throw ApiException.validation(
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not"
                + " allowed: Key: "
                + path.topLevelName());
      }
    }
  }

  /** A query's filter comes after its key condition, which is where keys belong. */
  static void checkNoKeys(KeySchema schema, List<DocumentPath> paths) {
    for (DocumentPath path : paths) {
      if (Keys.isKeyAttribute(schema, path.topLevelName())) {
        throw ApiException.validation(
            "Filter Expression can only contain non-primary key attributes: Primary key attribute: "
                + path.topLevelName());
      }
    }
  }
}
