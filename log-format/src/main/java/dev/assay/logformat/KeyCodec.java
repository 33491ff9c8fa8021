package dev.assay.logformat;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.KeySchema.Attribute;
import dev.assay.logformat.Value.Bin;
import dev.assay.logformat.Value.Num;
import dev.assay.logformat.Value.Text;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The key of an item as bytes whose unsigned order is (hash, partition key, sort key): strings by
 * their UTF-8 bytes, numbers by size, binaries by their unsigned bytes.
 *
 * <pre>
 *   key        hash (8 bytes, big-endian)
 *              partition key
 *              sort key, when the table has one
 *
 *   hash       XXH3-64 of the encoded partition key, with the table's seed
 *   either     'S' UTF-8, escaped     or
 *              'N' number             see {@link NumberCodec}
 *              'B' bytes, escaped
 *   escaped    every 00 is written 00 FF, and 00 01 ends it
 * </pre>
 *
 * <p>The end mark is less than whatever could follow in its place, so a string comes before its
 * continuations; and since no encoded key is the beginning of another, all items of one partition
 * key are exactly the range from {@link #prefix} to {@link #after} of it. Lengths are the router's
 * to limit. Any thread may call.
 */
public final class KeyCodec {
  private static final int ESCAPE = 0x00;
  private static final int ESCAPED_ZERO = 0xFF;
  private static final int END = 0x01;

  private final KeySchema schema;
  private final Hasher64 hasher;

  /**
   * @param seed the table's, so that nobody can aim at one partition
   */
  public KeyCodec(KeySchema schema, long seed) {
    this.schema = schema;
    this.hasher = Hashing.xxh3_64(seed);
  }

  /**
   * The key of an item.
   *
   * @throws IllegalArgumentException when a key attribute is missing or of another type
   */
  public byte[] encode(Item item) {
    Attribute sortKey = schema.sortKey();
    return encode(
        attribute(item, schema.partitionKey()), sortKey == null ? null : attribute(item, sortKey));
  }

  private static Value attribute(Item item, Attribute attribute) {
    Value value = item.get(attribute.name());
    if (value == null) {
      throw new IllegalArgumentException("the item has no key attribute " + attribute.name());
    }
    return value;
  }

  /**
   * @param sortKey null exactly when the schema has none
   * @throws IllegalArgumentException when a value is of another type than the schema's, or is text
   *     with an unpaired surrogate
   */
  public byte[] encode(Value partitionKey, @Nullable Value sortKey) {
    Attribute sortAttribute = schema.sortKey();
    if ((sortKey == null) != (sortAttribute == null)) {
      throw new IllegalArgumentException(
          sortKey == null ? "the sort key is missing" : "the table has no sort key");
    }
    BytesWriter out = startingWith(partitionKey);
    if (sortKey != null && sortAttribute != null) {
      writeKey(out, sortAttribute, sortKey, true);
    }
    return out.toBytes();
  }

  /** What the keys of all items with this partition key start with, and no other key does. */
  public byte[] prefix(Value partitionKey) {
    return startingWith(partitionKey).toBytes();
  }

  /**
   * What the keys of all items start with that have this partition key and whose sort key begins
   * with {@code beginsWith}, a string or a binary, and no other key does.
   */
  public byte[] sortKeyPrefix(Value partitionKey, Value beginsWith) {
    Attribute sortAttribute = schema.sortKey();
    if (sortAttribute == null || beginsWith instanceof Num) {
      throw new IllegalArgumentException("only a string or a binary sort key has a beginning");
    }
    BytesWriter out = startingWith(partitionKey);
    writeKey(out, sortAttribute, beginsWith, false);
    return out.toBytes();
  }

  /** Where in the table a partition key belongs, as an unsigned number. */
  public long hash(Value partitionKey) {
    return hash(encodedPartitionKey(partitionKey));
  }

  private long hash(byte[] encodedPartitionKey) {
    return hasher.hashBytesToLong(encodedPartitionKey);
  }

  private BytesWriter startingWith(Value partitionKey) {
    byte[] encoded = encodedPartitionKey(partitionKey);
    return new BytesWriter(128).i64(hash(encoded)).bytes(encoded);
  }

  private byte[] encodedPartitionKey(Value partitionKey) {
    BytesWriter out = new BytesWriter(64);
    writeKey(out, schema.partitionKey(), partitionKey, true);
    return out.toBytes();
  }

  /**
   * The key attributes that a key was made from.
   *
   * @throws FormatException when this schema and seed make no such key
   */
  public Item decode(byte[] key) throws FormatException {
    BytesReader in = new BytesReader(key);
    long hash = in.i64("key's hash");
    Map<String, Value> attributes = LinkedHashMap.newLinkedHashMap(2);
    int from = in.position();
    attributes.put(schema.partitionKey().name(), readKey(in, schema.partitionKey()));
    long expected = hash(Arrays.copyOfRange(key, from, in.position()));
    if (hash != expected) {
      throw new Corrupt("key's hash", Long.toHexString(expected), Long.toHexString(hash));
    }
    Attribute sortAttribute = schema.sortKey();
    if (sortAttribute != null) {
      attributes.put(sortAttribute.name(), readKey(in, sortAttribute));
    }
    in.end("key");
    return new Item(attributes);
  }

  /** The hash that a key starts with; an unsigned number. */
  public static long hashOf(byte[] key) {
    if (key.length < Long.BYTES) {
      throw new IllegalArgumentException("a key has at least 8 bytes, not " + key.length);
    }
    long hash = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      hash = hash << 8 | key[i] & 0xFF;
    }
    return hash;
  }

  /** A key that is not above any key of this hash or a higher one: where a partition begins. */
  public static byte[] firstOfHash(long hash) {
    return new BytesWriter(Long.BYTES).i64(hash).toBytes();
  }

  /** The first key after all that start with {@code prefix}; null when there can't be one. */
  public static byte @Nullable [] after(byte[] prefix) {
    int last = prefix.length - 1;
    while (last >= 0 && prefix[last] == (byte) 0xFF) {
      last--;
    }
    if (last < 0) {
      return null;
    }
    byte[] after = Arrays.copyOf(prefix, last + 1);
    after[last]++;
    return after;
  }

  private static void writeKey(BytesWriter out, Attribute attribute, Value value, boolean ended) {
    switch (attribute.type()) {
      case S -> {
        if (!(value instanceof Text(String text))) {
          throw mismatch(attribute);
        }
        writeEscaped(out.u8(ValueCodec.TEXT), Utf8.encode(text), ended);
      }
      case N -> {
        if (!(value instanceof Num num)) {
          throw mismatch(attribute);
        }
        NumberCodec.write(out.u8(ValueCodec.NUMBER), num.number());
      }
      case B -> {
        if (!(value instanceof Bin(byte[] bytes))) {
          throw mismatch(attribute);
        }
        writeEscaped(out.u8(ValueCodec.BINARY), bytes, ended);
      }
    }
  }

  private static IllegalArgumentException mismatch(Attribute attribute) {
    return new IllegalArgumentException(
        "the key attribute " + attribute.name() + " has type " + attribute.type());
  }

  private static void writeEscaped(BytesWriter out, byte[] bytes, boolean ended) {
    for (byte one : bytes) {
      out.u8(one);
      if (one == ESCAPE) {
        out.u8(ESCAPED_ZERO);
      }
    }
    if (ended) {
      out.u8(ESCAPE).u8(END);
    }
  }

  private static Value readKey(BytesReader in, Attribute attribute) throws FormatException {
    int expected =
        switch (attribute.type()) {
          case S -> ValueCodec.TEXT;
          case N -> ValueCodec.NUMBER;
          case B -> ValueCodec.BINARY;
        };
    int actual = in.u8("key's tag");
    if (actual != expected) {
      throw new Corrupt("key's tag", expected, actual);
    }
    return switch (attribute.type()) {
      case S -> {
        byte[] utf8 = readEscaped(in);
        yield new Text(Utf8.decode(utf8, 0, utf8.length, "key's text"));
      }
      case N -> new Num(NumberCodec.read(in));
      case B -> new Bin(readEscaped(in));
    };
  }

  private static byte[] readEscaped(BytesReader in) throws FormatException {
    BytesWriter out = new BytesWriter(64);
    while (true) {
      int next = in.u8("key's bytes");
      if (next == ESCAPE) {
        int mark = in.u8("key's escape");
        if (mark == END) {
          return out.toBytes();
        }
        if (mark != ESCAPED_ZERO) {
          throw new Corrupt("key's escape", "1 or 255", mark);
        }
      }
      out.u8(next);
    }
  }
}
