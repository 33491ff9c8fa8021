package dev.assay.requestrouter;

import dev.assay.logformat.Item;
import dev.assay.logformat.KeySchema;
import dev.assay.logformat.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks key attributes against a table's schema, and makes keys of them. */
final class Keys {
  private static final int PARTITION_KEY_BYTES_MAX = 2048;
  private static final int SORT_KEY_BYTES_MAX = 1024;
  private static final String NO_MATCH = "The provided key element does not match the schema";

  private Keys() {}

  /** Of a parameter that is a key: it has the key's attributes and no others. */
  static byte[] ofKey(RoutedTable table, Map<String, Value> key) {
    KeySchema schema = table.keySchema();
    if (key.size() != (schema.sortKey() == null ? 1 : 2)) {
      throw ApiException.validation(NO_MATCH);
    }
    Value partitionKey = keyAttribute(schema.partitionKey(), key, PARTITION_KEY_BYTES_MAX);
    Value sortKey =
        schema.sortKey() == null ? null : keyAttribute(schema.sortKey(), key, SORT_KEY_BYTES_MAX);
    return table.keyCodec().encode(partitionKey, sortKey);
  }

  private static Value keyAttribute(
      KeySchema.Attribute attribute, Map<String, Value> key, int bytesMax) {
    Value value = key.get(attribute.name());
    if (value == null || !typeOf(value).equals(attribute.type().name())) {
      throw ApiException.validation(NO_MATCH);
    }
    checkSize(value, attribute, bytesMax);
    return value;
  }

  /** Of a whole item. */
  static byte[] ofItem(RoutedTable table, Map<String, Value> item) {
    KeySchema schema = table.keySchema();
    Value partitionKey = itemAttribute(schema.partitionKey(), item, PARTITION_KEY_BYTES_MAX);
    Value sortKey =
        schema.sortKey() == null ? null : itemAttribute(schema.sortKey(), item, SORT_KEY_BYTES_MAX);
    return table.keyCodec().encode(partitionKey, sortKey);
  }

  private static Value itemAttribute(
      KeySchema.Attribute attribute, Map<String, Value> item, int bytesMax) {
    Value value = item.get(attribute.name());
    if (value == null) {
      throw ApiException.invalidParameter("Missing the key " + attribute.name() + " in the item");
    }
    if (!typeOf(value).equals(attribute.type().name())) {
      throw ApiException.invalidParameter(
          "Type mismatch for key %s expected: %s actual: %s"
              .formatted(attribute.name(), attribute.type(), typeOf(value)));
    }
    checkSize(value, attribute, bytesMax);
    return value;
  }

  /** For a partition key that a query names. */
  static void checkPartitionKey(Value value, KeySchema schema) {
    checkSize(value, schema.partitionKey(), PARTITION_KEY_BYTES_MAX);
  }

  private static void checkSize(Value value, KeySchema.Attribute attribute, int bytesMax) {
    int bytes;
    if (value instanceof Value.Text(String text)) {
      bytes = Utf8.length(text);
      checkNotEmpty(bytes, "string", attribute);
    } else if (value instanceof Value.Bin(byte[] binary)) {
      bytes = binary.length;
      checkNotEmpty(bytes, "binary", attribute);
    } else {
      return;
    }
    if (bytes > bytesMax) {
      throw ApiException.invalidParameter(
          bytesMax == PARTITION_KEY_BYTES_MAX
              ? "Size of hashkey has exceeded the maximum size limit of2048 bytes"
              : "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
    }
  }

  private static void checkNotEmpty(int bytes, String kind, KeySchema.Attribute attribute) {
    if (bytes == 0) {
      throw ApiException.validation(
          "One or more parameter values are not valid. The AttributeValue for a key attribute"
              + " cannot contain an empty %s value. Key: %s".formatted(kind, attribute.name()));
    }
  }

  /** The key attributes of an item of the table. */
  static Map<String, Value> attributesOf(KeySchema schema, Item item) {
    Map<String, Value> key = LinkedHashMap.newLinkedHashMap(2);
    putAttribute(key, schema.partitionKey(), item);
    putAttribute(key, schema.sortKey(), item);
    return key;
  }

  private static void putAttribute(
      Map<String, Value> key, KeySchema.@Nullable Attribute attribute, Item item) {
    if (attribute != null) {
      Value value = item.get(attribute.name());
      if (value == null) {
        throw new IllegalStateException("a stored item has no key attribute " + attribute.name());
      }
      key.put(attribute.name(), value);
    }
  }

  static boolean isKeyAttribute(KeySchema schema, String name) {
    return schema.partitionKey().name().equals(name)
        || (schema.sortKey() != null && schema.sortKey().name().equals(name));
  }

  /** DynamoDB's letters for a value's type. */
  private static String typeOf(Value value) {
    return switch (value) {
      case Value.Text _ -> "S";
      case Value.Num _ -> "N";
      case Value.Bin _ -> "B";
      case Value.Bool _ -> "BOOL";
      case Value.Null _ -> "NULL";
      case Value.ListOf _ -> "L";
      case Value.MapOf _ -> "M";
      case Value.TextSet _ -> "SS";
      case Value.NumSet _ -> "NS";
      case Value.BinSet _ -> "BS";
    };
  }
}
