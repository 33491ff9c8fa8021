package dev.assay.requestrouter;

import dev.assay.logformat.KeyCodec;
import dev.assay.logformat.Value;
import dev.assay.replicastore.expression.KeyCondition;
import dev.assay.replicastore.expression.SortKeyCondition;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A range of keys, {@code [from, to)}; no key lies in it when {@code from} is not before {@code
 * to}.
 *
 * @param to null for no upper bound
 */
record KeyRange(byte[] from, byte @Nullable [] to) {

  /** The keys that a query reads. */
  static KeyRange of(KeyCodec codec, KeyCondition.Target target) {
    Value partitionKey = target.partitionKey();
    byte[] first = codec.prefix(partitionKey);
    byte[] end = KeyCodec.after(first);
    return switch (target.sortKey()) {
      case null -> new KeyRange(first, end);
      case SortKeyCondition.Equal(Value value) -> {
        byte[] key = codec.encode(partitionKey, value);
        yield new KeyRange(key, next(key));
      }
      case SortKeyCondition.Less(Value value) ->
          new KeyRange(first, codec.encode(partitionKey, value));
      case SortKeyCondition.LessOrEqual(Value value) ->
          new KeyRange(first, next(codec.encode(partitionKey, value)));
      case SortKeyCondition.Greater(Value value) ->
          new KeyRange(next(codec.encode(partitionKey, value)), end);
      case SortKeyCondition.GreaterOrEqual(Value value) ->
          new KeyRange(codec.encode(partitionKey, value), end);
      case SortKeyCondition.Between(Value low, Value high) ->
          new KeyRange(codec.encode(partitionKey, low), next(codec.encode(partitionKey, high)));
      case SortKeyCondition.BeginsWith(Value prefix) -> {
        byte[] from = codec.sortKeyPrefix(partitionKey, prefix);
        yield new KeyRange(from, KeyCodec.after(from));
      }
    };
  }

  /** What is left of the range after a key, in the direction of reading. */
  KeyRange after(byte[] key, boolean reverse) {
    return reverse ? new KeyRange(from, key) : new KeyRange(next(key), to);
  }

  boolean contains(byte[] key) {
    return Arrays.compareUnsigned(from, key) <= 0
        && (to == null || Arrays.compareUnsigned(key, to) < 0);
  }

  boolean isEmpty() {
    return to != null && Arrays.compareUnsigned(from, to) >= 0;
  }

  /** The first byte string after a key. */
  private static byte[] next(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }
}
