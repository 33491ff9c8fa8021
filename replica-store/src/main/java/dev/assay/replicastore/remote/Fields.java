package dev.assay.replicastore.remote;

import dev.assay.logformat.BytesReader;
import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.Item;
import dev.assay.logformat.ItemCodec;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.consensus.LogPosition;
import org.jspecify.annotations.Nullable;

/** The fields that both codecs of this package are made of. Every field has one form only. */
final class Fields {
  private Fields() {}

  /** Reads the version byte that a message starts with. */
  static void version(BytesReader in, int version, String what) throws FormatException {
    int actual = in.u8(what);
    if (actual < version) {
      throw new FormatException.TooOld(what, version, actual);
    }
    if (actual > version) {
      throw new FormatException.TooNew(what, version, actual);
    }
  }

  static void flag(BytesWriter out, boolean flag) {
    out.u8(flag ? 1 : 0);
  }

  static boolean flag(BytesReader in, String what) throws FormatException {
    int flag = in.u8(what);
    if (flag > 1) {
      throw new Corrupt(what, "0 or 1", flag);
    }
    return flag == 1;
  }

  static void partition(BytesWriter out, PartitionId partition) {
    out.uuid(partition.table()).varint(partition.number());
  }

  static PartitionId partition(BytesReader in) throws FormatException {
    return new PartitionId(in.uuid("table id"), in.varint("partition number"));
  }

  static void position(BytesWriter out, LogPosition position) {
    out.i64(position.lsn()).i64(position.term());
  }

  static LogPosition position(BytesReader in) throws FormatException {
    return new LogPosition(in.i64("position"), in.i64("term"));
  }

  static void item(BytesWriter out, Item item) {
    out.sized(ItemCodec.encode(item));
  }

  static Item item(BytesReader in, String what) throws FormatException {
    return ItemCodec.decode(in.sized(what));
  }

  /** A flag, then the item if there is one. */
  static void optionalItem(BytesWriter out, @Nullable Item item) {
    flag(out, item != null);
    if (item != null) {
      item(out, item);
    }
  }

  static @Nullable Item optionalItem(BytesReader in, String what) throws FormatException {
    return flag(in, what) ? item(in, what) : null;
  }

  /** A flag, then the bytes if there are any. */
  static void optionalBytes(BytesWriter out, byte @Nullable [] bytes) {
    flag(out, bytes != null);
    if (bytes != null) {
      out.sized(bytes);
    }
  }

  static byte @Nullable [] optionalBytes(BytesReader in, String what) throws FormatException {
    return flag(in, what) ? in.sized(what) : null;
  }

  /** A flag, then the text if there is one. */
  static void optionalText(BytesWriter out, @Nullable String text) {
    flag(out, text != null);
    if (text != null) {
      out.text(text);
    }
  }

  static @Nullable String optionalText(BytesReader in, String what) throws FormatException {
    return flag(in, what) ? in.text(what) : null;
  }
}
