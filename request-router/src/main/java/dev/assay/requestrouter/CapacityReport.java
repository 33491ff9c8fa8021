package dev.assay.requestrouter;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request would have consumed of a table's capacity in DynamoDB, for clients that ask. Assay
 * provisions none and bills none; the figures follow DynamoDB's rules from the sizes of items.
 */
enum CapacityReport {
  NONE,
  TOTAL,
  INDEXES;

  static final List<String> NAMES = List.of("INDEXES", "TOTAL", "NONE");

  private static final int READ_UNIT_BYTES = 4096;
  private static final int WRITE_UNIT_BYTES = 1024;

  /**
   * @param parameter already checked to be one of {@link #NAMES}, or absent
   */
  static CapacityReport of(@Nullable String parameter) {
    return parameter == null ? NONE : valueOf(parameter);
  }

  /** Half units: an eventually consistent read costs half of a strongly consistent one. */
  static long readHalfUnits(long sizeBytes, boolean strong) {
    long units = Math.max(1, (sizeBytes + READ_UNIT_BYTES - 1) / READ_UNIT_BYTES);
    return strong ? 2 * units : units;
  }

  static long writeHalfUnits(long sizeBytes) {
    return 2 * Math.max(1, (sizeBytes + WRITE_UNIT_BYTES - 1) / WRITE_UNIT_BYTES);
  }

  /** Writes the answer's field, if the client asked for it. */
  void write(JsonResponse json, String tableName, long halfUnits) {
    if (this != NONE) {
      json.beginObject("ConsumedCapacity");
      writeFields(json, tableName, halfUnits);
      json.endObject();
    }
  }

  /** As {@link #write}, for an element of a list. */
  void writeElement(JsonResponse json, String tableName, long halfUnits) {
    json.beginObject();
    writeFields(json, tableName, halfUnits);
    json.endObject();
  }

  private void writeFields(JsonResponse json, String tableName, long halfUnits) {
    BigDecimal units = BigDecimal.valueOf(halfUnits * 5, 1);
    json.text("TableName", tableName);
    json.decimal("CapacityUnits", units);
    if (this == INDEXES) {
      json.beginObject("Table");
      json.decimal("CapacityUnits", units);
      json.endObject();
    }
  }
}
