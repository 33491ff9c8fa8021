package dev.assay.replicastore.expression;

import dev.assay.logformat.Value;

/** What a query asks of the sort key; the values are of the sort key's type. */
public sealed interface SortKeyCondition {
  record Equal(Value value) implements SortKeyCondition {}

  record Less(Value value) implements SortKeyCondition {}

  record LessOrEqual(Value value) implements SortKeyCondition {}

  record Greater(Value value) implements SortKeyCondition {}

  record GreaterOrEqual(Value value) implements SortKeyCondition {}

  /** Both bounds are within the range, and {@code low} is not after {@code high}. */
  record Between(Value low, Value high) implements SortKeyCondition {}

  /** Of strings, and of binary. */
  record BeginsWith(Value prefix) implements SortKeyCondition {}
}
