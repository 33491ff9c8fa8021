package dev.assay.replicastore;

import dev.assay.logformat.FormatException;
import dev.assay.logformat.Item;
import dev.assay.logformat.KeyCodec;
import dev.assay.logformat.KeySchema;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.TableDescription;
import dev.assay.logformat.TableDescriptionCodec;
import dev.assay.logformat.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the metadata group's items look: one per table; one per table that was dropped, which stays
 * so that every node learns what to delete, however late it comes back; one per signing key of a
 * node ({@link Signer}).
 */
final class MetadataRows {
  /** What the metadata partition goes by where tables have names. */
  static final String TABLE_NAME = "metadata";

  private static final String KIND = "kind";
  private static final String NAME = "row";
  private static final Value TABLE = new Value.Text("table");
  private static final Value DROPPED = new Value.Text("dropped");
  private static final Value SIGNER = new Value.Text("signer");
  private static final String NODE = "node";
  private static final String CERTIFICATE = "certificate";
  private static final String ROOT = "root";

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

  static byte[] signerKey(Sha256 fingerprint) {
    return KEYS.encode(SIGNER, new Value.Text(fingerprint.toString()));
  }

  static Item signerRow(Signer signer) {
    Map<String, Value> attributes = new LinkedHashMap<>();
    attributes.put(KIND, SIGNER);
    attributes.put(NAME, new Value.Text(signer.fingerprint().toString()));
    attributes.put(NODE, new Value.Text(signer.node()));
    attributes.put(CERTIFICATE, new Value.Text(signer.certificate()));
    attributes.put(ROOT, new Value.Text(signer.root().toString()));
    return new Item(attributes);
  }

  static Signer signer(Item row) throws FormatException {
    return new Signer(
        Sha256.parse(text(row, NAME)),
        text(row, NODE),
        text(row, CERTIFICATE),
        Sha256.parse(text(row, ROOT)));
  }

  private static String text(Item row, String attribute) throws FormatException {
    Value value = row.get(attribute);
    if (value instanceof Value.Text(String text)) {
      return text;
    }
    throw new FormatException.Corrupt(
        "signer row's " + attribute, "a string", value == null ? "none" : value);
  }

  static KeyRange tables() {
    return rows(TABLE);
  }

  static KeyRange dropped() {
    return rows(DROPPED);
  }

  static KeyRange signers() {
    return rows(SIGNER);
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
