package dev.assay.logformat;

import static dev.assay.logformat.Refusals.assertIsAbout;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatException.TooNew;
import dev.assay.logformat.KeySchema.Attribute;
import dev.assay.logformat.KeySchema.Type;
import dev.assay.logformat.TableDescription.PartitionDescription;
import dev.assay.logformat.TableDescription.Status;
import dev.assay.logformat.Value.Bin;
import dev.assay.logformat.Value.Bool;
import dev.assay.logformat.Value.ListOf;
import dev.assay.logformat.Value.MapOf;
import dev.assay.logformat.Value.Null;
import dev.assay.logformat.Value.Num;
import dev.assay.logformat.Value.Text;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TableDescriptionCodecTest {
  static final TableDescription MUSIC =
      new TableDescription(
          "Music",
          UUID.fromString("6f1ed002-ab5e-4c2d-9a53-3c6a3f0e7b11"),
          new KeySchema(new Attribute("artist", Type.S), new Attribute("year", Type.N)),
          -2,
          Status.ACTIVE,
          1_700_000_000_123L,
          true,
          List.of(
              new PartitionDescription(0, 0, List.of("node-a", "node-b", "node-c")),
              new PartitionDescription(2, Long.MIN_VALUE, List.of("node-b"))),
          Map.of("team", "records", "stage", ""));

  @Test
  void whatWasWrittenIsRead() throws FormatException {
    assertEquals(MUSIC, roundTrip(MUSIC));
    TableDescription simple =
        new TableDescription(
            "t",
            new UUID(0, 0),
            new KeySchema(new Attribute("p", Type.B), null),
            Long.MAX_VALUE,
            Status.DELETING,
            0,
            false,
            List.of(new PartitionDescription(0, 0, List.of())),
            Map.of());
    assertEquals(simple, roundTrip(simple));
  }

  private static TableDescription roundTrip(TableDescription table) throws FormatException {
    byte[] bytes = ItemCodec.encode(TableDescriptionCodec.toItem(table));
    return TableDescriptionCodec.fromItem(ItemCodec.decode(bytes));
  }

  @Test
  void everyAttributeIsNeededAndNoOtherIsTaken() throws FormatException {
    for (String name : TableDescriptionCodec.toItem(MUSIC).attributes().keySet()) {
      if (!name.equals("sortKey")) {
        assertRefused(name, null);
      }
      assertRefused(name, new Null());
    }
    assertRefused("other", new Null());
  }

  @Test
  void attributesOfWrongContentAreRefused() {
    assertRefused("id", new Text("6F1ED002-AB5E-4C2D-9A53-3C6A3F0E7B11"));
    assertRefused("id", new Text("1-2-3-4-5"));
    assertRefused("id", new Text("music"));
    assertRefused("seed", new Bin(new byte[7]));
    assertRefused("seed", new Bin(new byte[9]));
    assertRefused("status", new Text("active"));
    assertRefused("createdAtMs", new Num(new BigDecimal("0.5")));
    assertRefused("createdAtMs", new Num(new BigDecimal("9223372036854775808")));
    assertRefused("version", Num.of(0));
    assertRefused("version", Num.of(1L << 32));
    assertRefused("deletionProtected", new Text("true"));
    assertRefused("tags", new MapOf(Map.of("a", new Bool(true))));
    assertRefused("sortKey", attribute("year", "X"));
    assertRefused("sortKey", new MapOf(Map.of("name", new Text("year"))));
    assertRefused(
        "partitionKey",
        new MapOf(Map.of("name", new Text("a"), "type", new Text("S"), "more", new Text("b"))));
  }

  private static Value attribute(String name, String type) {
    return new MapOf(Map.of("name", new Text(name), "type", new Text(type)));
  }

  @Test
  void partitionsCoverTheHashesInOrder() throws FormatException {
    assertRefused("partitions", new ListOf(List.of()));
    assertRefused("partitions", new ListOf(List.of(partition(1))));
    assertRefused("partitions", new ListOf(List.of(partition(0), partition(0))));
    assertRefused("partitions", new ListOf(List.of(partition(0), partition(-1), partition(1))));
    assertRefused("partitions", new ListOf(List.of(new Text("0"))));
    Value unsigned = new ListOf(List.of(partition(0), partition(1), partition(-1)));
    assertEquals(
        3, TableDescriptionCodec.fromItem(with("partitions", unsigned)).partitions().size());
  }

  private static Value partition(long hashFrom) {
    return new MapOf(
        Map.of(
            "number", Num.of(0),
            "hashFrom", new Bin(new BytesWriter().i64(hashFrom).toBytes()),
            "replicas", new ListOf(List.of(new Text("node-a")))));
  }

  @Test
  void aNewerVersionSaysSo() {
    TooNew refusal =
        assertThrows(
            TooNew.class, () -> TableDescriptionCodec.fromItem(with("version", Num.of(2))));
    assertEquals(
        "table's description: too new: expected version 1 or older, actual 2",
        refusal.getMessage());
  }

  @Test
  void aRefusalNamesTheAttribute() {
    Corrupt refusal =
        assertThrows(
            Corrupt.class, () -> TableDescriptionCodec.fromItem(with("seed", new Text("7"))));
    assertIsAbout("table's seed", refusal);
  }

  private static void assertRefused(String name, @Nullable Value value) {
    assertThrows(Corrupt.class, () -> TableDescriptionCodec.fromItem(with(name, value)), name);
  }

  /** The description with one attribute replaced, or left out for null. */
  private static Item with(String name, @Nullable Value value) {
    Map<String, Value> attributes =
        new LinkedHashMap<>(TableDescriptionCodec.toItem(MUSIC).attributes());
    if (value == null) {
      attributes.remove(name);
    } else {
      attributes.put(name, value);
    }
    return new Item(attributes);
  }
}
