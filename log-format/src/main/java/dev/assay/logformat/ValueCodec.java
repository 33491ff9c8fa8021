package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.Value.Bin;
import dev.assay.logformat.Value.BinSet;
import dev.assay.logformat.Value.Bool;
import dev.assay.logformat.Value.ListOf;
import dev.assay.logformat.Value.MapOf;
import dev.assay.logformat.Value.Null;
import dev.assay.logformat.Value.Num;
import dev.assay.logformat.Value.NumSet;
import dev.assay.logformat.Value.Text;
import dev.assay.logformat.Value.TextSet;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/**
 * One value as canonical bytes: equal values have equal bytes, and decoding refuses every other way
 * to write them. A value has no version of its own; what it stands in has one.
 *
 * <pre>
 *   value    tag (1 byte, an ASCII letter), then
 *
 *   'S' text      length, UTF-8
 *   'N' number    see {@link NumberCodec}
 *   'B' binary    length, bytes
 *   'T' true, 'F' false, '0' null: nothing
 *   'L' list      count, value...
 *   'M' map       count, (length, UTF-8 name, value)...     strictly ascending by name's bytes
 *   's' texts     count, (length, UTF-8)...                 strictly ascending by bytes, not empty
 *   'n' numbers   count, number...                          strictly ascending, not empty
 *   'b' binaries  count, (length, bytes)...                 strictly ascending by bytes, not empty
 * </pre>
 *
 * <p>Lengths and counts are varints. Bytes compare unsigned, a shorter one before its
 * continuations. At most {@value #NESTING_MAX} lists and maps stand inside one another. Any thread
 * may call.
 */
public final class ValueCodec {
  public static final int NESTING_MAX = 32;

  static final int TEXT = 'S';
  static final int NUMBER = 'N';
  static final int BINARY = 'B';
  private static final int TRUE = 'T';
  private static final int FALSE = 'F';
  private static final int NULL = '0';
  private static final int LIST = 'L';
  private static final int MAP = 'M';
  private static final int TEXTS = 's';
  private static final int NUMBERS = 'n';
  private static final int BINARIES = 'b';

  /** A container grows beyond this only as its elements turn up. */
  private static final int CAPACITY_MAX = 16;

  private ValueCodec() {}

  /**
   * @throws IllegalArgumentException when text has an unpaired surrogate, or the nesting is too
   *     deep
   */
  public static byte[] encode(Value value) {
    BytesWriter out = new BytesWriter();
    write(out, value, 0);
    return out.toBytes();
  }

  public static Value decode(byte[] bytes) throws FormatException {
    BytesReader in = new BytesReader(bytes);
    Value value = read(in, 0);
    in.end("value");
    return value;
  }

  /**
   * @param nesting how many lists and maps the value stands in
   */
  static void write(BytesWriter out, Value value, int nesting) {
    switch (value) {
      case Text(String text) -> out.u8(TEXT).text(text);
      case Num(BigDecimal number) -> NumberCodec.write(out.u8(NUMBER), number);
      case Bin(byte[] bytes) -> out.u8(BINARY).sized(bytes);
      case Bool(boolean bool) -> out.u8(bool ? TRUE : FALSE);
      case Null() -> out.u8(NULL);
      case ListOf(List<Value> elements) -> {
        int inside = deeper(nesting);
        out.u8(LIST).varint(elements.size());
        for (Value element : elements) {
          write(out, element, inside);
        }
      }
      case MapOf(Map<String, Value> entries) -> {
        int inside = deeper(nesting);
        writeEntries(out.u8(MAP), entries, inside);
      }
      case TextSet(SequencedSet<String> elements) -> writeTexts(out.u8(TEXTS), elements);
      case NumSet(SequencedSet<BigDecimal> elements) -> writeNumbers(out.u8(NUMBERS), elements);
      case BinSet(SequencedSet<Bin> elements) -> writeBinaries(out.u8(BINARIES), elements);
    }
  }

  private static int deeper(int nesting) {
    if (nesting >= NESTING_MAX) {
      throw new IllegalArgumentException(
          "more than " + NESTING_MAX + " lists and maps inside one another");
    }
    return nesting + 1;
  }

  static void writeEntries(BytesWriter out, Map<String, Value> entries, int nesting) {
    out.varint(entries.size());
    String[] names = entries.keySet().toArray(new String[0]);
    Arrays.sort(names, Utf8::compare);
    for (String name : names) {
      Value value = entries.get(name);
      if (value == null) {
        throw new IllegalArgumentException("attribute without a value: " + name);
      }
      write(out.text(name), value, nesting);
    }
  }

  private static void writeTexts(BytesWriter out, SequencedSet<String> elements) {
    String[] sorted = elements.toArray(new String[0]);
    Arrays.sort(sorted, Utf8::compare);
    out.varint(sorted.length);
    for (String element : sorted) {
      out.text(element);
    }
  }

