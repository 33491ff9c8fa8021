package dev.assay.replicastore.remote;

import dev.assay.logformat.BytesReader;
import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import dev.assay.logformat.ValueCodec;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionReply.ConditionFailed;
import dev.assay.replicastore.PartitionReply.Got;
import dev.assay.replicastore.PartitionReply.Invalid;
import dev.assay.replicastore.PartitionReply.NotLeader;
import dev.assay.replicastore.PartitionReply.OutcomeUnknown;
import dev.assay.replicastore.PartitionReply.Overloaded;
import dev.assay.replicastore.PartitionReply.Ranged;
import dev.assay.replicastore.PartitionReply.Unavailable;
import dev.assay.replicastore.PartitionReply.Written;
import dev.assay.replicastore.PartitionRequest;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.PartitionRequest.Get;
import dev.assay.replicastore.PartitionRequest.Range;
import dev.assay.replicastore.PartitionRequest.Write;
import dev.assay.replicastore.expression.Bindings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Requests to a partition and their replies as bytes, between processes of one cluster.
 *
 * <pre>
 *   message    version (1 byte, 01), kind (1 byte), fields
 *
 *   request 1  Get    partition, key, strong
 *   request 2  Range  partition, from, to?, reverse, itemsMax, bytesMax, strong
 *   request 3  Write  partition, key, change, condition?, names, values
 *   change  1  Put    item
 *   change  2  Delete
 *   change  3  Update item, expression
 *   reply   1  Got item?              2  Ranged count, (key, item)..., more
 *           3  Written lsn, item?, item?    4  ConditionFailed item?
 *           5  Invalid text           6  NotLeader text?
 *           7  Unavailable text       8  Overloaded
 *           9  OutcomeUnknown text
 * </pre>
 *
 * <p>A partition is the table id (16 bytes) and a varint; keys, items and texts have their length
 * (varint) in front; {@code ?} is one byte, 0 for null, else 1 and the field; a flag is one byte;
 * names and values are a count and the pairs in ascending order of the names. Items are as in
 * {@link dev.assay.logformat.ItemCodec}. Every message has one form only, and decoding refuses any
 * other. There is no checksum: the messages travel inside TLS. Any thread may call.
 */
final class WireCodec {
  static final int VERSION = 1;

  private static final String REQUEST = "partition request";
  private static final String REPLY = "partition reply";

  private WireCodec() {}

  /**
   * @throws IllegalArgumentException when the request has text that UTF-8 can't carry, or values
   *     that nest too deep
   */
  static byte[] encode(PartitionRequest request) {
    BytesWriter out = new BytesWriter(1024).u8(VERSION);
    switch (request) {
      case Get(PartitionId partition, byte[] key, boolean strong) -> {
        Fields.partition(out.u8(1), partition);
        Fields.flag(out.sized(key), strong);
      }
      case Range range -> {
        Fields.partition(out.u8(2), range.partition());
        Fields.optionalBytes(out.sized(range.from()), range.to());
        Fields.flag(out, range.reverse());
        Fields.flag(out.varint(range.itemsMax()).varint(range.bytesMax()), range.strong());
      }
      case Write write -> {
        Fields.partition(out.u8(3), write.partition());
        change(out.sized(write.key()), write.change());
        Fields.optionalText(out, write.condition());
        bindings(out, write.bindings());
      }
    }
    return out.toBytes();
  }

  static PartitionRequest decodeRequest(byte[] message) throws FormatException {
    BytesReader in = new BytesReader(message);
    Fields.version(in, VERSION, REQUEST);
    int kind = in.u8(REQUEST);
    PartitionRequest request =
        switch (kind) {
          case 1 -> new Get(Fields.partition(in), in.sized("key"), Fields.flag(in, "strong"));
          case 2 ->
              new Range(
                  Fields.partition(in),
                  in.sized("from"),
                  Fields.optionalBytes(in, "to"),
                  Fields.flag(in, "reverse"),
                  in.varint("most items"),
                  in.varint("most bytes"),
                  Fields.flag(in, "strong"));
          case 3 ->
              new Write(
                  Fields.partition(in),
                  in.sized("key"),
                  change(in),
                  Fields.optionalText(in, "condition"),
                  bindings(in));
          default -> throw new Corrupt(REQUEST, "a kind from 1 to 3", kind);
        };
    in.end(REQUEST);
    return request;
  }

