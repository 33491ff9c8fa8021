package dev.assay.replicastore;

import dev.assay.logformat.FormatException;
import dev.assay.logformat.Item;
import dev.assay.logformat.KeyCodec;
import dev.assay.logformat.KeySchema;
import dev.assay.logformat.TableDescription;
import dev.assay.logformat.TableDescriptionCodec;
import dev.assay.logformat.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the metadata group's items look: one per table, and one per table that was dropped, which
 * stays so that every node learns what to delete, however late it comes back.
 */
final class MetadataRows {
  private static final String KIND = "kind";
  private static final String NAME = "row";
  private static final Value TABLE = new Value.Text("table");
  private static final Value DROPPED = new Value.Text("dropped");

  private static final KeyCodec KEYS =
      new KeyCodec(
          new KeySchema(
              new KeySchema.Attribute(KIND, KeySchema.Type.S),
              new KeySchema.Attribute(NAME, KeySchema.Type.S)),
          0);

  private MetadataRows() {}

  /** True of a row that is not there. */
  static final String ABSENT = "attribute_not_exists(" + KIND + ")";

  static byte[] tableKey(String name) {
    return KEYS.encode(TABLE, new Value.Text(name));
  }

  static byte[] droppedKey(TableDescription table) {
    return KEYS.encode(DROPPED, new Value.Text(table.id().toString()));
  }

  static Item tableRow(TableDescription table) {
    return row(table, TABLE, table.name());
  }

  static Item droppedRow(TableDescription table) {
    return row(table, DROPPED, table.id().toString());
  }

  private static Item row(TableDescription table, Value kind, String name) {
    Map<String, Value> attributes =
        new LinkedHashMap<>(TableDescriptionCodec.toItem(table).attributes());
    attributes.put(KIND, kind);
    attributes.put(NAME, new Value.Text(name));
    return new Item(attributes);
  }

  static TableDescription table(Item row) throws FormatException {
    Map<String, Value> attributes = new LinkedHashMap<>(row.attributes());
    attributes.remove(KIND);
    attributes.remove(NAME);
    return TableDescriptionCodec.fromItem(new Item(attributes));
  }

  static KeyRange tables() {
    return rows(TABLE);
  }

  static KeyRange dropped() {
    return rows(DROPPED);
  }

  private static KeyRange rows(Value kind) {
    byte[] prefix = KEYS.prefix(kind);
    return new KeyRange(prefix, KeyCodec.after(prefix));
  }

  /**
   * @param to exclusive; null for no bound
   */
  record KeyRange(byte[] from, byte @Nullable [] to) {}
}
