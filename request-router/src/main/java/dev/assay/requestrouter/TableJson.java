package dev.assay.requestrouter;

import dev.assay.logformat.KeySchema;
import dev.assay.logformat.TableDescription;
import dev.assay.replicastore.Tables;
import java.math.BigDecimal;

/**
 * Writes a table's description as DynamoDB does.
 *
 * <p>Assay provisions no throughput, so every table shows as on demand. It keeps no counts of a
 * table's items and bytes, so those two fields are absent.
 */
final class TableJson {
  static final String ARN_PREFIX = "arn:aws:dynamodb:assay:000000000000:table/";

  private TableJson() {}

  static void write(JsonResponse json, String field, Tables.Table table) {
    TableDescription description = table.description();
    BigDecimal createdAt = BigDecimal.valueOf(description.createdAtMs(), 3);
    json.beginObject(field);
    json.text("TableName", description.name());
    json.text("TableId", description.id().toString());
    json.text("TableArn", ARN_PREFIX + description.name());
    json.text("TableStatus", status(table));
    json.decimal("CreationDateTime", createdAt);
    json.beginList("AttributeDefinitions");
    definition(json, description.keySchema().partitionKey());
    KeySchema.Attribute sortKey = description.keySchema().sortKey();
    if (sortKey != null) {
      definition(json, sortKey);
    }
    json.endList();
    json.beginList("KeySchema");
    element(json, description.keySchema().partitionKey(), "HASH");
    if (sortKey != null) {
      element(json, sortKey, "RANGE");
    }
    json.endList();
    json.beginObject("BillingModeSummary");
    json.text("BillingMode", "PAY_PER_REQUEST");
    json.decimal("LastUpdateToPayPerRequestDateTime", createdAt);
    json.endObject();
    json.beginObject("ProvisionedThroughput");
    json.integer("NumberOfDecreasesToday", 0);
    json.integer("ReadCapacityUnits", 0);
    json.integer("WriteCapacityUnits", 0);
    json.endObject();
    json.bool("DeletionProtectionEnabled", description.deletionProtected());
    json.endObject();
  }

  private static String status(Tables.Table table) {
    return switch (table.description().status()) {
      case DELETING -> "DELETING";
      case ACTIVE -> table.ready() ? "ACTIVE" : "CREATING";
    };
  }

  private static void definition(JsonResponse json, KeySchema.Attribute attribute) {
    json.beginObject();
    json.text("AttributeName", attribute.name());
    json.text("AttributeType", attribute.type().name());
    json.endObject();
  }

  private static void element(JsonResponse json, KeySchema.Attribute attribute, String keyType) {
    json.beginObject();
    json.text("AttributeName", attribute.name());
    json.text("KeyType", keyType);
    json.endObject();
  }
}
