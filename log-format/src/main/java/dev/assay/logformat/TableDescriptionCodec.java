package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.KeySchema.Attribute;
import dev.assay.logformat.TableDescription.PartitionDescription;
import dev.assay.logformat.TableDescription.Status;
import dev.assay.logformat.Value.Bin;
import dev.assay.logformat.Value.Bool;
import dev.assay.logformat.Value.ListOf;
import dev.assay.logformat.Value.MapOf;
import dev.assay.logformat.Value.Num;
import dev.assay.logformat.Value.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A table's description as an item of the metadata group.
 *
 * <pre>
 *   name               S     the table's name, the item's key
 *   version            N     1
 *   id                 S     the table id, lower-case with dashes
 *   partitionKey       M     { name S, type S: "S", "N" or "B" }
 *   sortKey            M     the same; absent when the table has none
 *   seed               B     8 bytes, big-endian
 *   status             S     "ACTIVE" or "DELETING"
 *   createdAtMs        N     milliseconds since 1970
 *   deletionProtected  BOOL
 *   partitions         L     of { number N, hashFrom B (8 bytes, big-endian), replicas L of S }
 *   tags               M     of S
 * </pre>
 *
 * <p>Reading is strict: another attribute, a missing one, another type, or partitions that do not
 * cover the hashes from 0 upwards in order are refused. Any thread may call.
 */
public final class TableDescriptionCodec {
  public static final int VERSION = 1;

  private TableDescriptionCodec() {}

  public static Item toItem(TableDescription table) {
    Map<String, Value> attributes = new LinkedHashMap<>();
    attributes.put("name", new Text(table.name()));
    attributes.put("version", Num.of(VERSION));
    attributes.put("id", new Text(table.id().toString()));
    attributes.put("partitionKey", toValue(table.keySchema().partitionKey()));
    Attribute sortKey = table.keySchema().sortKey();
    if (sortKey != null) {
      attributes.put("sortKey", toValue(sortKey));
    }
    attributes.put("seed", toValue(table.seed()));
    attributes.put("status", new Text(table.status().name()));
    attributes.put("createdAtMs", Num.of(table.createdAtMs()));
    attributes.put("deletionProtected", new Bool(table.deletionProtected()));
    List<Value> partitions = new ArrayList<>();
    table.partitions().forEach(partition -> partitions.add(toValue(partition)));
    attributes.put("partitions", new ListOf(partitions));
    Map<String, Value> tags = new LinkedHashMap<>();
    table.tags().forEach((name, value) -> tags.put(name, new Text(value)));
    attributes.put("tags", new MapOf(tags));
    return new Item(attributes);
  }

  private static Value toValue(Attribute attribute) {
    return new MapOf(
        Map.of("name", new Text(attribute.name()), "type", new Text(attribute.type().name())));
  }

  private static Value toValue(long bits) {
    return new Bin(new BytesWriter(Long.BYTES).i64(bits).toBytes());
  }

  private static Value toValue(PartitionDescription partition) {
    List<Value> replicas = new ArrayList<>();
    partition.replicas().forEach(replica -> replicas.add(new Text(replica)));
    return new MapOf(
        Map.of(
            "number", Num.of(partition.number()),
            "hashFrom", toValue(partition.hashFrom()),
            "replicas", new ListOf(replicas)));
  }

  public static TableDescription fromItem(Item item) throws FormatException {
    Fields fields = new Fields("table", item.attributes());
    FormatVersion.check("table's description", VERSION, VERSION, fields.integer("version"));
    String name = fields.text("name");
    UUID id = fields.uuid("id");
    Attribute partitionKey = attribute("partitionKey", fields.map("partitionKey"));
    Map<String, Value> sortKey = fields.mapOrNull("sortKey");
    TableDescription table =
        new TableDescription(
            name,
            id,
            new KeySchema(partitionKey, sortKey == null ? null : attribute("sortKey", sortKey)),
            fields.bits("seed"),
            constant(Status.class, "status", fields.text("status")),
            fields.number("createdAtMs"),
            fields.bool("deletionProtected"),
            partitions(fields.list("partitions")),
            tags(fields.map("tags")));
    fields.end();
    return table;
  }

  private static Attribute attribute(String what, Map<String, Value> map) throws FormatException {
    Fields fields = new Fields(what, map);
    Attribute attribute =
        new Attribute(
            fields.text("name"), constant(KeySchema.Type.class, what, fields.text("type")));
    fields.end();
    return attribute;
  }

