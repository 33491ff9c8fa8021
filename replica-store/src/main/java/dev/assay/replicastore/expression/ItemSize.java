package dev.assay.replicastore.expression;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import java.math.BigDecimal;
import java.util.Map;

/**
 * Sizes by DynamoDB's rule: limits and read units are counted in them, and stored bytes are not.
 *
 * <p>Names and strings count their UTF-8 bytes, binary its bytes, null and booleans one byte, a
 * list or a map three bytes and one for each of its elements. Any thread may call this, with values
 * that {@link Nesting} allows.
 */
public final class ItemSize {
  /** No item is larger. */
  public static final int BYTES_MAX = 400 * 1024;

  private static final int CONTAINER_BYTES = 3;
  private static final int ELEMENT_BYTES = 1;

  private ItemSize() {}

  public static int of(Item item) {
    return named(item.attributes());
  }

  public static int of(Value value) {
    return switch (value) {
      case Value.Text(var text) -> utf8Bytes(text);
      case Value.Num(var number) -> number(number);
      case Value.Bin(var bytes) -> bytes.length;
      case Value.Bool _, Value.Null _ -> 1;
      case Value.ListOf(var elements) ->
          CONTAINER_BYTES
              + elements.size() * ELEMENT_BYTES
              + elements.stream().mapToInt(ItemSize::of).sum();
      case Value.MapOf(var entries) ->
          CONTAINER_BYTES + entries.size() * ELEMENT_BYTES + named(entries);
      case Value.TextSet(var elements) -> elements.stream().mapToInt(ItemSize::utf8Bytes).sum();
      case Value.NumSet(var elements) -> elements.stream().mapToInt(ItemSize::number).sum();
      case Value.BinSet(var elements) ->
          elements.stream().mapToInt(element -> element.bytes().length).sum();
    };
  }

  private static int named(Map<String, Value> values) {
    int bytes = 0;
    for (Map.Entry<String, Value> entry : values.entrySet()) {
      bytes += utf8Bytes(entry.getKey()) + of(entry.getValue());
    }
    return bytes;
  }

  /**
   * One byte, one for every two significant digits on either side of the decimal point (rounded up
   * on each), and one for a minus sign.
   */
  private static int number(BigDecimal number) {
    if (number.signum() == 0) {
      return 1;
    }
    BigDecimal stripped = number.stripTrailingZeros();
    int digits = stripped.precision();
    int digitsBefore = Math.clamp((long) digits - stripped.scale(), 0, digits);
    int digitsAfter = digits - digitsBefore;
    return 1 + (digitsBefore + 1) / 2 + (digitsAfter + 1) / 2 + (number.signum() < 0 ? 1 : 0);
  }

  /** Counts without encoding; half of a surrogate pair counts as the question mark it becomes. */
  static int utf8Bytes(String text) {
    int bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        continue;
      }
      if (c < 0x800) {
        bytes += 1;
      } else if (!Character.isSurrogate(c)) {
        bytes += 2;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        bytes += 2;
        i++;
      }
    }
    return bytes;
  }
}