  private static void writeNumbers(BytesWriter out, SequencedSet<BigDecimal> elements) {
    BigDecimal[] sorted = elements.toArray(new BigDecimal[0]);
    Arrays.sort(sorted);
    out.varint(sorted.length);
    for (BigDecimal element : sorted) {
      NumberCodec.write(out, element);
    }
  }

  private static void writeBinaries(BytesWriter out, SequencedSet<Bin> elements) {
    Bin[] sorted = elements.toArray(new Bin[0]);
    Arrays.sort(sorted, (one, two) -> Arrays.compareUnsigned(one.bytes(), two.bytes()));
    out.varint(sorted.length);
    for (Bin element : sorted) {
      out.sized(element.bytes());
    }
  }

  static Value read(BytesReader in, int nesting) throws FormatException {
    int tag = in.u8("value's tag");
    return switch (tag) {
      case TEXT -> new Text(in.text("text"));
      case NUMBER -> new Num(NumberCodec.read(in));
      case BINARY -> new Bin(in.sized("binary"));
      case TRUE -> new Bool(true);
      case FALSE -> new Bool(false);
      case NULL -> new Null();
      case LIST -> new ListOf(readElements(in, inside(nesting)));
      case MAP -> new MapOf(readEntries(in, inside(nesting)));
      case TEXTS -> new TextSet(readTexts(in));
      case NUMBERS -> new NumSet(readNumbers(in));
      case BINARIES -> new BinSet(readBinaries(in));
      default -> throw new Corrupt("value's tag", "one of SNBTF0LMsnb", tag);
    };
  }

  private static int inside(int nesting) throws FormatException {
    if (nesting >= NESTING_MAX) {
      throw new Corrupt("nesting of lists and maps", "at most " + NESTING_MAX, "more");
    }
    return nesting + 1;
  }

  private static List<Value> readElements(BytesReader in, int nesting) throws FormatException {
    int count = in.count(1, "list's count");
    List<Value> elements = new ArrayList<>(Math.min(count, CAPACITY_MAX));
    for (int i = 0; i < count; i++) {
      elements.add(read(in, nesting));
    }
    return elements;
  }

  static Map<String, Value> readEntries(BytesReader in, int nesting) throws FormatException {
    int count = in.count(2, "count of names");
    Map<String, Value> entries = LinkedHashMap.newLinkedHashMap(Math.min(count, CAPACITY_MAX));
    Ascending ascending = new Ascending();
    for (int i = 0; i < count; i++) {
      int length = in.length("name");
      int from = in.position();
      String name = in.textOf(length, "name");
      ascending.check(in, from, "names");
      entries.put(name, read(in, nesting));
    }
    return entries;
  }

  private static SequencedSet<String> readTexts(BytesReader in) throws FormatException {
    int count = elements(in.count(1, "set's count"));
    SequencedSet<String> elements = LinkedHashSet.newLinkedHashSet(Math.min(count, CAPACITY_MAX));
    Ascending ascending = new Ascending();
    for (int i = 0; i < count; i++) {
      int length = in.length("text in a set");
      int from = in.position();
      elements.add(in.textOf(length, "text in a set"));
      ascending.check(in, from, "texts of a set");
    }
    return elements;
  }

  private static SequencedSet<BigDecimal> readNumbers(BytesReader in) throws FormatException {
    int count = elements(in.count(1, "set's count"));
    SequencedSet<BigDecimal> elements =
        LinkedHashSet.newLinkedHashSet(Math.min(count, CAPACITY_MAX));
    Ascending ascending = new Ascending();
    for (int i = 0; i < count; i++) {
      int from = in.position();
      elements.add(NumberCodec.read(in));
      ascending.check(in, from, "numbers of a set");
    }
    return elements;
  }

  private static SequencedSet<Bin> readBinaries(BytesReader in) throws FormatException {
    int count = elements(in.count(1, "set's count"));
    SequencedSet<Bin> elements = LinkedHashSet.newLinkedHashSet(Math.min(count, CAPACITY_MAX));
    Ascending ascending = new Ascending();
    for (int i = 0; i < count; i++) {
      int length = in.length("binary in a set");
      int from = in.position();
      elements.add(new Bin(in.bytes(length, "binary in a set")));
      ascending.check(in, from, "binaries of a set");
    }
    return elements;
  }

  private static int elements(int count) throws FormatException {
    if (count == 0) {
      throw new Corrupt("set's count", "at least 1", 0);
    }
    return count;
  }

  /** Holds where the element before stands, whose bytes every element's must come after. */
  private static final class Ascending {
    private int beforeFrom = -1;
    private int beforeEnd;

    /** Checks the element that was read since {@code from}. */
    void check(BytesReader in, int from, String what) throws FormatException {
      int end = in.position();
      if (beforeFrom >= 0 && in.compareRanges(beforeFrom, beforeEnd, from, end) >= 0) {
        throw new Corrupt(what, "strictly ascending", "not");
      }
      beforeFrom = from;
      beforeEnd = end;
    }
  }
}