  private static List<PartitionDescription> partitions(List<Value> values) throws FormatException {
    List<PartitionDescription> partitions = new ArrayList<>();
    for (Value value : values) {
      Fields fields = new Fields("partition", Fields.entries("partition", value));
      List<String> replicas = new ArrayList<>();
      for (Value replica : fields.list("replicas")) {
        replicas.add(Fields.string("replica", replica));
      }
      PartitionDescription partition =
          new PartitionDescription(fields.integer("number"), fields.bits("hashFrom"), replicas);
      fields.end();
      checkOrder(partitions, partition);
      partitions.add(partition);
    }
    if (partitions.isEmpty()) {
      throw new Corrupt("table's partitions", "at least 1", 0);
    }
    return partitions;
  }

  private static void checkOrder(List<PartitionDescription> before, PartitionDescription next)
      throws FormatException {
    if (before.isEmpty()) {
      if (next.hashFrom() != 0) {
        throw new Corrupt("first partition's hashFrom", 0, Long.toHexString(next.hashFrom()));
      }
    } else if (Long.compareUnsigned(before.getLast().hashFrom(), next.hashFrom()) >= 0) {
      throw new Corrupt(
          "partition's hashFrom",
          "above " + Long.toHexString(before.getLast().hashFrom()),
          Long.toHexString(next.hashFrom()));
    }
  }

  private static Map<String, String> tags(Map<String, Value> values) throws FormatException {
    Map<String, String> tags = new LinkedHashMap<>();
    for (Map.Entry<String, Value> tag : values.entrySet()) {
      tags.put(tag.getKey(), Fields.string("tag " + tag.getKey(), tag.getValue()));
    }
    return tags;
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String what, String name)
      throws FormatException {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(name)) {
        return constant;
      }
    }
    throw new Corrupt(what, List.of(type.getEnumConstants()), name);
  }

  /** Attributes that are each read once, by name and type, until none is left. */
  private static final class Fields {
    private final String what;
    private final Map<String, Value> left;

    Fields(String what, Map<String, Value> values) {
      this.what = what;
      this.left = new LinkedHashMap<>(values);
    }

    String text(String name) throws FormatException {
      return string(label(name), value(name));
    }

    static String string(String label, Value value) throws FormatException {
      if (value instanceof Text(String text)) {
        return text;
      }
      throw new Corrupt(label, "a string", type(value));
    }

    UUID uuid(String name) throws FormatException {
      String text = text(name);
      UUID uuid;
      try {
        uuid = UUID.fromString(text);
      } catch (IllegalArgumentException e) {
        throw new Corrupt(label(name), "a UUID", text);
      }
      if (!uuid.toString().equals(text)) {
        throw new Corrupt(label(name), uuid, text);
      }
      return uuid;
    }

    long number(String name) throws FormatException {
      if (value(name) instanceof Num num) {
        try {
          return num.number().longValueExact();
        } catch (ArithmeticException e) {
          throw new Corrupt(label(name), "a whole number of 64 bits", num.number());
        }
      }
      throw new Corrupt(label(name), "a number", "another type");
    }

    int integer(String name) throws FormatException {
      long number = number(name);
      if (number != (int) number) {
        throw new Corrupt(label(name), "a whole number of 32 bits", number);
      }
      return (int) number;
    }

    boolean bool(String name) throws FormatException {
      if (value(name) instanceof Bool(boolean bool)) {
        return bool;
      }
      throw new Corrupt(label(name), "true or false", "another type");
    }

    long bits(String name) throws FormatException {
      if (value(name) instanceof Bin(byte[] bytes)) {
        BytesReader in = new BytesReader(bytes);
        long bits = in.i64(label(name));
        in.end(label(name));
        return bits;
      }
      throw new Corrupt(label(name), "8 bytes", "another type");
    }

    List<Value> list(String name) throws FormatException {
      if (value(name) instanceof ListOf(List<Value> elements)) {
        return elements;
      }
      throw new Corrupt(label(name), "a list", "another type");
    }

    Map<String, Value> map(String name) throws FormatException {
      return entries(label(name), value(name));
    }

    @Nullable Map<String, Value> mapOrNull(String name) throws FormatException {
      return left.containsKey(name) ? map(name) : null;
    }

    static Map<String, Value> entries(String label, Value value) throws FormatException {
      if (value instanceof MapOf(Map<String, Value> entries)) {
        return entries;
      }
      throw new Corrupt(label, "a map", type(value));
    }

    private Value value(String name) throws FormatException {
      Value value = left.remove(name);
      if (value == null) {
        throw new Corrupt(what, "an attribute " + name, "none");
      }
      return value;
    }

    void end() throws FormatException {
      if (!left.isEmpty()) {
        throw new Corrupt(what, "no other attribute", left.keySet());
      }
    }

    private String label(String name) {
      return what + "'s " + name;
    }

    private static String type(Value value) {
      return value.getClass().getSimpleName();
    }
  }
}