  /**
   * @throws IllegalArgumentException when the reply has text that UTF-8 can't carry
   */
  static byte[] encode(PartitionReply reply) {
    BytesWriter out = new BytesWriter(1024).u8(VERSION);
    switch (reply) {
      case Got(var item) -> Fields.optionalItem(out.u8(1), item);
      case Ranged(List<Ranged.Entry> entries, boolean more) -> {
        out.u8(2).varint(entries.size());
        for (Ranged.Entry entry : entries) {
          Fields.item(out.sized(entry.key()), entry.item());
        }
        Fields.flag(out, more);
      }
      case Written(long lsn, var before, var after) -> {
        Fields.optionalItem(out.u8(3).i64(lsn), before);
        Fields.optionalItem(out, after);
      }
      case ConditionFailed(var current) -> Fields.optionalItem(out.u8(4), current);
      case Invalid(String message) -> out.u8(5).text(message);
      case NotLeader(var leader) -> Fields.optionalText(out.u8(6), leader);
      case Unavailable(String reason) -> out.u8(7).text(reason);
      case Overloaded() -> out.u8(8);
      case OutcomeUnknown(String reason) -> out.u8(9).text(reason);
    }
    return out.toBytes();
  }

  static PartitionReply decodeReply(byte[] message) throws FormatException {
    BytesReader in = new BytesReader(message);
    Fields.version(in, VERSION, REPLY);
    int kind = in.u8(REPLY);
    PartitionReply reply =
        switch (kind) {
          case 1 -> new Got(Fields.optionalItem(in, "item"));
          case 2 -> new Ranged(entries(in), Fields.flag(in, "more"));
          case 3 ->
              new Written(
                  in.i64("position"),
                  Fields.optionalItem(in, "item before"),
                  Fields.optionalItem(in, "item after"));
          case 4 -> new ConditionFailed(Fields.optionalItem(in, "item"));
          case 5 -> new Invalid(in.text("message"));
          case 6 -> new NotLeader(Fields.optionalText(in, "leader"));
          case 7 -> new Unavailable(in.text("reason"));
          case 8 -> new Overloaded();
          case 9 -> new OutcomeUnknown(in.text("reason"));
          default -> throw new Corrupt(REPLY, "a kind from 1 to 9", kind);
        };
    in.end(REPLY);
    return reply;
  }

  private static List<Ranged.Entry> entries(BytesReader in) throws FormatException {
    int count = in.count(2, "count of entries");
    List<Ranged.Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(new Ranged.Entry(in.sized("key"), Fields.item(in, "item")));
    }
    return List.copyOf(entries);
  }

  private static void change(BytesWriter out, Change change) {
    switch (change) {
      case Change.Put(Item item) -> Fields.item(out.u8(1), item);
      case Change.Delete() -> out.u8(2);
      case Change.Update(Item keyAttributes, String expression) -> {
        Fields.item(out.u8(3), keyAttributes);
        out.text(expression);
      }
    }
  }

  private static Change change(BytesReader in) throws FormatException {
    int kind = in.u8("change");
    return switch (kind) {
      case 1 -> new Change.Put(Fields.item(in, "item"));
      case 2 -> new Change.Delete();
      case 3 -> new Change.Update(Fields.item(in, "key attributes"), in.text("expression"));
      default -> throw new Corrupt("change", "a kind from 1 to 3", kind);
    };
  }

  private static void bindings(BytesWriter out, Bindings bindings) {
    out.varint(bindings.names().size());
    new TreeMap<>(bindings.names()).forEach((name, attribute) -> out.text(name).text(attribute));
    out.varint(bindings.values().size());
    new TreeMap<>(bindings.values())
        .forEach((name, value) -> out.text(name).sized(ValueCodec.encode(value)));
  }

  private static Bindings bindings(BytesReader in) throws FormatException {
    Map<String, String> names = new HashMap<>();
    String before = null;
    for (int rest = in.count(2, "count of names"); rest > 0; rest--) {
      before = ascending(before, in.text("name"));
      names.put(before, in.text("attribute"));
    }
    Map<String, Value> values = new HashMap<>();
    before = null;
    for (int rest = in.count(2, "count of values"); rest > 0; rest--) {
      before = ascending(before, in.text("name of a value"));
      values.put(before, ValueCodec.decode(in.sized("value")));
    }
    return new Bindings(names, values);
  }

  private static String ascending(@Nullable String before, String name) throws FormatException {
    if (before != null && before.compareTo(name) >= 0) {
      throw new Corrupt("names of bindings", "strictly ascending", before + " before " + name);
    }
    return name;
  }
}
