package dev.assay.logformat;

/**
 * An item as canonical bytes. They are logged, stored, archived and hashed as they are, so equal
 * items must have equal bytes: decoding refuses whatever encoding would not have written.
 *
 * <pre>
 *   item    version (1 byte, 01)
 *           count (varint)
 *           (length (varint), UTF-8 name, value)...    strictly ascending by name's bytes
 * </pre>
 *
 * <p>A value is as in {@link ValueCodec}. An item has no checksum; what carries it has one. Any
 * thread may call.
 */
public final class ItemCodec {
  public static final int VERSION = 1;

  private ItemCodec() {}

  /**
   * @throws IllegalArgumentException when text has an unpaired surrogate, or the nesting is too
   *     deep
   */
  public static byte[] encode(Item item) {
    BytesWriter out = new BytesWriter(1024);
    out.u8(VERSION);
    ValueCodec.writeEntries(out, item.attributes(), 0);
    return out.toBytes();
  }

  public static Item decode(byte[] bytes) throws FormatException {
    BytesReader in = new BytesReader(bytes);
    FormatVersion.check("item", VERSION, VERSION, in.u8("item's version"));
    Item item = new Item(ValueCodec.readEntries(in, 0));
    in.end("item");
    return item;
  }
}
